import type { Item } from './attribute-value';
import { type ChangeEvent, toChangeEvent } from './change-event';
import type { ProcessorContext } from './context';
import type { RunBatch } from './run-batch';
import { TimeLimit } from './time-limit';

/** Takes one change. If it throws, Lambda delivers the change, and all after it, again. */
export type Processor<T extends object = Item> = (
  change: ChangeEvent<T>,
  context: ProcessorContext,
) => void | Promise<void>;

export interface ProcessorOptions {
  /**
   * Changes that are processed at the same time, never two of one item; a whole number from 1. Default: 1. More is for
   * a processor that waits for something else, which then gets that many requests at once.
   */
  readonly concurrency?: number;
  /**
   * Seconds that a change may take until `context.signal` aborts; above 0, at most 900. Default: until one second before
   * the function times out.
   */
  readonly timeoutInSeconds?: number;
}

/** Gives one change after the other to the processor, until one fails or the time gets short. */
export function oneByOne<T extends object>(
  processor: Processor<T>,
  { timeoutInSeconds }: ProcessorOptions = {},
): RunBatch {
  return async (records, invocation) => {
    const time = new TimeLimit(invocation, timeoutInSeconds);
    for (const [processed, record] of records.entries()) {
      if (processed > 0 && time.isShort()) return { processed, outOfTime: record };
      try {
        const change = toChangeEvent<T>(record);
        await time.call((context) => processor(change, context));
      } catch (error) {
        const failure = { record, changes: 1, error, thrown: processed === 0 };
        return { processed, failure, leftRunning: time.leftRunning };
      }
    }
    return { processed: records.length };
  };
}
