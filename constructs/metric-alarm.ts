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
  /**
   * What a period without data means: `notBreaching` where a metric is silent when all is well, `ignore`
   * where the last value still holds.
   */
  readonly treatMissingData: 'notBreaching' | 'ignore';
  readonly topicArn: string;
  readonly provider: AwsProvider;
}

/** Tells the topic when a metric reaches a threshold within a period, and when it is below again. */
export class MetricAlarm extends Construct {
  constructor(scope: Construct, id: string, props: MetricAlarmProps) {
    super(scope, id);
    const { name, description, metric, of, threshold, treatMissingData, topicArn, provider } =
      props;
    new CloudwatchMetricAlarm(this, 'resource', {
      provider,
      alarmName: name,
      alarmDescription: description,
      namespace: metric.namespace,
      metricName: metric.metricName,
      dimensions: { [metric.dimension]: of },
      statistic: metric.statistic,
      period: PERIOD,
      evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold,
      treatMissingData,
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}
