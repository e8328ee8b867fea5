import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
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
   * where the last value still holds, `breaching` where silence is what is wrong.
   */
  readonly treatMissingData: 'notBreaching' | 'ignore' | 'breaching';
  readonly topicArn: string;
  readonly provider: AwsProvider;
}

/** Tells the topic when a metric reaches a threshold, or falls below it, and when that is over. */
export class MetricAlarm extends Construct {
  constructor(scope: Construct, id: string, props: MetricAlarmProps) {
    super(scope, id);
    const { name, description, metric, of, threshold, treatMissingData, topicArn, provider } =
      props;
    const { below = false, periods = 1 } = props;
    new CloudwatchMetricAlarm(this, 'resource', {
      provider,
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
      okActions: [topicArn],
    });
  }
}
