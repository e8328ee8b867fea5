import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { arns } from '../../topology/arns';
import { ALARMS } from '../../topology/limits';
import type { ResolvedConsumer, ResolvedSubscription } from '../../topology/resolve';
import type { Alarms } from '../../topology/schema';
import { literal } from '../terraform/literal';
import { AlarmTopic } from './alarm-topic';
import { MetricAlarm, type MetricAlarmProps } from './metric-alarm';
import { FUNCTION_METRICS, OWN_METRICS } from './metrics';

export interface ConsumerAlarmsProps {
  readonly settings: Alarms;
  readonly consumer: ResolvedConsumer;
  readonly functionName: string;
}

export const topicName = (functionName: string) => `${functionName}-alarms`;

/** ARN of the topic of a consumer's alarms, known before the topic exists. */
export function alarmTopicArn(
  { topicArn }: Alarms,
  { account, functionName }: Pick<ResolvedSubscription, 'account' | 'functionName'>,
): string {
  return topicArn ?? arns.topic(account, topicName(functionName));
}

/** The alarms of one consumer's function, and the topic of these and of its subscriptions' alarms. */
export class ConsumerAlarms extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: ConsumerAlarmsProps) {
    super(scope, id);
    const { settings, consumer, functionName } = props;
    const { name, timeout } = consumer.function;
    this.topicArn =
      settings.topicArn ??
      new AlarmTopic(this, 'topic', {
        name: topicName(name),
        account: consumer.account,
      }).arn;
    if (settings.email !== undefined) {
      new SnsTopicSubscription(this, 'email', {
        topicArn: this.topicArn,
        protocol: 'email',
        endpoint: literal(this, settings.email),
      });
    }

    const shared = {
      of: functionName,
      topicArn: this.topicArn,
    };
    const alarm = (
      alarmId: string,
      alarmProps: Omit<MetricAlarmProps, 'name' | keyof typeof shared>,
    ) =>
      new MetricAlarm(this, alarmId, {
        name: `${name}-${alarmId.replaceAll('_', '-')}`,
        ...alarmProps,
        ...shared,
      });

    alarm('iterator_age', {
      description: `${name} is behind: Lambda discards records at the subscription's maximum age, and they are lost 24 hours after they were written. Look at errors, duration and throttles.`,
      metric: FUNCTION_METRICS.iteratorAge,
      threshold: settings.iteratorAgeInSeconds * 1000,
      // Without records nothing is delivered and nothing is sent; how late the last batch was still holds.
      treatMissingData: 'ignore',
    });
    alarm('errors', {
      description: `Invocations of ${name} fail. Lambda delivers their batches again until the limits of the subscription.`,
      metric: FUNCTION_METRICS.errors,
      threshold: settings.errors,
      treatMissingData: 'notBreaching',
    });
    // Only the handler of lambda-src/ writes this metric.
    if (consumer.function.code.type === 'entry') {
      alarm('failed_changes', {
        description: `Changes fail in ${name}, also those that a batch processor reports, which are no error to Lambda. It delivers them again until the limits of the subscription.`,
        metric: OWN_METRICS.changesFailed,
        threshold: settings.errors,
        treatMissingData: 'notBreaching',
      });
    }
    alarm('throttles', {
      description: `Invocations of ${name} are refused for lack of concurrency.`,
      metric: FUNCTION_METRICS.throttles,
      threshold: settings.throttles,
      treatMissingData: 'notBreaching',
    });
    const concurrency = concurrencyThreshold(settings, consumer.function);
    if (concurrency !== undefined) {
      alarm('concurrency', {
        description: `${name} has run ${concurrency} times at a time for 15 minutes: one table may be taking what the others need. Look at the changes by account and table, reserve more, or give that table a consumer of its own.`,
        metric: FUNCTION_METRICS.concurrentExecutions,
        threshold: concurrency,
        periods: 3,
        treatMissingData: 'notBreaching',
      });
    }
    alarm('duration', {
      description: `An invocation of ${name} took ${settings.durationInPercent}% of the ${timeout} seconds it has.`,
      metric: FUNCTION_METRICS.duration,
      threshold: timeout * 10 * settings.durationInPercent,
      treatMissingData: 'notBreaching',
    });
    alarm('destination_failures', {
      description: `Lambda could not write a failed batch of ${name} to its bucket: its records are lost unless they are still in the stream.`,
      metric: FUNCTION_METRICS.destinationDeliveryFailures,
      threshold: 1,
      treatMissingData: 'notBreaching',
    });
  }
}

/** Of the account's concurrency nobody knows here how much others use, so without a reservation there is none. */
function concurrencyThreshold(
  { concurrentExecutions }: Alarms,
  { reservedConcurrentExecutions: reserved }: ResolvedConsumer['function'],
): number | undefined {
  if (concurrentExecutions !== undefined || reserved === undefined) return concurrentExecutions;
  return Math.ceil((reserved * ALARMS.concurrency) / 100);
}
