import { counted } from '../../redrive/report';
import type { Cause } from '../cause';
import type { ConsumerFacts, Facts } from '../facts';
import type { Waiting } from '../read/failed-batches';
import { isFound } from '../read/reader';
import { time } from '../times';

const DAY = 24 * 3600 * 1000;

/** What Lambda discarded and nobody delivered again. */
export function failedBatches({ consumers, subscriptions }: Facts): Cause[] {
  return consumers.flatMap((facts) => {
    if (!isFound(facts.failedBatches)) return [];
    const own = subscriptions.filter(({ consumer }) => consumer === facts);
    const stackOf = new Map(
      own.flatMap(({ mapping, subscription }) =>
        isFound(mapping) ? [[mapping.UUID ?? '', subscription.stackId]] : [],
      ),
    );
    // Those of subscriptions that were not asked for are not of the consumer's stack.
    const isAll = own.length === facts.consumer.sources.length;
    const byStack = new Map<string, Waiting>();
    for (const [uuid, { count, since }] of facts.failedBatches) {
      const stack = stackOf.get(uuid) ?? (isAll ? facts.consumer.stackId : undefined);
      if (stack === undefined) continue;
      const others = byStack.get(stack) ?? { count: 0, since };
      const first = others.since < since ? others.since : since;
      byStack.set(stack, { count: others.count + count, since: first });
    }
    return [...byStack].map(([stack, waiting]) => ({
      ...waits(waiting, facts),
      account: facts.account,
      stack,
      part: 'failed batches',
    }));
  });
}

function waits(
  { count, since }: Waiting,
  { consumer: { name, failedBatches } }: ConsumerFacts,
): Pick<Cause, 'cause' | 'message' | 'remedy'> {
  const { bucket, expirationInDays } = failedBatches;
  const expires = new Date(since.getTime() + expirationInDays * DAY);
  return {
    cause: 'failed-batches-waiting',
    message: `${counted(count, 'failed batch waits', 'failed batches wait')} in s3://${bucket}, the oldest since ${time(since)}; S3 deletes it after ${time(expires)} (failedBatches.expirationInDays: ${expirationInDays})`,
    remedy: `remove the cause, then npm run redrive -- --consumer ${name}; with --dry-run it lists them and says why they failed`,
  };
}
