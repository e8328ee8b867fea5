import { FUNCTION_METRICS, MAPPING_METRICS } from '../../../constructs/monitoring/metrics';
import { ownPage } from '../../../topology/own-files';
import { counted } from '../../redrive/report';
import { causesIn, type Looked } from '../cause';
import type { ConsumerFacts, Facts, SubscriptionFacts } from '../facts';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';
import { duration, RECENT, time } from '../times';

const SECOND = 1000;

/** How long DynamoDB keeps a record in the stream, in seconds. */
const STREAM = 24 * 3600;

/** Records that come late, that no filter lets through, and those that are lost. */
export function records({ subscriptions, consumers }: Facts): Looked[] {
  return [
    ...consumers.map((facts) => late(facts, subscriptions)),
    ...subscriptions.flatMap((facts) => [filtered(facts), lost(facts)]),
  ];
}

function late(facts: ConsumerFacts, subscriptions: readonly SubscriptionFacts[]): Looked {
  const { consumer, metrics } = facts;
  const [last] = metrics.of(FUNCTION_METRICS.iteratorAge, consumer.function.name, RECENT);
  const ages = subscriptions.flatMap(({ consumer, subscription }) => {
    const { enabled, maximumRecordAgeInSeconds: age } = subscription;
    return consumer === facts && enabled ? (age < 0 ? STREAM : age) : [];
  });
  // Nothing was delivered, which has other causes.
  if (!last || ages.length === 0) return undefined;
  const age = last.value;
  const discarded = Math.min(STREAM, ...ages);
  // Without an alarm nobody said what is too late.
  const { alarms } = consumer;
  const tooLate = alarms ? alarms.iteratorAgeInSeconds : discarded / 2;
  if (age < tooLate * SECOND) return undefined;
  const limit = (seconds: number) => {
    const left = seconds * SECOND - age;
    return `at ${duration(seconds * SECOND)} (${left > 0 ? `${duration(left)} from now` : 'now'})`;
  };
  const discards = `Lambda sends records to the failed batches unread ${limit(discarded)}, and `;
  return causesIn(facts, 'function')(
    'iterator-age',
    `the last batches were processed ${duration(age)} after their records were written, ${alarms ? `and the alarm is at ${duration(tooLate * SECOND)}` : 'more than half of the time that there is'}. If they come later still, ${discarded < STREAM ? discards : ''}the stream loses them ${limit(STREAM)}`,
    `remove what else is found of the function. If it is only slow: a larger batchSize or parallelizationFactor of the subscription, or more memory for the function, then ${deploy()}`,
  );
}

function filtered(facts: SubscriptionFacts): Looked {
  const { stack, subscription, consumer, mapping } = facts;
  const { filters, enabled } = subscription;
  if (!isFound(mapping) || !enabled || filters.length === 0) return undefined;
  const { UUID = '' } = mapping;
  const polled = consumer.metrics.sum(MAPPING_METRICS.polledRecords, UUID);
  const dropped = consumer.metrics.sum(MAPPING_METRICS.filteredRecords, UUID);
  if (polled === 0 || dropped < polled) return undefined;
  return causesIn(facts, 'mapping')(
    'filters-drop-all',
    `Lambda read ${counted(polled, 'record', 'records')} in the last 24 hours, and none of them matched a filter: ${JSON.stringify(filters)}`,
    `compare the filters with a record, as ${ownPage('filters.md')} shows; correct them, then ${deploy(stack)}. What was filtered out is not delivered later`,
  );
}

function lost(facts: SubscriptionFacts): Looked {
  const { subscription, consumer, mapping } = facts;
  if (!isFound(mapping)) return undefined;
  const { droppedRecords } = MAPPING_METRICS;
  const { UUID = '' } = mapping;
  const last = consumer.metrics.of(droppedRecords, UUID).find(({ value }) => value > 0);
  const total = consumer.metrics.sum(droppedRecords, UUID);
  if (!last) return undefined;
  return causesIn(facts, 'mapping')(
    'records-lost',
    `Lambda discarded ${counted(total, 'record', 'records')} in the last 24 hours that it could not write to the bucket ${subscription.failedBatchesBucket}, the last ones in the hour from ${time(last.at)}`,
    `write the bucket and what the role may do with it: ${deploy(consumer.stack)}; then write the items again, since their records are lost`,
  );
}
