import { groupBy } from '../../../review/lists';
import { counted } from '../../redrive/report';
import { causesIn, type Place } from '../cause';
import type { Facts } from '../facts';
import { MOST } from '../read/failed-batches';
import { isFound } from '../read/reader';
import { typed } from '../remedies';
import { time } from '../times';

const DAY = 24 * 3600 * 1000;

/** What Lambda discarded and nobody delivered again. */
export function failedBatches({ consumers, subscriptions }: Facts) {
  return consumers.flatMap((facts) => {
    if (!isFound(facts.failedBatches)) return [];
    const { name, sources, failedBatches } = facts.consumer;
    const { bucket, expirationInDays } = failedBatches;
    const own = subscriptions.filter(({ consumer }) => consumer === facts);
    const placeOf = new Map<string, Place>(
      own.flatMap((each) => (isFound(each.mapping) ? [[each.mapping.UUID ?? '', each]] : [])),
    );
    // Those of subscriptions that were not asked for are not of the consumer's stack.
    const isAll = own.length === sources.length;
    const rest =
      facts.failedBatches.length < MOST
        ? ''
        : `; only the first ${MOST} of the bucket were read, so there may be more, and older ones`;
    const batches = facts.failedBatches.filter(({ mapping }) => isAll || placeOf.has(mapping));
    return groupBy(batches, ({ mapping }) => placeOf.get(mapping)?.stack ?? '').map((some) => {
      const since = Math.min(...some.map(({ writtenAt }) => writtenAt.getTime()));
      const expires = time(new Date(since + expirationInDays * DAY));
      return causesIn(placeOf.get(some[0].mapping) ?? facts, 'failed batches')(
        'failed-batches-waiting',
        `${counted(some.length, 'failed batch waits', 'failed batches wait')} in s3://${bucket}, the oldest since ${time(new Date(since))}; S3 deletes it after ${expires} (failedBatches.expirationInDays: ${expirationInDays})${rest}`,
        `remove the cause, then ${typed(`npm run redrive -- --consumer ${name}`)}; with --dry-run it lists them and says why they failed`,
      );
    });
  });
}
