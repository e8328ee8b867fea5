import { METRICS } from '../contract';
import type { Counts } from './counts';
import { escapeUnseen } from './escape-unseen';
import type { Outcome } from './run-batch';
import type { Stream } from './stream-arn';

/**
 * One line in CloudWatch's embedded metric format. Account and table are properties, not dimensions: found in the log,
 * and no metric for each.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function toMetricsLine(
  { processed, failure }: Outcome,
  counts: Counts,
  functionName: string,
  { account, table }: Partial<Stream> = {},
): string {
  const metrics = {
    [METRICS.processed]: processed,
    [METRICS.failed]: failure?.changes ?? 0,
    ...Object.fromEntries(counts.totals),
  };
  const directive = {
    Namespace: METRICS.namespace,
    Dimensions: [['FunctionName']],
    Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' })),
  };
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  const line = { _aws, FunctionName: functionName, ...metrics, account, table };
  return `${escapeUnseen(JSON.stringify(line))}\n`;
}
