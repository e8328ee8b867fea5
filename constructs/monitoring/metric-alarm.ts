import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { type Metric, PERIOD } from './metrics';

export interface MetricAlarmProps {
  readonly name: string;
  /** What it means and what to do, for whoever is woken by it. */
  readonly description: string;
  readonly metric: Metric;
  /** Value of the metric's dimension. */
  readonly of: string;
  readonly threshold: number;
  /** Whether it is the low values that are wrong. Default: the high ones, from the threshold on. */
  readonly below?: true;
  /** Periods in a row. Default: 1. */
  readonly periods?: number;
  /**
   * What a period without data means: `notBreaching` where a metric is silent when all is well, `ignore`
   * where the last value still holds, `missing` where silence is what is wrong. Then the state
   * `INSUFFICIENT_DATA` is sent to the topic as well.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
   */
  readonly treatMissingData: 'notBreaching' | 'ignore' | 'missing';
  readonly topicArn: string;
}

/**
 * Sends a message to the topic when a metric reaches a threshold, or falls below it.
 *
 * `OK` is not sent. It would come while a failed batch still waits: a batch that is discarded causes no
 * more errors. It would also come once for every new alarm, which begins in `INSUFFICIENT_DATA`. For the
 * same reason an alarm on silence is sent as `INSUFFICIENT_DATA`, not as `ALARM`: a new alarm has no data,
 * and with `breaching` it would go to `ALARM` before Lambda first reads the stream. CloudWatch sends a
 * state only when it changes.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export class MetricAlarm extends Construct {
  constructor(scope: Construct, id: string, props: MetricAlarmProps) {
    super(scope, id);
    const { name, description, metric, of, threshold, treatMissingData, topicArn } = props;
    const { below = false, periods = 1 } = props;
    new CloudwatchMetricAlarm(this, 'resource', {
      alarmName: name,
      alarmDescription: description,
      namespace: metric.namespace,
      metricName: metric.metricName,
      dimensions: { [metric.dimension]: of },
      statistic: metric.statistic,
      period: PERIOD,
      evaluationPeriods: periods,
      comparisonOperator: below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      threshold,
      treatMissingData,
      alarmActions: [topicArn],
      insufficientDataActions: treatMissingData === 'missing' ? [topicArn] : undefined,
    });
  }
}
