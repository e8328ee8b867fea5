import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../../../constructs/monitoring/alarms';
import { FUNCTION_ALARMS } from '../../../constructs/monitoring/function-alarms';
import { MAPPING_ALARMS } from '../../../constructs/monitoring/mapping-alarms';
import { arns } from '../../../topology/arns';
import { names } from '../../../topology/names';
import { ownPage } from '../../../topology/own-files';
import type { ResolvedConsumer } from '../../../topology/resolve';
import type { Cause } from '../cause';
import type { Facts } from '../facts';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';
import { time } from '../times';

/** Alarms that are raised. */
export function raisedAlarms({ consumers, subscriptions }: Facts): Cause[] {
  return consumers.flatMap((facts) => {
    const { consumer, account, alarms: found } = facts;
    if (!isFound(found)) return [];
    const { name } = consumer.function;
    const ofMappings = subscriptions
      .filter((each) => each.consumer === facts)
      .flatMap(({ subscription: { stackId } }) =>
        namesOf(MAPPING_ALARMS, names.mappingAlarms(name, stackId), stackId),
      );
    const known = new Map([...namesOf(FUNCTION_ALARMS, name, consumer.stackId), ...ofMappings]);
    return found.flatMap((alarm) => {
      const { id, stack } = known.get(alarm.AlarmName ?? '') ?? {};
      if (!id || !stack || !isRaised(alarm)) return [];
      const { StateValue, StateUpdatedTimestamp, StateReason } = alarm;
      const since = StateUpdatedTimestamp ? ` since ${time(StateUpdatedTimestamp)}` : '';
      return {
        cause: 'alarm-raised',
        account,
        stack,
        part: 'alarms',
        message: `the alarm ${alarm.AlarmName} is in ${StateValue}${since}: ${StateReason}`,
        remedy: `${TO_DO[id]?.(consumer)} (${ownPage('runbook.md')})`,
      };
    });
  });
}

function namesOf(alarms: readonly Pick<Alarm<never>, 'id'>[], owner: string, stack: string) {
  return alarms.map(({ id }) => [names.alarm(owner, id), { id, stack }] as const);
}

/**
 * One on silence is raised in `INSUFFICIENT_DATA`, in which every alarm begins.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function isRaised({ StateValue, TreatMissingData, ...times }: MetricAlarm): boolean {
  if (StateValue === 'ALARM') return true;
  const { StateTransitionedTimestamp: changed, AlarmConfigurationUpdatedTimestamp: made } = times;
  if (TreatMissingData !== 'missing' || !changed || !made) return false;
  return changed.getTime() - made.getTime() > BEGINS;
}

/** Milliseconds within which a new alarm gets its first state. */
const BEGINS = 60_000;

const log = ({ function: { name }, account: { region } }: ResolvedConsumer) =>
  `aws logs tail ${names.logGroup(name)} --since 1h --region ${region}`;

/** What the page of the alarms says to do. */
export const TO_DO: Readonly<Record<string, (consumer: ResolvedConsumer) => string>> = {
  iterator_age: () =>
    'look at the other causes; records are lost 24 hours after they were written. It stays as it is until the next record is processed',
  errors: (consumer) => `read the function's log: ${log(consumer)}`,
  failed_changes: (consumer) => `read the function's log: ${log(consumer)}`,
  throttles: ({ stackId }) =>
    `raise the concurrency, reserved or the account's, then ${deploy(stackId)}`,
  concurrency: () => 'look which table has so many changes: its own consumer keeps it from others',
  duration: ({ stackId }) =>
    `smaller batches, more memory or a longer timeout, then ${deploy(stackId)}`,
  destination_failures: ({ stackId }) =>
    `look at the bucket of failed batches and the role's access to it: ${deploy(stackId)} writes both. What failed is lost`,
  failed_batches: ({ name }) => `remove the cause, then npm run redrive -- --consumer ${name}`,
  lost_records: ({ stackId }) =>
    `look at the bucket of failed batches: ${deploy(stackId)} writes it; write the items again, if the stream no longer has them`,
  failed_invokes: () => "look at the function's state, role, key and network",
  not_polled: () =>
    "look at the mapping's last result, the policy of the stream, the role and the key of the table: records are lost after 24 hours",
};

/** Addresses that are not notified, since nobody confirmed them. */
export function unconfirmedEmails({ consumers }: Facts): Cause[] {
  return consumers.flatMap(({ consumer, account, emails }) => {
    const { alarms, stackId, account: place, function: lambda } = consumer;
    if (!alarms || alarms.email === undefined || !isFound(emails)) return [];
    const { email, topicArn = arns.topic(place, names.topic(lambda.name)) } = alarms;
    const isPending = emails.some(({ SubscriptionArn }) => SubscriptionArn === PENDING);
    if (emails.length > 0 && !isPending) return [];
    const again = `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint ${email} --region ${place.region}`;
    return {
      cause: 'email-unconfirmed',
      account,
      stack: stackId,
      part: 'email',
      message: isPending
        ? `${email} has not confirmed its subscription to ${topicArn}: nobody reads the alarms`
        : `${email} is not subscribed to ${topicArn}: SNS deletes what is not confirmed within two days, and nobody reads the alarms`,
      remedy: isPending
        ? `open the link in the mail from AWS Notifications; it comes again with ${again}`
        : `${deploy(stackId)} subscribes it again; then open the link in the mail from AWS Notifications`,
    };
  });
}

/** In the place of the ARN, until somebody opens the link. */
const PENDING = 'PendingConfirmation';
