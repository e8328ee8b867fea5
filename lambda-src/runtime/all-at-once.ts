import type { Item } from './attribute-value';
import { type ChangeEvent, toChangeEvent } from './change-event';
import type { ProcessorContext } from './context';
import type { Failure } from './failure';
import type { RunBatch } from './run-batch';
import { TimeLimit } from './time-limit';

/**
 * Takes the changes of a batch, at least one. If it throws, Lambda halves the batch until the change that fails is
 * alone; with `repeatWhole`, it delivers all of them again.
 */
export type BatchProcessor<T extends object = Item> = (
  changes: readonly ChangeEvent<T>[],
  context: ProcessorContext,
) => void | Promise<void>;

export interface BatchProcessorOptions {
  /** Seconds that the batch may take, as `timeoutInSeconds` of a change. */
  readonly timeoutInSeconds?: number;
  /**
   * Whether Lambda delivers a batch that failed unchanged, not in halves, for a processor that derives the names of what
   * it writes from the batch. A change that always fails then takes its whole batch to the failed ones. Default: false.
   */
  readonly repeatWhole?: boolean;
}

/**
 * Gives all changes of a batch to the processor at once, or those before the first record that cannot be decoded,
 * which fails by itself. If the processor fails, its error is thrown, which halves the batch; with `repeatWhole` the
 * first record is reported, which does not.
 */
export function allAtOnce<T extends object>(
  processor: BatchProcessor<T>,
  { timeoutInSeconds, repeatWhole = false }: BatchProcessorOptions = {},
): RunBatch {
  return async (records, invocation) => {
    const { changes, failure } = decode<T>(records);
    const [first] = records;
    if (first && changes.length > 0) {
      const time = new TimeLimit(invocation, timeoutInSeconds);
      try {
        await time.call((context) => processor(changes, context));
      } catch (error) {
        const all = { record: first, changes: changes.length, error, thrown: !repeatWhole };
        return { processed: 0, failure: all, leftRunning: time.leftRunning };
      }
    }
    return { processed: changes.length, failure };
  };
}

/** Up to the first record that cannot be decoded. */
function decode<T extends object>(records: Parameters<RunBatch>[0]) {
  const changes: ChangeEvent<T>[] = [];
  let failure: Failure | undefined;
  for (const record of records) {
    try {
      changes.push(toChangeEvent<T>(record));
    } catch (error) {
      failure = { record, changes: 1, error, thrown: changes.length === 0 };
      break;
    }
  }
  return { changes, failure };
}
