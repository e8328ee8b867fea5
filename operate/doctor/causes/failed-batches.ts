import { counted } from '../../redrive/report';
import { causesIn, type Looked, type Place } from '../cause';
import type { ConsumerFacts, Facts } from '../facts';
import type { Waiting } from '../read/failed-batches';
import { isFound } from '../read/reader';
import { time } from '../times';

const DAY = 24 * 3600 * 1000;

/** What Lambda discarded and nobody delivered again. */
export function failedBatches({ consumers, subscriptions }: Facts): Looked[] {
  return consumers.flatMap((facts) => {
    if (!isFound(facts.failedBatches)) return [];
    const own = subscriptions.filter(({ consumer }) => consumer === facts);
    const placeOf = new Map<string, Place>(
      own.flatMap((each) => (isFound(each.mapping) ? [[each.mapping.UUID ?? '', each]] : [])),
    );
    // Those of subscriptions that were not asked for are not of the consumer's stack.
    const isAll = own.length === facts.consumer.sources.length;
    const byPlace = new Map<Place, Waiting>();
    for (const [uuid, { count, since }] of facts.failedBatches) {
      const place = placeOf.get(uuid) ?? (isAll ? facts : undefined);
      if (!place) continue;
      const others = byPlace.get(place) ?? { count: 0, since };
      const first = others.since < since ? others.since : since;
      byPlace.set(place, { count: others.count + count, since: first });
    }
    return [...byPlace].map(([place, waiting]) => waits(place, waiting, facts));
  });
}

function waits(place: Place, { count, since }: Waiting, { consumer }: ConsumerFacts): Looked {
  const { bucket, expirationInDays } = consumer.failedBatches;
  const expires = new Date(since.getTime() + expirationInDays * DAY);
  return causesIn(place, 'failed batches')(
    'failed-batches-waiting',
    `${counted(count, 'failed batch waits', 'failed batches wait')} in s3://${bucket}, the oldest since ${time(since)}; S3 deletes it after ${time(expires)} (failedBatches.expirationInDays: ${expirationInDays})`,
    `remove the cause, then npm run redrive -- --consumer ${consumer.name}; with --dry-run it lists them and says why they failed`,
  );
}
