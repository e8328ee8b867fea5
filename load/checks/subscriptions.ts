import { FILTERS, READERS_PER_STREAM } from '../../topology/limits';
import type { Report } from '../../topology/problem';
import { filterPattern } from '../../topology/unicode';
import {
  at,
  type CheckOf,
  type Declared,
  refer,
  type Subscription,
  soundList,
  tablesOf,
} from './declared';
import { contradictions } from './filters/agreement';
import { patternProblems } from './filters/pattern';
import { streamRecord } from './filters/record';

type Check = CheckOf<Subscription>;

const names: Check = ({ producer, consumer }, report, { producers, consumers }) => {
  refer(producers, 'a producer', ['producer'], producer, report);
  refer(consumers, 'a consumer', ['consumer'], consumer, report);
};

const sameRegion: Check = (subscription, report, { accounts, consumers, producers }) => {
  const producer = at(producers, subscription.producer);
  const consumer = at(consumers, subscription.consumer);
  const to = consumer && at(accounts, consumer.account);
  if (!producer || !to) return;
  for (const { owner, table } of tablesOf(producer, accounts)) {
    const from = table?.account.region ?? to.region;
    if (from === to.region) continue;
    const message = `must join accounts of one Region, since Lambda reads streams of its own Region only: ${owner} is in ${from}, ${consumer.account} in ${to.region}`;
    report([], message);
  }
};

/**
 * A record of the alarm's age must still be with Lambda, or the alarm never sees one. That the alarm comes
 * before DynamoDB deletes the record, which it does whatever age the subscription has, the schema checks.
 */
const recordAge: Check = ({ consumer, maximumRecordAgeInSeconds: age }, report, { consumers }) => {
  const alarms = at(consumers, consumer)?.alarms;
  if (!alarms || age === -1 || age > alarms.iteratorAgeInSeconds) return;
  const message = `must be over the ${alarms.iteratorAgeInSeconds} seconds of consumers.${consumer}.alarms.iteratorAgeInSeconds, since records of this age are sent to the failed batches before the alarm can fire; raise it, or lower the alarm's`;
  report(['maximumRecordAgeInSeconds'], message, age);
};

/**
 * The answer to a window holds its state, which the handlers of this project do not have. Whether an entry
 * exports a handler of its own shows when it is bundled.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
const tumblingWindow: Check = (subscription, report, { consumers }) => {
  const { consumer, parallelizationFactor, tumblingWindowInSeconds: window } = subscription;
  if (window === 0) return;
  const refuse = (message: string) => report(['tumblingWindowInSeconds'], message, window);
  const { entry, code } = at(consumers, consumer)?.function ?? { entry: '' };
  if (entry === undefined && !code) {
    refuse(
      'must be 0 with the function of the sink, which returns no state, so that every batch would fail; write a handler of your own: function.code, or an entry that exports handler',
    );
  }
  if (parallelizationFactor > 1) {
    refuse(
      `must be 0 with a parallelizationFactor of ${parallelizationFactor}, since a window is of a whole shard; leave one of them out`,
    );
  }
};

/** Filters that Lambda would refuse, and filters that can never match a record of their table. */
const filters: Check = (subscription, report, { accounts, producers }) => {
  const producer = at(producers, subscription.producer);
  const record = streamRecord(producer, accounts);
  const { partitionKey, sortKey } = producer?.table ?? {};
  const keys = [partitionKey, sortKey].flatMap((key) => key?.name ?? []);
  for (const [index, filter] of subscription.filters.entries()) {
    const place = ['filters', index];
    const { length } = filterPattern(filter);
    if (length > FILTERS.patternLength) {
      report(place, `must be at most ${FILTERS.patternLength} characters as JSON, got ${length}`);
      continue;
    }
    const wrong = patternProblems(filter, record, place);
    const problems = wrong.length > 0 ? wrong : contradictions(filter, keys, place);
    for (const { path, message, received } of problems) report(path, message, received);
  }
};

export const OF_SUBSCRIPTION: readonly Check[] = [
  names,
  sameRegion,
  recordAge,
  tumblingWindow,
  filters,
];

/** A pair is subscribed once, and DynamoDB serves few readers of a shard: the roles of other teams are some of them. */
export function readersPerStream({ producers, subscriptions }: Declared, report: Report): void {
  const readers = new Map<string, Map<string, number>>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const consumers = readers.get(producer) ?? new Map<string, number>();
    const refuse = (message: string) =>
      report(['subscriptions', index], message, { producer, consumer });
    const first = consumers.get(consumer);
    if (first !== undefined) {
      refuse(`must be subscribed once; subscriptions[${first}] is the same pair`);
      continue;
    }
    readers.set(producer, consumers.set(consumer, index));
    const { streamPolicy = 'none' } = at(producers, producer) ?? {};
    const others = streamPolicy === 'none' ? 0 : streamPolicy.readers.length;
    if (consumers.size + others > READERS_PER_STREAM.max) {
      const counted = others > 0 ? ', streamPolicy.readers among them' : '';
      refuse(
        `must be one of at most ${READERS_PER_STREAM.max} readers of ${producer}${counted}, since DynamoDB serves ${READERS_PER_STREAM.max} readers of a shard; let one consumer pass the changes on`,
      );
    }
  }
}
