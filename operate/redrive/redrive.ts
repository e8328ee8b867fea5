import { isDeepStrictEqual } from 'node:util';
import { type Answer, failureOf } from './delivery';
import {
  type FailedBatch,
  itemsOf,
  MAXIMUM_SIZE,
  type Origin,
  parseFailedBatch,
} from './failed-batch';
import { Held } from './held';
import { NotAFailedBatchError, parseKey } from './object-key';

/** The consumer's bucket of failed batches. */
export interface Store {
  /** All objects, page by page. */
  list(): AsyncIterable<readonly ListedObject[]>;
  /**
   * @returns `undefined` if the object is not there any more
   * @throws if it has more than `MAXIMUM_SIZE` bytes, which are not read
   */
  read(key: string): Promise<StoredObject | undefined>;
  /**
   * Deletes what was read.
   *
   * @param version of the object that was read
   * @throws if the object is another one by now
   */
  delete(key: string, version: string | undefined): Promise<void>;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

export interface StoredObject {
  readonly content: string;
  /** What changes with the content: its ETag. */
  readonly version: string | undefined;
}

/** Invokes the consumer's function with an event and waits for its answer. */
export type Invoke = (event: string) => Promise<Answer>;

/** What is in the bucket. */
export interface Found {
  /** In the order in which they are delivered. */
  readonly batches: readonly FailedBatch[];
  /** All other objects, which stay as they are. */
  readonly others: readonly OtherObject[];
}

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
export async function findFailedBatches(
  store: Store,
  origin: Origin,
  since?: Date,
): Promise<Found> {
  const batches: FailedBatch[] = [];
  const others: OtherObject[] = [];
  const sort = async (object: ListedObject) => {
    try {
      const batch = await readBatch(object, store, origin);
      if (batch && (!since || new Date(batch.failedAt) >= since)) batches.push(batch);
    } catch (error) {
      const read = error instanceof NotAFailedBatchError;
      others.push({ key: object.key, read, problem: (error as Error).message });
    }
  };
  for await (const objects of store.list()) {
    for (let next = 0; next < objects.length; next += READS) {
      await Promise.all(objects.slice(next, next + READS).map(sort));
    }
  }
  return {
    batches: batches.sort(inStreamOrder),
    others: others.sort((a, b) => compare(a.key, b.key)),
  };
}

/** @returns `undefined` if the object is gone: it expired, or another run delivered it */
async function readBatch(
  { key, size }: ListedObject,
  store: Store,
  origin: Origin,
): Promise<FailedBatch | undefined> {
  parseKey(key); // objects of another purpose are not read
  if (size > MAXIMUM_SIZE) {
    throw new NotAFailedBatchError(
      `it has ${size} bytes, a failed batch has at most ${MAXIMUM_SIZE}`,
    );
  }
  const object = await store.read(key);
  return object && parseFailedBatch(key, object.content, origin).batch;
}

/** By stream, then by sequence number: the successors of a shard have higher numbers than the shard. */
function inStreamOrder(a: FailedBatch, b: FailedBatch): number {
  return (
    compare(a.streamArn, b.streamArn) ||
    compare(BigInt(a.startSequenceNumber), BigInt(b.startSequenceNumber)) ||
    compare(a.key, b.key)
  );
}

function compare<T extends string | bigint>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export interface RedriveProps {
  readonly store: Store;
  readonly origin: Origin;
  readonly invoke: Invoke;
  /** Stops before the next batch when it is aborted. */
  readonly signal: AbortSignal;
  /** Called with each outcome as soon as it is known. */
  readonly report: (outcome: Outcome) => void;
}

/**
 * Delivers batches one after the other and deletes each that the function processed. If one fails, the later ones of
 * its shard wait, and so do those with a change of one of its items: changes of an item keep their order. Batches of a
 * shard with an object that is not known wait too. All others go on.
 */
export async function redrive(
  { batches, others }: Found,
  props: RedriveProps,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const held = new Held();
  for (const { key, read } of others) {
    held.addUnknown(key, read ? 'is not a failed batch of this consumer' : 'could not be read');
  }
  for (const batch of batches) {
    const outcome = props.signal.aborted
      ? ({ batch, status: 'waiting', problem: 'the run was stopped' } as const)
      : await deliver(batch, held, props);
    outcomes.push(outcome);
    props.report(outcome);
  }
  return outcomes;
}

/** Delivers a batch, unless it has to wait; whatever stays in the bucket is held. */
async function deliver(batch: FailedBatch, held: Held, props: RedriveProps): Promise<Outcome> {
  const { store, invoke } = props;
  const found = await readAgain(batch, props).catch((error: Error) => error);
  if (found instanceof Error) {
    held.addUnread(batch);
    return { batch, status: 'failed', problem: found.message };
  }
  const items = itemsOf(found.object);
  const reason = held.reason(batch, items);
  const failure = reason ?? (await failureToInvoke(invoke, found.object.event));
  if (failure !== undefined) {
    held.add(batch, items, 'failed');
    return { batch, status: reason ? 'waiting' : 'failed', problem: failure };
  }
  try {
    await store.delete(batch.key, found.version);
  } catch (error) {
    held.add(batch, items, 'was not deleted');
    const problem = `not deleted, so the next run delivers it again: ${(error as Error).message}`;
    return { batch, status: 'delivered', problem };
  }
  return { batch, status: 'delivered' };
}

/** The batch with its records. */
async function readAgain(batch: FailedBatch, { store, origin }: RedriveProps) {
  const stored = await store.read(batch.key);
  if (!stored) throw new Error('the object is gone: it expired, or another run delivered it');
  const object = parseFailedBatch(batch.key, stored.content, origin);
  // Another batch would be delivered in place of this one, out of order.
  if (!isDeepStrictEqual(object.batch, batch)) {
    throw new Error('the object was replaced in the meantime');
  }
  return { object, version: stored.version };
}

async function failureToInvoke(invoke: Invoke, event: string): Promise<string | undefined> {
  try {
    return failureOf(await invoke(event));
  } catch (error) {
    return (error as Error).message;
  }
}
