import { METRICS } from '../../lambda-src/contract';

const metricsOf =
  (namespace: string, dimension: 'FunctionName' | 'EventSourceMappingUUID') =>
  (metricName: string, statistic: 'Sum' | 'Maximum' | 'SampleCount') => {
    return { namespace, dimension, metricName, statistic };
  };

/** A metric that alarms, dashboards and `doctor` watch, with its name and its only dimension as AWS has them. */
export type Metric = ReturnType<ReturnType<typeof metricsOf>>;

const ofFunction = metricsOf('AWS/Lambda', 'FunctionName');
const ofMapping = metricsOf('AWS/Lambda', 'EventSourceMappingUUID');
const ofOurHandler = metricsOf(METRICS.namespace, 'FunctionName');

/**
 * Metrics of the function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#invocation-metrics
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#performance-metrics
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#concurrency-metrics
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export const FUNCTION_METRICS = {
  errors: ofFunction('Errors', 'Sum'),
  throttles: ofFunction('Throttles', 'Sum'),
  concurrentExecutions: ofFunction('ConcurrentExecutions', 'Maximum'),
  /** Milliseconds of an invocation. */
  duration: ofFunction('Duration', 'Maximum'),
  /** Milliseconds between the last record of a batch being written and its delivery to the function. */
  iteratorAge: ofFunction('IteratorAge', 'Maximum'),
  destinationDeliveryFailures: ofFunction('DestinationDeliveryFailures', 'Sum'),
};

/**
 * Metrics of one event source mapping, which it sends since its metrics config has `EventCount`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export const MAPPING_METRICS = {
  /** Records of failed invocations, also of those that never reach the function and are no `Errors` of it. */
  failedInvokes: ofMapping('FailedInvokeEventCount', 'Sum'),
  droppedRecords: ofMapping('DroppedEventCount', 'Sum'),
  failedRecords: ofMapping('OnFailureDestinationDeliveredEventCount', 'Sum'),
  /** Times that Lambda read the stream, which is a 0 where it held nothing new; none if it is refused. */
  polls: ofMapping('PolledEventCount', 'SampleCount'),
  polledRecords: ofMapping('PolledEventCount', 'Sum'),
  /** Records that matched no filter. */
  filteredRecords: ofMapping('FilteredOutEventCount', 'Sum'),
};

/**
 * Metrics that the handler of lambda-src/ writes to its log.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 */
export const OWN_METRICS = {
  changesProcessed: ofOurHandler(METRICS.processed, 'Sum'),
  changesFailed: ofOurHandler(METRICS.failed, 'Sum'),
};

/** Seconds of a period, of alarms and dashboards alike. */
export const PERIOD = 300;
