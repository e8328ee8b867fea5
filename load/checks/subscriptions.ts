import { READERS_PER_STREAM } from '../../topology/limits';
import { at, type Declared, type Report, soundList } from './declared';

export function subscriptionPairs({ subscriptions }: Declared, report: Report): void {
  const seen = new Map<string, number>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const pair = `${producer} ${consumer}`;
    const first = seen.get(pair);
    if (first !== undefined) {
      const message = `must be subscribed once; subscriptions[${first}] is the same pair`;
      report(['subscriptions', index], message, { producer, consumer });
    }
    seen.set(pair, first ?? index);
  }
}

export function readersPerStream({ subscriptions }: Declared, report: Report): void {
  const readers = new Map<string, Set<string>>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const consumers = readers.get(producer) ?? new Set();
    const known = consumers.has(consumer);
    readers.set(producer, consumers.add(consumer));
    if (!known && consumers.size > READERS_PER_STREAM.max) {
      const message = `must be one of at most ${READERS_PER_STREAM.max} subscriptions of ${producer}, since DynamoDB serves ${READERS_PER_STREAM.max} readers of a shard; let one consumer pass the changes on`;
      report(['subscriptions', index], message, { producer, consumer });
    }
  }
}

/**
 * A record of the alarm's age must still be with Lambda, or the alarm never sees one. That the alarm comes
 * before DynamoDB deletes the record, which it does whatever age the subscription has, the schema checks.
 */
export function recordAge({ consumers, subscriptions }: Declared, report: Report): void {
  for (const [index, { consumer, maximumRecordAgeInSeconds: age }] of soundList(subscriptions)) {
    const alarms = at(consumers, consumer)?.alarms;
    if (!alarms || age === -1 || age > alarms.iteratorAgeInSeconds) continue;
    const message = `must be over the ${alarms.iteratorAgeInSeconds} seconds of consumers.${consumer}.alarms.iteratorAgeInSeconds, since records of this age are sent to the failed batches before the alarm can fire; raise it, or lower the alarm's`;
    report(['subscriptions', index, 'maximumRecordAgeInSeconds'], message, age);
  }
}

/**
 * The answer to a window holds its state, which the handlers of this project do not have. Whether an entry
 * exports a handler of its own shows when it is bundled.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export function tumblingWindow({ consumers, subscriptions }: Declared, report: Report): void {
  for (const [index, subscription] of soundList(subscriptions)) {
    const { consumer, parallelizationFactor, tumblingWindowInSeconds: window } = subscription;
    if (window === 0) continue;
    const path = ['subscriptions', index, 'tumblingWindowInSeconds'];
    const { entry, code } = at(consumers, consumer)?.function ?? { entry: '' };
    if (entry === undefined && !code) {
      const message =
        'must be 0 with the function of the sink, which returns no state, so that every batch would fail; write a handler of your own: function.code, or an entry that exports handler';
      report(path, message, window);
    }
    if (parallelizationFactor > 1) {
      const message = `must be 0 with a parallelizationFactor of ${parallelizationFactor}, since a window is of a whole shard; leave one of them out`;
      report(path, message, window);
    }
  }
}
