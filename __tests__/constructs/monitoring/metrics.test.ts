import {
  FUNCTION_METRICS,
  MAPPING_METRICS,
  OWN_METRICS,
  PERIOD,
} from '../../../constructs/monitoring/metrics';

const named = (metrics: typeof FUNCTION_METRICS | typeof MAPPING_METRICS | typeof OWN_METRICS) =>
  Object.values(metrics).map(({ namespace, dimension, metricName, statistic }) =>
    [namespace, dimension, metricName, statistic].join(' '),
  );

// A metric by a wrong name is no error anywhere: its alarm would be silent for good.
test('the metrics have the names that Lambda and the function send them by', () => {
  expect(named(FUNCTION_METRICS)).toEqual([
    'AWS/Lambda FunctionName Errors Sum',
    'AWS/Lambda FunctionName Throttles Sum',
    'AWS/Lambda FunctionName ConcurrentExecutions Maximum',
    'AWS/Lambda FunctionName Duration Maximum',
    'AWS/Lambda FunctionName IteratorAge Maximum',
    'AWS/Lambda FunctionName DestinationDeliveryFailures Sum',
  ]);
  expect(named(MAPPING_METRICS)).toEqual([
    'AWS/Lambda EventSourceMappingUUID FailedInvokeEventCount Sum',
    'AWS/Lambda EventSourceMappingUUID DroppedEventCount Sum',
    'AWS/Lambda EventSourceMappingUUID OnFailureDestinationDeliveredEventCount Sum',
    'AWS/Lambda EventSourceMappingUUID PolledEventCount SampleCount',
  ]);
  expect(named(OWN_METRICS)).toEqual([
    'CrossAccountStreams FunctionName ChangesProcessed Sum',
    'CrossAccountStreams FunctionName ChangesFailed Sum',
  ]);
});

test('a period is one that CloudWatch takes', () => {
  expect(PERIOD).toBe(300);
  expect(PERIOD % 60).toBe(0);
});
