import { READERS_PER_STREAM } from '../limits';
import { type Declared, type Report, soundList } from './declared';

export function subscriptionPairs({ subscriptions }: Declared, report: Report): void {
  const seen = new Map<string, number>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const pair = `${producer} ${consumer}`;
    const first = seen.get(pair);
    if (first !== undefined) {
      report(
        ['subscriptions', index],
        `must be subscribed once; subscriptions[${first}] is the same pair`,
        {
          producer,
          consumer,
        },
      );
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
