import { type Answer, failureOf } from './delivery';
import {
  type FailedBatch,
  type FailedBatchObject,
  itemsOf,
  NotAFailedBatchError,
  parseFailedBatch,
} from './failed-batch';
import { Held } from './held';

/** The consumer's bucket of failed batches. */
export interface Store {
  /** Keys of all objects, page by page. */
  list(): AsyncIterable<readonly string[]>;
  /** @returns the content, or `undefined` if the object is not there any more */
  read(key: string): Promise<string | undefined>;
  delete(key: string): Promise<void>;
}

/** Invokes the consumer's function with an event and waits for its answer. */
export type Invoke = (event: string) => Promise<Answer>;

/** What is in the bucket. */
export interface Found {
  /** In the order in which they are delivered. */
  readonly batches: readonly FailedBatch[];
  /** Objects that are not failed batches, which stay as they are. */
  readonly others: readonly OtherObject[];
}

export interface OtherObject {
  readonly key: string;
  readonly problem: string;
}

export interface Outcome {
  readonly batch: FailedBatch;
  /**
   * `waiting`: not tried, since it must not overtake one that failed or the run was stopped; `listed`:
   * in a dry run.
   */
  readonly status: 'delivered' | 'failed' | 'waiting' | 'listed';
  /** Why it failed or waits; of a delivered one, why its object is still there. */
  readonly problem?: string;
}

/** Objects read at the same time. Each can be several MB. */
const READS = 8;

/**
 * Reads every object, and keeps all of a batch but its records: they would not fit into memory.
 *
 * @param since leaves out what failed before
 */
export async function findFailedBatches(store: Store, since?: Date): Promise<Found> {
  const batches: FailedBatch[] = [];
  const others: OtherObject[] = [];
  const sort = async (key: string) => {
    const content = await store.read(key);
    if (content === undefined) return; // expired, or delivered by another run
    try {
      const { batch } = parseFailedBatch(key, content);
      if (!since || new Date(batch.failedAt) >= since) batches.push(batch);
    } catch (error) {
      if (!(error instanceof NotAFailedBatchError)) throw error;
      others.push({ key, problem: error.message });
    }
  };
  for await (const keys of store.list()) {
    for (let next = 0; next < keys.length; next += READS) {
      await Promise.all(keys.slice(next, next + READS).map(sort));
    }
  }
  return {
    batches: batches.sort(inStreamOrder),
    others: others.sort((a, b) => compare(a.key, b.key)),
  };
}

/**
 * By stream, then by sequence number. A shard's successors have higher numbers than the shard, so they
 * come after it.
 */
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
  readonly invoke: Invoke;
  /** Stops before the next batch when it is aborted. */
  readonly signal: AbortSignal;
  /** Told of each batch as soon as its outcome is known. */
  readonly report: (outcome: Outcome) => void;
}

/**
 * Delivers batches one after the other and deletes each that the function processed. Where one fails,
 * the later ones of its shard wait, and those with a change of one of its items: a later change of an
 * item must not overtake an earlier one. All others go on.
 *
 * @param batches in the order of their streams
 */
export async function redrive(
  batches: readonly FailedBatch[],
  props: RedriveProps,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const held = new Held();
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
async function deliver(
  batch: FailedBatch,
  held: Held,
  { store, invoke }: RedriveProps,
): Promise<Outcome> {
  const object = await readAgain(batch, store);
  if (typeof object === 'string') {
    held.addUnread(batch);
    return { batch, status: 'failed', problem: object };
  }
  const items = itemsOf(object);
  const reason = held.reason(batch, items);
  const failure = reason ?? (await failureToInvoke(invoke, object.event));
  if (failure !== undefined) {
    held.add(batch, items, 'failed');
    return { batch, status: reason ? 'waiting' : 'failed', problem: failure };
  }
  try {
    await store.delete(batch.key);
  } catch (error) {
    held.add(batch, items, 'was not deleted');
    const problem = `not deleted, so the next run delivers it again: ${(error as Error).message}`;
    return { batch, status: 'delivered', problem };
  }
  return { batch, status: 'delivered' };
}

/** @returns the batch with its records, or why it cannot be had */
async function readAgain(batch: FailedBatch, store: Store): Promise<FailedBatchObject | string> {
  try {
    const content = await store.read(batch.key);
    if (content !== undefined) return parseFailedBatch(batch.key, content);
    return 'the object is gone: it expired, or another run delivered it';
  } catch (error) {
    return (error as Error).message;
  }
}

async function failureToInvoke(invoke: Invoke, event: string): Promise<string | undefined> {
  try {
    return failureOf(await invoke(event));
  } catch (error) {
    return (error as Error).message;
  }
}
