import { sortedKeys } from '../contract';
import { toChangeEvent } from './change-event';
import { type Failure, logFailure } from './failure';
import type { Processor, ProcessorOptions } from './one-by-one';
import type { RunBatch } from './run-batch';
import type { StreamRecord } from './stream-event';
import { TimeLimit } from './time-limit';

/** How far behind the oldest change that is not done one may begin, in multiples of the concurrency. */
const AHEAD = 10;

/** After all that is settled by now has been handled: a processor that fails at once ends the batch before the next begins. */
const { nextTick: afterPromises } = process;

/**
 * Gives several changes to the processor at the same time, those of one item one after the other.
 *
 * A failure is the end of the batch: what is before it is still processed, nothing after it begins, and what runs is
 * awaited. So all before the first failure is done, as one by one. What was done after it, less than ten times the
 * concurrency, Lambda delivers again.
 */
export function concurrently<T extends object>(
  processor: Processor<T>,
  { concurrency = 1, timeoutInSeconds }: ProcessorOptions,
): RunBatch {
  /** The change that failed last. A batch that begins with it tries it alone first: less is done after it again. */
  let suspect: string | undefined;

  return async (records, invocation) => {
    const time = new TimeLimit(invocation, timeoutInSeconds);
    const items = records.map(itemOf);
    const begun = new Set<number>();
    const done = new Set<number>();
    const running = new Map<string | undefined, Promise<void>>();
    let [oldest, end] = [0, records.length];
    let failures = 0;
    let failure: Failure | undefined;

    const run = async (record: StreamRecord, index: number) => {
      try {
        const change = toChangeEvent<T>(record);
        await time.call((context) => processor(change, context));
        done.add(index);
      } catch (error) {
        failures += 1;
        const failed = { record, changes: 1, error, thrown: index === 0 };
        const later = index > end ? failed : failure;
        // The first one is logged with the answer.
        if (later) logFailure(invocation.log, later);
        if (later === failed) return;
        end = index;
        failure = failed;
      }
    };
    /** The oldest change that may begin. */
    const next = (): number | undefined => {
      while (done.has(oldest)) oldest += 1;
      if (running.size === concurrency || (begun.size > 0 && time.isShort())) return undefined;
      const isSuspect = oldest === 0 && records[0]?.eventID === suspect;
      const limit = Math.min(end, isSuspect ? 1 : oldest + AHEAD * concurrency);
      for (let index = oldest; index < limit; index += 1) {
        if (!begun.has(index) && !running.has(items[index])) return index;
      }
      return undefined;
    };

    for (;;) {
      const index = next();
      const record = index === undefined ? undefined : records[index];
      if (index !== undefined && record) {
        const item = items[index];
        begun.add(index);
        running.set(
          item,
          run(record, index).finally(() => running.delete(item)),
        );
        await new Promise<void>(afterPromises);
      } else if (running.size > 0) {
        await Promise.race(running.values());
      } else {
        suspect = failure?.record.eventID ?? suspect;
        const outOfTime = oldest < end ? records[oldest] : undefined;
        const all = failure && { ...failure, changes: failures };
        return { processed: done.size, failure: all, outOfTime, leftRunning: time.leftRunning };
      }
    }
  };
}

/** The same text for an item, in whatever order its key attributes came. */
function itemOf({ dynamodb }: StreamRecord): string {
  return JSON.stringify(sortedKeys(dynamodb?.Keys ?? {}));
}
