import { type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, type Subscription } from '@aws-sdk/client-sns';
import { arns } from '../../../topology/arns';
import { names } from '../../../topology/names';
import type { ResolvedConsumer } from '../../../topology/resolve';
import type { Found, Reader } from './reader';

/** Alarms of a function and its mappings that are not `OK`, with others whose names begin in the same way. */
export async function readAlarms(
  reader: Reader,
  { stackId: stack, alarms, function: { name } }: ResolvedConsumer,
): Promise<Found<readonly MetricAlarm[]>> {
  if (!alarms) return [];
  const question = { action: 'cloudwatch:DescribeAlarms', stack, part: 'alarms' };
  return reader.ask(question, async ({ cloudwatch }, options) => {
    const found: MetricAlarm[] = [];
    for (const StateValue of ['ALARM', 'INSUFFICIENT_DATA'] as const) {
      const input = { AlarmNamePrefix: names.alarm(name, ''), StateValue };
      for await (const page of paginateDescribeAlarms({ client: cloudwatch }, input, options)) {
        found.push(...(page.MetricAlarms ?? []).filter((alarm) => alarm.StateValue === StateValue));
      }
    }
    return found;
  });
}

/** Subscriptions of the topic of the alarms to the address that they notify; none where there is no address. */
export async function readEmail(
  reader: Reader,
  { stackId: stack, account, alarms, function: { name } }: ResolvedConsumer,
): Promise<Found<readonly Subscription[]>> {
  if (!alarms || alarms.email === undefined) return 'unknown';
  const { email, topicArn: TopicArn = arns.topic(account, names.topic(name)) } = alarms;
  const question = { action: 'sns:ListSubscriptionsByTopic', stack, part: 'email' };
  return reader.ask(question, async ({ sns }, options) => {
    const found: Subscription[] = [];
    const pages = paginateListSubscriptionsByTopic({ client: sns }, { TopicArn }, options);
    for await (const { Subscriptions = [] } of pages) {
      found.push(...Subscriptions.filter(({ Endpoint }) => Endpoint === email));
    }
    return found;
  });
}
