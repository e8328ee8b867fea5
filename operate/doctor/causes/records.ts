import { FUNCTION_METRICS, MAPPING_METRICS } from '../../../constructs/monitoring/metrics';
import { ownPage } from '../../../topology/own-files';
import { counted } from '../../redrive/report';
import type { Cause } from '../cause';
import type { Facts, SubscriptionFacts } from '../facts';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';
import { duration, RECENT, time } from '../times';

const SECOND = 1000;

/** How long DynamoDB keeps a record in the stream, in seconds. */
const STREAM = 24 * 3600;

/** Records that come late, that no filter lets through, and those that are lost. */
export function records({ subscriptions, consumers }: Facts): Cause[] {
  return [
    ...consumers.flatMap(({ consumer, account, metrics }) => {
      const own = subscriptions.filter((each) => each.consumer.consumer === consumer);
      const [last] = metrics.of(FUNCTION_METRICS.iteratorAge, consumer.function.name, RECENT);
      if (!last) return []; // Nothing was delivered, which has other causes.
      return late(last.value, own).map((found) => ({
        ...found,
        account,
        stack: consumer.stackId,
        part: 'function',
      }));
    }),
    ...subscriptions.flatMap((facts) => {
      const { subscription, account } = facts;
      return [...filtered(facts), ...lost(facts)].map((found) => ({
        ...found,
        account,
        stack: subscription.stackId,
        part: 'mapping',
      }));
    }),
  ];
}

type Found = Pick<Cause, 'cause' | 'message' | 'remedy'>;

/** @param age in milliseconds, of the last batches */
function late(age: number, subscriptions: readonly SubscriptionFacts[]): Found[] {
  const [first, ...more] = subscriptions
    .map(({ subscription }) => subscription)
    .filter(({ enabled }) => enabled);
  if (!first) return [];
  const ages = [first, ...more].map((each) =>
    each.maximumRecordAgeInSeconds < 0 ? STREAM : each.maximumRecordAgeInSeconds,
  );
  const discarded = Math.min(STREAM, ...ages);
  // Without an alarm nobody said what is too late.
  const { alarms } = first;
  const tooLate = alarms ? alarms.iteratorAgeInSeconds : discarded / 2;
  if (age < tooLate * SECOND) return [];
  const limit = (seconds: number) => {
    const left = seconds * SECOND - age;
    return `at ${duration(seconds * SECOND)} (${left > 0 ? `${duration(left)} from now` : 'now'})`;
  };
  const discards = `Lambda sends records to the failed batches unread ${limit(discarded)}, and `;
  return [
    {
      cause: 'iterator-age',
      message: `the last batches were processed ${duration(age)} after their records were written, ${alarms ? `and the alarm is at ${duration(tooLate * SECOND)}` : 'more than half of the time that there is'}. If they come later still, ${discarded < STREAM ? discards : ''}the stream loses them ${limit(STREAM)}`,
      remedy:
        'remove what else is found of the function. If it is only slow: a larger batchSize or parallelizationFactor of the subscription, or more memory for the function, then npm run deploy',
    },
  ];
}

function filtered({ subscription, consumer, mapping }: SubscriptionFacts): Found[] {
  const { filters, stackId, enabled } = subscription;
  if (!isFound(mapping) || !enabled || filters.length === 0) return [];
  const { UUID = '' } = mapping;
  const polled = consumer.metrics.sum(MAPPING_METRICS.polledRecords, UUID);
  const dropped = consumer.metrics.sum(MAPPING_METRICS.filteredRecords, UUID);
  if (polled === 0 || dropped < polled) return [];
  return [
    {
      cause: 'filters-drop-all',
      message: `Lambda read ${counted(polled, 'record', 'records')} in the last 24 hours, and none of them matched a filter: ${JSON.stringify(filters)}`,
      remedy: `compare the filters with a record, as ${ownPage('filters.md')} shows; correct them, then ${deploy(stackId)}. What was filtered out is not delivered later`,
    },
  ];
}

function lost({ subscription, consumer, mapping }: SubscriptionFacts): Found[] {
  if (!isFound(mapping)) return [];
  const { droppedRecords } = MAPPING_METRICS;
  const values = consumer.metrics.of(droppedRecords, mapping.UUID ?? '');
  const [last] = values.filter(({ value }) => value > 0);
  if (!last) return [];
  const total = values.reduce((sum, { value }) => sum + value, 0);
  const { failedBatchesBucket } = subscription;
  return [
    {
      cause: 'records-lost',
      message: `Lambda discarded ${counted(total, 'record', 'records')} in the last 24 hours that it could not write to the bucket ${failedBatchesBucket}, the last ones in the hour from ${time(last.at)}`,
      remedy: `${deploy(subscription.consumerStackId)} writes the bucket and what the role may do with it; then write the items again, since their records are lost`,
    },
  ];
}
