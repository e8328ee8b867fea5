import { types } from 'node:util';
import type { Item } from './runtime/attribute-value';
import { createHandler, type Host, type StreamHandler } from './runtime/handler';
import { allAtOnce, type BatchProcessor, oneByOne, type Processor } from './runtime/run-batch';

export type { Item, PlainValue } from './runtime/attribute-value';
export type { ChangeEvent } from './runtime/change-event';
export type { BatchProcessor, Processor, ProcessorContext } from './runtime/run-batch';

/**
 * A function that takes the changes of a table one by one, in the order of the stream:
 *
 *     export default defineProcessor<Order>(async (change, { log }) => {
 *       log.info('Order changed', { orderId: change.keys.OrderId });
 *     });
 *
 * @typeParam T the table's items, as plain values
 * @throws TypeError if it is given no function, or a generator, whose body is never run
 * @throws RangeError if the variable LOG_LEVEL is not DEBUG, INFO (the default), WARN or ERROR
 */
export function defineProcessor<T extends object = Item>(processor: Processor<T>): StreamHandler {
  requireFunction('defineProcessor', processor);
  return createHandler(oneByOne(processor), HOST);
}

/** The same for a function that takes all changes of a batch at once. If it fails, it gets all of them again. */
export function defineBatchProcessor<T extends object = Item>(
  processor: BatchProcessor<T>,
): StreamHandler {
  requireFunction('defineBatchProcessor', processor);
  return createHandler(allAtOnce(processor), HOST);
}

const HOST: Host = { env: process.env, output: process.stdout };

function requireFunction(caller: string, processor: unknown): void {
  const got = processor === null ? 'null' : typeof processor;
  if (got !== 'function') throw new TypeError(`${caller} must be given a function, got ${got}`);
  if (types.isGeneratorFunction(processor)) {
    throw new TypeError(
      `${caller} must be given a function that is not a generator, whose body would never run; write async instead of *`,
    );
  }
}
