import types from 'node:util/types';
import { allAtOnce, type BatchProcessor, type BatchProcessorOptions } from './runtime/all-at-once';
import type { Item } from './runtime/attribute-value';
import { concurrently } from './runtime/concurrently';
import { createHandler, type Host, type StreamHandler } from './runtime/handler';
import { oneByOne, type Processor, type ProcessorOptions } from './runtime/one-by-one';
import { OPTIONS, requireOptions } from './runtime/options';

export type { BatchProcessor, BatchProcessorOptions } from './runtime/all-at-once';
export type { Item, PlainValue } from './runtime/attribute-value';
export type { ChangeEvent } from './runtime/change-event';
export type { ProcessorContext } from './runtime/context';
export type { Processor, ProcessorOptions } from './runtime/one-by-one';

/**
 * A function that takes the changes of a table one by one, in the order of the stream, or with `concurrency` several at
 * the same time, those of each item in its order:
 *
 *     export default defineProcessor<Order>(async (change, { log }) => {
 *       log.info('Order changed', { orderId: change.keys.OrderId });
 *     });
 *
 * @typeParam T the table's items, as plain values
 * @throws TypeError if it is given no function, or a generator, whose body is never run, or an option that it has not
 * @throws RangeError if an option has a value that it cannot have, or the variable LOG_LEVEL is not DEBUG, INFO (the default), WARN or ERROR
 */
export function defineProcessor<T extends object = Item>(
  processor: Processor<T>,
  options: ProcessorOptions = {},
): StreamHandler {
  requireFunction('defineProcessor', processor);
  requireOptions('defineProcessor', options, { concurrency, timeoutInSeconds });
  const run = (options.concurrency ?? 1) > 1 ? concurrently : oneByOne;
  return createHandler(run(processor, options), HOST);
}

/** The same for a function that takes all changes of a batch at once. */
export function defineBatchProcessor<T extends object = Item>(
  processor: BatchProcessor<T>,
  options: BatchProcessorOptions = {},
): StreamHandler {
  requireFunction('defineBatchProcessor', processor);
  requireOptions('defineBatchProcessor', options, { timeoutInSeconds, repeatWhole });
  return createHandler(allAtOnce(processor, options), HOST);
}

const { concurrency, timeoutInSeconds, repeatWhole } = OPTIONS;

const HOST: Host = {
  env: process.env,
  // Opened by the first line: that takes as long as the rest of an import.
  output: { write: (line) => process.stdout.write(line) },
  exit: () => process.exit(1),
};

function requireFunction(caller: string, processor: unknown): void {
  const got = processor === null ? 'null' : typeof processor;
  if (got !== 'function') throw new TypeError(`${caller} must be given a function, got ${got}`);
  if (types.isGeneratorFunction(processor)) {
    throw new TypeError(
      `${caller} must be given a function that is not a generator, whose body would never run; write async instead of *`,
    );
  }
}
