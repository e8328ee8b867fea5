import { types } from 'node:util';

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
