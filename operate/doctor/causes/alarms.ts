import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../../../constructs/monitoring/alarms';
import { FUNCTION_ALARMS } from '../../../constructs/monitoring/function-alarms';
import { MAPPING_ALARMS } from '../../../constructs/monitoring/mapping-alarms';
import { arns } from '../../../topology/arns';
import { names } from '../../../topology/names';
import { ownPage } from '../../../topology/own-files';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { causesIn, type Looked, type Place } from '../cause';
import type { Facts } from '../facts';
import { isFound } from '../read/reader';
import { deploy, logs, typed } from '../remedies';
import { time } from '../times';

/** Alarms that are raised. */
export function raisedAlarms({ consumers, subscriptions, now }: Facts): Looked[] {
  return consumers.flatMap((facts) => {
    const { consumer, alarms } = facts;
    if (!isFound(alarms)) return [];
    const { name } = consumer.function;
    const ofMappings = subscriptions
      .filter((each) => each.consumer === facts)
      .flatMap((each) => namesOf(MAPPING_ALARMS, names.mappingAlarms(name, each.stack), each));
    const known = new Map([...namesOf(FUNCTION_ALARMS, name, facts), ...ofMappings]);
    return alarms.map((alarm) => {
      const { AlarmName = '', StateValue, StateUpdatedTimestamp, StateReason } = alarm;
      const { id, place } = known.get(AlarmName) ?? {};
      if (!id || !place || !isRaised(alarm)) return undefined;
      const since = StateUpdatedTimestamp ? ` since ${time(StateUpdatedTimestamp)}` : '';
      return causesIn(place, 'alarms')(
        'alarm-raised',
        `the alarm ${AlarmName} is in ${StateValue}${since}: ${StateReason}`,
        `${TO_DO[id]?.(consumer, now)} (${ownPage('runbook.md')})`,
      );
    });
  });
}

function namesOf(alarms: readonly Pick<Alarm<never>, 'id'>[], owner: string, place: Place) {
  return alarms.map(({ id }) => [names.alarm(owner, id), { id, place }] as const);
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

const log = ({ function: { name }, account: { region } }: ResolvedConsumer, now: Date) =>
  logs(names.logGroup(name), region, new Date(now.getTime() - 3_600_000));

/** What the page of the alarms says to do. */
export const TO_DO: Readonly<Record<string, (consumer: ResolvedConsumer, now: Date) => string>> = {
  iterator_age: () =>
    'look at the other causes; records are lost 24 hours after they were written. It stays as it is until the next record is processed',
  errors: (consumer, now) => `read the function's log: ${log(consumer, now)}`,
  failed_changes: (consumer, now) => `read the function's log: ${log(consumer, now)}`,
  throttles: ({ stackId }) =>
    `raise the concurrency, reserved or the account's, then ${deploy(stackId)}`,
  concurrency: () => 'look which table has so many changes: its own consumer keeps it from others',
  duration: ({ stackId }) =>
    `smaller batches, more memory or a longer timeout, then ${deploy(stackId)}`,
  destination_failures: ({ stackId }) =>
    `look at the bucket of failed batches and the role's access to it, which this writes: ${deploy(stackId)}. What failed is lost`,
  failed_batches: ({ name }) =>
    `remove the cause, then ${typed(`npm run redrive -- --consumer ${name}`)}`,
  lost_records: ({ stackId }) =>
    `look at the bucket of failed batches, which this writes: ${deploy(stackId)}; write the items again, if the stream no longer has them`,
  failed_invokes: () => "look at the function's state, role, key and network",
  not_polled: () =>
    "look at the mapping's last result, the policy of the stream, the role and the key of the table: records are lost after 24 hours",
};

/** Addresses that are not notified, since nobody confirmed them. */
export function unconfirmedEmails({ consumers }: Facts): Looked[] {
  return consumers.map((facts) => {
    const { consumer, stack, emails } = facts;
    const { alarms, account } = consumer;
    if (!alarms || alarms.email === undefined || !isFound(emails)) return undefined;
    const { email, topicArn = arns.topic(account, names.topic(consumer.function.name)) } = alarms;
    const cause = causesIn(facts, 'email');
    const open = 'open the link in the mail from AWS Notifications';
    if (emails.length === 0) {
      return cause(
        'email-unconfirmed',
        `${email} is not subscribed to ${topicArn}: SNS deletes what is not confirmed within two days, and nobody reads the alarms`,
        `subscribe it again: ${deploy(stack)}; then ${open}`,
      );
    }
    if (!emails.some(({ SubscriptionArn }) => SubscriptionArn === PENDING)) return undefined;
    return cause(
      'email-unconfirmed',
      `${email} has not confirmed its subscription to ${topicArn}: nobody reads the alarms`,
      `${open}; it comes again with ${typed(`aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint ${email} --region ${account.region}`)}`,
    );
  });
}

/** In the place of the ARN, until somebody opens the link. */
const PENDING = 'PendingConfirmation';
