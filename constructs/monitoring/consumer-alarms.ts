import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { arns } from '../../topology/arns';
import { topicName } from '../../topology/names';
import type { ResolvedConsumer, ResolvedSubscription } from '../../topology/resolve';
import type { Alarms } from '../../topology/schema/consumer';
import { literal } from '../terraform/literal';
import { AlarmTopic } from './alarm-topic';
import { createAlarms } from './alarms';
import { FUNCTION_ALARMS } from './function-alarms';

export interface ConsumerAlarmsProps {
  readonly settings: Alarms;
  readonly consumer: ResolvedConsumer;
  readonly functionName: string;
}

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
    const { name } = consumer.function;
    this.topicArn =
      settings.topicArn ??
      new AlarmTopic(this, 'topic', { name: topicName(name), account: consumer.account }).arn;
    if (settings.email !== undefined) {
      new SnsTopicSubscription(this, 'email', {
        topicArn: this.topicArn,
        protocol: 'email',
        endpoint: literal(this, settings.email),
      });
    }
    const subject = { settings, lambda: consumer.function };
    const target = { topicArn: this.topicArn, name, dimensionValue: functionName };
    createAlarms(this, FUNCTION_ALARMS, subject, target);
  }
}
