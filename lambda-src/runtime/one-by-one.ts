import type { Item } from './attribute-value';
import { type ChangeEvent, toChangeEvent } from './change-event';
import type { ProcessorContext } from './context';
import type { Process } from './handler';
import { requireProcessed } from './processed';

/** Takes one change. What it throws makes Lambda deliver the change, and all after it, again. */
export type Processor<T extends object = Item> = (
  change: ChangeEvent<T>,
  context: ProcessorContext,
) => void | Promise<void>;

/** Gives one change after the other to the processor. */
export function oneByOne<T extends object>(processor: Processor<T>): Process {
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
