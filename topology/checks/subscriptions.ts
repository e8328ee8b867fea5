import { FILTERS, READERS_PER_STREAM } from '../limits';
import { at, type Declared, type Report, soundList } from './declared';

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

/** Stream records hold these images, by stream view type. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  NEW_AND_OLD_IMAGES: ['NewImage', 'OldImage'],
  NEW_IMAGE: ['NewImage'],
  OLD_IMAGE: ['OldImage'],
  KEYS_ONLY: [],
};

export function filters({ producers, subscriptions }: Declared, report: Report): void {
  for (const [index, subscription] of soundList(subscriptions)) {
    const viewType = at(producers, subscription.producer)?.table?.streamViewType;
    for (const [position, filter] of subscription.filters.entries()) {
      const path = ['subscriptions', index, 'filters', position];
      const length = JSON.stringify(filter).length;
      if (length > FILTERS.patternLength) {
        report(path, `must be at most ${FILTERS.patternLength} characters as JSON, got ${length}`);
      }
      for (const place of notListsIn(filter)) {
        const message =
          'must be a list of what matches, such as [INSERT], or a mapping of such lists';
        report([...path, ...place], message);
      }
      const images = Object.keys(Object(filter.dynamodb)).filter((key) => key.endsWith('Image'));
      for (const image of images) {
        if (viewType && !IMAGES[viewType]?.includes(image)) {
          const message = `must not ask for ${image}, which records of a stream with ${viewType} do not hold; change streamViewType or the filter`;
          report([...path, 'dynamodb', image], message);
        }
      }
    }
  }
}

/**
 * Where a pattern holds neither a list with something in it nor a mapping of such lists.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
function notListsIn(pattern: unknown): (string | number)[][] {
  if (Array.isArray(pattern)) return pattern.length > 0 ? [] : [[]];
  if (typeof pattern !== 'object' || pattern === null) return [[]];
  return Object.entries(pattern).flatMap(([key, value]) =>
    notListsIn(value).map((place) => [key, ...place]),
  );
}
