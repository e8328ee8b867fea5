import { escapeUnseen } from './escape-unseen';
import type { Stream } from './stream-arn';

/** Namespace of the metrics; its only dimension is FunctionName. */
export const METRICS_NAMESPACE = 'CrossAccountStreams';

/** What became of the changes of one invocation. */
export interface Metrics {
  readonly ChangesProcessed: number;
  /** Without those that follow a failure, which were not begun. */
  readonly ChangesFailed: number;
}

/**
 * One line in CloudWatch's embedded metric format, of which CloudWatch makes metrics by itself.
 * Account and table are properties, not dimensions: found in the log, and no metric for each.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function toMetricsLine(
  metrics: Metrics,
  functionName: string,
  { account, table }: Partial<Stream> = {},
): string {
  const directive = {
    Namespace: METRICS_NAMESPACE,
    Dimensions: [['FunctionName']],
    Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' })),
  };
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  const line = { _aws, FunctionName: functionName, ...metrics, account, table };
  return `${escapeUnseen(JSON.stringify(line))}\n`;
}
