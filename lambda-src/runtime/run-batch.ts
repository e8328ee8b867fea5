import { types } from 'node:util';
import type { Item } from './attribute-value';
import { type ChangeEvent, toChangeEvent } from './change-event';
import type { Logger } from './logger';
import type { StreamRecord } from './stream-event';

/** What a processor gets along with changes. */
export interface ProcessorContext {
  readonly log: Logger;
  /** ID of the invocation; another for each delivery of a batch. */
  readonly requestId: string;
  readonly functionName: string;
  /** Milliseconds until Lambda ends the function. */
  getRemainingTimeInMillis(): number;
}

/** Takes one change. If it throws, Lambda delivers the change, and all after it, again. */
export type Processor<T extends object = Item> = (
  change: ChangeEvent<T>,
  context: ProcessorContext,
) => void | Promise<void>;

/** Takes the changes of a batch, at least one. If it throws, Lambda delivers all of them again. */
export type BatchProcessor<T extends object = Item> = (
  changes: readonly ChangeEvent<T>[],
  context: ProcessorContext,
) => void | Promise<void>;

export type RunBatch = (
  records: readonly StreamRecord[],
  context: ProcessorContext,
) => Promise<Outcome>;

export interface Outcome {
  /** How many changes were processed. */
  readonly processed: number;
  readonly failure?: {
    /** The first record that was not processed. */
    readonly record: StreamRecord;
    /** How many changes failed: all that the processor got at once. */
    readonly changes: number;
    readonly error: unknown;
    /** Whether the function fails, rather than reports the record. */
    readonly thrown: boolean;
  };
}

export function oneByOne<T extends object>(processor: Processor<T>): RunBatch {
  return async (records, context) => {
    for (const [processed, record] of records.entries()) {
      try {
        requireProcessed(await processor(toChangeEvent<T>(record), context));
      } catch (error) {
        return { processed, failure: { record, changes: 1, error, thrown: processed === 0 } };
      }
    }
    return { processed: records.length };
  };
}

/**
 * Gives all changes of a batch to the processor at once, or those before the first record that cannot be decoded,
 * which fails by itself. If the processor fails, the first record is reported, and nothing is thrown: Lambda then
 * repeats the batch unchanged, so that a processor can derive the names of what it writes from the batch.
 */
export function allAtOnce<T extends object>(processor: BatchProcessor<T>): RunBatch {
  return async (records, context) => {
    const changes: ChangeEvent<T>[] = [];
    const decode = oneByOne<T>((change) => void changes.push(change));
    const { failure } = await decode(records, context);
    const [first] = records;
    if (!first || changes.length === 0) return { processed: 0, failure };
    try {
      requireProcessed(await processor(changes, context));
    } catch (error) {
      const failed = { record: first, changes: changes.length, error, thrown: false };
      return { processed: 0, failure: failed };
    }
    return { processed: changes.length, failure };
  };
}

/**
 * A processor reports a failure by throwing. What it returns is ignored, unless that can only be a failure, or work
 * that was never done.
 *
 * @throws TypeError for such a value
 */
export function requireProcessed(returned: unknown): void {
  if (typeof returned === 'function' || types.isGeneratorObject(returned)) {
    throw new TypeError('the processor returned a function or a generator, which nobody calls');
  }
  if (returned instanceof Error) throw returned;
  if (typeof returned === 'object' && returned !== null && 'batchItemFailures' in returned) {
    throw new TypeError(
      'the processor returned batchItemFailures, which only a handler can answer: throw an error instead',
    );
  }
}
