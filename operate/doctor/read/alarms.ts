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
): Promise<Found<MetricAlarm[]>> {
  if (!alarms) return [];
  return reader.list(
    { action: 'cloudwatch:DescribeAlarms', stack, part: 'alarms' },
    async function* ({ cloudwatch: client }, options) {
      for (const StateValue of ['ALARM', 'INSUFFICIENT_DATA'] as const) {
        const input = { AlarmNamePrefix: names.alarm(name, ''), StateValue };
        for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
          { client },
          input,
          options,
        )) {
          yield MetricAlarms.filter((alarm) => alarm.StateValue === StateValue);
        }
      }
    },
    (alarms) => alarms,
  );
}

/** Subscriptions of the topic of the alarms to the address that they notify; none where there is no address. */
export async function readEmail(
  reader: Reader,
  { stackId: stack, account, alarms, function: { name } }: ResolvedConsumer,
): Promise<Found<Subscription[]>> {
  if (!alarms || alarms.email === undefined) return 'unknown';
  const { email, topicArn: TopicArn = arns.topic(account, names.topic(name)) } = alarms;
  return reader.list(
    { action: 'sns:ListSubscriptionsByTopic', stack, part: 'email' },
    ({ sns }, options) => paginateListSubscriptionsByTopic({ client: sns }, { TopicArn }, options),
    ({ Subscriptions }) => Subscriptions?.filter(({ Endpoint }) => Endpoint === email),
  );
}
