import type { DynamoDBRecord } from 'aws-lambda';
import type { Item } from './attribute-value';
import { type ChangeEvent, toChangeEvent } from './change-event';
import type { ProcessorContext } from './context';
import type { Failure, Process } from './handler';
import { requireProcessed } from './processed';

/** Takes the changes of a batch, at least one. What it throws makes Lambda deliver all of them again. */
export type BatchProcessor<T extends object = Item> = (
  changes: readonly ChangeEvent<T>[],
  context: ProcessorContext,
) => void | Promise<void>;

/**
 * Gives all changes of a batch to the processor at once, or those before the first record that cannot
 * be decoded, which fails by itself.
 *
 * Where the processor fails, the first record is reported, not thrown: Lambda repeats the batch as it
 * is, so that a processor can derive the names of what it writes from the batch.
 */
export function allAtOnce<T extends object>(processor: BatchProcessor<T>): Process {
  return async (records, context) => {
    const { changes, failure } = decode<T>(records);
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

function decode<T extends object>(records: readonly DynamoDBRecord[]) {
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
