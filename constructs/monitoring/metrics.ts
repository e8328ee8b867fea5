import { METRICS } from '../../lambda-src/contract';

/** A metric that alarms and dashboards watch, with its name and dimension as AWS has them. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic: 'Sum' | 'Maximum' | 'SampleCount';
  /** Name of the only dimension. */
  readonly dimension: 'FunctionName' | 'EventSourceMappingUUID';
}

const metricsOf =
  (namespace: string, dimension: Metric['dimension']) =>
  (metricName: string, statistic: Metric['statistic']): Metric => ({
    namespace,
    dimension,
    metricName,
    statistic,
  });

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
  /** Invocations that failed: what the code or the runtime threw, timeouts. */
  errors: ofFunction('Errors', 'Sum'),
  /** Invocations that were refused for lack of concurrency. */
  throttles: ofFunction('Throttles', 'Sum'),
  concurrentExecutions: ofFunction('ConcurrentExecutions', 'Maximum'),
  /** Milliseconds of an invocation. */
  duration: ofFunction('Duration', 'Maximum'),
  /** Milliseconds between the last record of a batch being written and its delivery to the function. */
  iteratorAge: ofFunction('IteratorAge', 'Maximum'),
  /** Failed batches that Lambda could not write to the bucket either: their records are lost. */
  destinationDeliveryFailures: ofFunction('DestinationDeliveryFailures', 'Sum'),
};

/**
 * Metrics of one event source mapping, which it sends since its metrics config has `EventCount`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export const MAPPING_METRICS = {
  /**
   * Records of failed invocations: also those that never reach the function, which are neither `Errors`
   * nor `Invocations` of it (a function, role or key that is missing, the network).
   */
  failedInvokes: ofMapping('FailedInvokeEventCount', 'Sum'),
  /** Records that Lambda discarded and could not write to the failed-batches bucket either. */
  droppedRecords: ofMapping('DroppedEventCount', 'Sum'),
  /** Records sent to the failed-batches bucket. */
  failedRecords: ofMapping('OnFailureDestinationDeliveredEventCount', 'Sum'),
  /** Times that Lambda read the stream, which is a 0 where it held nothing new; none if it is refused. */
  polls: ofMapping('PolledEventCount', 'SampleCount'),
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
