import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { names } from '../../topology/names';
import type { Alarms } from '../../topology/schema/consumer';
import { type Metric, PERIOD } from './metrics';

export interface Alarm<Subject> {
  /** Name in the address, and with hyphens at the end of the alarm's own name. */
  readonly id: string;
  readonly metric: Metric;
  /** Without a threshold there is no alarm. */
  readonly threshold: (settings: Alarms, subject: Subject) => number | undefined;
  /** What it means, for whoever is woken by it; the command that finds the cause follows. */
  readonly description: (subject: Subject, settings: Alarms, threshold: number) => string;
  /** Whether it is the low values that are wrong. Default: the high ones, from the threshold on. */
  readonly below?: true;
  readonly periods?: number;
  /**
   * What a period without data means: all is well (default), `ignore` where the last value still holds, `missing`
   * where silence is what is wrong. Then the state `INSUFFICIENT_DATA` is sent to the topic as well.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
   */
  readonly treatMissingData?: 'ignore' | 'missing';
}

/**
 * Alarms that send a message to the topic, with names that begin with the target's. `OK` is not sent: it would come
 * while a failed batch still waits, since a batch that is discarded causes no more errors, and once for every new
 * alarm, which begins in `INSUFFICIENT_DATA`. For the same reason an alarm on silence is not sent as `ALARM`.
 *
 * @param target its `subscriptions` are an id or a pattern of the stacks that may have the cause
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function createAlarms<Subject>(
  scope: Construct,
  alarms: readonly Alarm<Subject>[],
  settings: Alarms,
  subject: Subject,
  target: Readonly<Record<'topicArn' | 'name' | 'dimensionValue' | 'subscriptions', string>>,
): void {
  for (const { id, metric, description, below, periods, treatMissingData, ...alarm } of alarms) {
    const threshold = alarm.threshold(settings, subject);
    if (threshold === undefined) continue;
    new CloudwatchMetricAlarm(new Construct(scope, id), 'resource', {
      ...metric, // namespace, name and statistic
      alarmName: names.alarm(target.name, id),
      alarmDescription: `${description(subject, settings, threshold)} To find the cause: npm run doctor -- --subscription '${target.subscriptions}'`,
      dimensions: { [metric.dimension]: target.dimensionValue },
      period: PERIOD,
      evaluationPeriods: periods ?? 1,
      comparisonOperator: below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      threshold,
      treatMissingData: treatMissingData ?? 'notBreaching',
      alarmActions: [target.topicArn],
      insufficientDataActions: treatMissingData === 'missing' ? [target.topicArn] : undefined,
    });
  }
}
