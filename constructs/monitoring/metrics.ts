import { METRICS } from '../../lambda-src/contract';

/** The metrics that alarms and dashboards watch, each with its name, dimension and unit as AWS has them. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic: 'Sum' | 'Maximum' | 'SampleCount';
  /** Name of the only dimension. */
  readonly dimension: 'FunctionName' | 'EventSourceMappingUUID';
}

const LAMBDA = 'AWS/Lambda';
const ofFunction = { namespace: LAMBDA, dimension: 'FunctionName' } as const;
const ofMapping = { namespace: LAMBDA, dimension: 'EventSourceMappingUUID' } as const;

/**
 * Metrics of the function, in the dimension `FunctionName`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#invocation-metrics
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#performance-metrics
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#concurrency-metrics
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export const FUNCTION_METRICS = {
  /** Invocations that failed: what the code or the runtime threw, timeouts. */
  errors: { ...ofFunction, metricName: 'Errors', statistic: 'Sum' },
  /** Invocations that were refused for lack of concurrency. */
  throttles: { ...ofFunction, metricName: 'Throttles', statistic: 'Sum' },
  /** Invocations at a time. */
  concurrentExecutions: { ...ofFunction, metricName: 'ConcurrentExecutions', statistic: 'Maximum' },
  /** Milliseconds an invocation took. */
  duration: { ...ofFunction, metricName: 'Duration', statistic: 'Maximum' },
  /** Milliseconds between the last record of a batch being written and its delivery to the function. */
  iteratorAge: { ...ofFunction, metricName: 'IteratorAge', statistic: 'Maximum' },
  /** Failed batches that Lambda could not write to the bucket either: their records are lost. */
  destinationDeliveryFailures: {
    ...ofFunction,
    metricName: 'DestinationDeliveryFailures',
    statistic: 'Sum',
  },
} as const satisfies Record<string, Metric>;

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
  failedInvokes: { ...ofMapping, metricName: 'FailedInvokeEventCount', statistic: 'Sum' },
  /** Records that Lambda discarded and could not write to the failed-batches bucket either. */
  droppedRecords: { ...ofMapping, metricName: 'DroppedEventCount', statistic: 'Sum' },
  /** Records sent to the failed-batches bucket. */
  failedRecords: {
    ...ofMapping,
    metricName: 'OnFailureDestinationDeliveredEventCount',
    statistic: 'Sum',
  },
  /** Times that Lambda read the stream, which is a 0 where it held nothing new; none if it is refused. */
  polls: { ...ofMapping, metricName: 'PolledEventCount', statistic: 'SampleCount' },
} as const satisfies Record<string, Metric>;

/**
 * Metrics the function itself writes to its log.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 */
export const OWN_METRICS = {
  changesProcessed: {
    namespace: METRICS.namespace,
    metricName: METRICS.processed,
    statistic: 'Sum',
    dimension: 'FunctionName',
  },
  changesFailed: {
    namespace: METRICS.namespace,
    metricName: METRICS.failed,
    statistic: 'Sum',
    dimension: 'FunctionName',
  },
} as const satisfies Record<string, Metric>;

/** Seconds of a period, of alarms and dashboards alike. */
export const PERIOD = 300;
