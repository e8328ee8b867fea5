import { isDeepStrictEqual } from 'node:util';
import { type Answer, failureOf } from './delivery';
import {
  type FailedBatch,
  MAXIMUM_SIZE,
  NotAFailedBatchError,
  type Origin,
  parseFailedBatch,
  parseKey,
  shardFolder,
  tableArnOf,
} from './failed-batch';

/** The consumer's bucket of failed batches. */
export interface Store {
  /** All objects with their bytes, page by page. */
  list(): AsyncIterable<readonly { key: string; size: number }[]>;
  /** At most `MAXIMUM_SIZE` bytes of an object, with its ETag; `undefined` if it is not there any more. */
  read(key: string): Promise<{ content: string; version: string | undefined } | undefined>;
  /** @throws if the object is not the version that was read */
  delete(key: string, version: string | undefined): Promise<void>;
}

/** Invokes the consumer's function with an event, and waits for its answer. */
export type Invoke = (event: string) => Promise<Answer>;

/** An object that stays as it is. */
export interface OtherObject {
  readonly key: string;
  /** Whether it was read: then it is not a failed batch of the consumer. */
  readonly read: boolean;
  readonly problem: string;
}

export interface Outcome {
  readonly batch: FailedBatch;
  /** `waiting`: not tried, since it must not overtake a failed one or the run was stopped; `listed`: in a dry run. */
  readonly status: 'delivered' | 'failed' | 'waiting' | 'listed';
  /** Why it failed or waits; of a delivered one, why its object is still there. */
  readonly problem?: string;
}

/** Objects read at the same time. Each can be several MB. */
const READS = 8;

/**
 * Reads every object. The records of the batches are not kept: they would not fit into memory. An object that cannot
 * be read or used is one of the others, whatever the reason.
 *
 * @param since leaves out what failed before
 */
export async function findFailedBatches(store: Store, origin: Origin, since?: Date) {
  const batches: FailedBatch[] = [];
  const others: OtherObject[] = [];
  const sort = async ({ key, size }: { key: string; size: number }) => {
    try {
      parseKey(key); // objects of another purpose are not read
      if (size > MAXIMUM_SIZE) {
        const most = `a failed batch has at most ${MAXIMUM_SIZE}`;
        throw new NotAFailedBatchError(`it has ${size} bytes, ${most}`);
      }
      const object = await store.read(key);
      if (!object) return; // it expired, or another run delivered it
      const { batch } = parseFailedBatch(key, object.content, origin);
      if (!since || new Date(batch.failedAt) >= since) batches.push(batch);
    } catch (error) {
      const read = error instanceof NotAFailedBatchError;
      others.push({ key, read, problem: (error as Error).message });
    }
  };
  for await (const objects of store.list()) {
    for (let next = 0; next < objects.length; next += READS) {
      await Promise.all(objects.slice(next, next + READS).map(sort));
    }
  }
  batches.sort(by(streamOrder));
  others.sort(by(({ key }) => key));
  return { batches, others };
}

function by<T>(order: (item: T) => string) {
  return (a: T, b: T) => (order(a) < order(b) ? -1 : 1);
}

/** By stream, then by sequence number of at most 40 digits: the successors of a shard have higher ones. */
function streamOrder({ streamArn, startSequenceNumber, key }: FailedBatch): string {
  return [streamArn, startSequenceNumber.padStart(40, '0'), key].join(' ');
}

interface RedriveProps {
  readonly store: Store;
  readonly origin: Origin;
  readonly invoke: Invoke;
  /** Stops before the next batch when it is aborted. */
  readonly signal: AbortSignal;
}

/** Why a batch must wait, by what it may share with one that stays in the bucket: a shard, a table, an item. */
type Held = Map<string, string>;

function hold(held: Held, places: readonly string[], reason: string): void {
  for (const place of places) held.set(place, held.get(place) ?? reason);
}

/**
 * Delivers batches one after the other and deletes each that the function processed. If one fails, the later ones of
 * its shard wait, and so do those with a change of one of its items: changes of an item keep their order. Batches of a
 * shard with an object that is not known wait too. All others go on.
 */
export async function* redrive(
  { batches, others }: Awaited<ReturnType<typeof findFailedBatches>>,
  props: RedriveProps,
): AsyncGenerator<Outcome> {
  const held: Held = new Map();
  for (const { key, read } of others) {
    const what = read ? 'is not a failed batch of this consumer' : 'could not be read';
    hold(held, shardFolder(key), `an object of the shard ${what}`);
  }
  for (const batch of batches) {
    yield props.signal.aborted
      ? { batch, status: 'waiting', problem: 'the run was stopped' }
      : await deliver(batch, held, props);
  }
}

/** Delivers a batch, unless it has to wait; whatever stays in the bucket is held. */
async function deliver(batch: FailedBatch, held: Held, props: RedriveProps): Promise<Outcome> {
  const { store, invoke } = props;
  const shard = `${batch.streamArn}/${batch.shardId}`;
  const table = tableArnOf(batch.streamArn);
  const found = await readAgain(batch, props).catch((error: Error) => error);
  if (found instanceof Error) {
    // It may have a change of any item.
    hold(held, [table], 'an earlier batch of the table could not be read');
    return { batch, status: 'failed', problem: found.message };
  }
  const { event, items, version } = found;
  const holdWith = (what: string) => {
    hold(held, [shard], `an earlier batch of the shard ${what}`);
    // DynamoDB replaces shards every few hours: later changes of an item are in another one.
    hold(held, items, `an earlier batch with a change of one of its items ${what}`);
  };
  const reason = [shard, table, ...shardFolder(batch.key), ...items]
    .map((place) => held.get(place))
    .find(Boolean);
  const failure = reason ?? (await invoke(event).then(failureOf, (error: Error) => error.message));
  if (failure !== undefined) {
    holdWith('failed');
    return { batch, status: reason ? 'waiting' : 'failed', problem: failure };
  }
  const problem = await store.delete(batch.key, version).then(
    () => undefined,
    (error: Error) => `not deleted, so the next run delivers it again: ${error.message}`,
  );
  if (problem) holdWith('was not deleted');
  return { batch, status: 'delivered', problem };
}

async function readAgain(batch: FailedBatch, { store, origin }: RedriveProps) {
  const stored = await store.read(batch.key);
  if (!stored) throw new Error('the object is gone: it expired, or another run delivered it');
  const read = parseFailedBatch(batch.key, stored.content, origin);
  // Another batch would be delivered in place of this one, out of order.
  if (!isDeepStrictEqual(read.batch, batch)) {
    throw new Error('the object was replaced in the meantime');
  }
  return { ...read, version: stored.version };
}
