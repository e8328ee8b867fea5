import { inspect } from 'node:util';
import { MISSING_HANDLER, UNWRAPPED_DEFAULT } from '../contract';
import { escapeUnseen } from './escape-unseen';
import { keptAlive } from './kept-alive';
import { ofKnownTables } from './known-tables';
import { isMarked } from './mark';

/** A function that Lambda calls with an event and a context. */
type LambdaHandler = (event: unknown, context: unknown) => unknown;

/** The exports of an entry that count, whatever they are. */
export interface EntryExports {
  readonly handler: unknown;
  readonly default: unknown;
}

/**
 * The handler that is deployed: the entry's `handler`, else its default export, which must be what
 * `defineProcessor` or `defineBatchProcessor` returned. Lambda treats an answer of `undefined` as a success, so anything
 * else fails when the function starts. A custom handler is checked: see `customHandler`.
 *
 * @param entry path of the entry, for messages
 * @param tableArns tables whose changes a processor takes, by default any; a custom handler gets every event
 * @throws TypeError if neither export is a handler; the message says what to write
 */
export function deployedHandler(
  exports: EntryExports,
  entry: string,
  tableArns?: readonly string[],
): LambdaHandler {
  const { handler, default: fallback } = exports;
  const marked = (found: unknown) =>
    tableArns ? ofKnownTables(found as LambdaHandler, tableArns) : (found as LambdaHandler);
  if (handler !== undefined && handler !== null) {
    return isMarked(handler) ? marked(handler) : customHandler(handler, entry);
  }
  const processor = isModule(fallback) ? fallback.default : fallback;
  if (isMarked(processor)) return marked(processor);
  throw new TypeError(
    `${entry} ${processor === undefined || processor === null ? MISSING_HANDLER : UNWRAPPED_DEFAULT}`,
  );
}

/** CommonJS with `exports.default`, or compiled from an ES module: Node.js has all its exports in the default one. */
function isModule(value: unknown): value is { readonly default: unknown } {
  return (
    typeof value === 'object' && value !== null && ('default' in value || '__esModule' in value)
  );
}

/**
 * Checks what Lambda documents: the handler returns a promise, whose value is nothing or an object in which
 * `batchItemFailures` is a list of failures. If it returns nothing at once, without a promise, that stays: the runtimes
 * that know `context.succeed` wait for it, or for an event loop without work.
 */
function customHandler(handler: unknown, entry: string): LambdaHandler {
  if (typeof handler !== 'function') {
    throw new TypeError(`handler of ${entry} must be a function, got ${nameOf(handler)}`);
  }
  if (handler.length >= 3) {
    throw new TypeError(
      `handler of ${entry} has ${handler.length} parameters: a callback is never called here; return a promise, as in export const handler = async (event, context) => { … }`,
    );
  }
  return (event, context) => {
    const answer: unknown = handler(event, context);
    return answer === undefined ? undefined : settled(answer, entry);
  };
}

async function settled(answer: unknown, entry: string): Promise<unknown> {
  const settledAnswer = await keptAlive(Promise.resolve(answer));
  if (!isAnswer(settledAnswer) || !isAnswer(asSent(settledAnswer))) {
    throw new TypeError(
      `handler of ${entry} must answer with nothing or { batchItemFailures: [{ itemIdentifier: <sequence number> }] }, got ${nameOf(settledAnswer)}`,
    );
  }
  const failures = failuresOf(settledAnswer);
  // Written out, since JSON leaves out what is a getter or not enumerable.
  return failures ? { ...Object(settledAnswer), batchItemFailures: failures } : settledAnswer;
}

/** What Lambda gets of an answer: its JSON. */
function asSent(answer: unknown): unknown {
  const json = JSON.stringify(answer);
  return json === undefined ? undefined : JSON.parse(json);
}

function failuresOf(answer: unknown): unknown {
  return (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
}

/** Other spellings of the key, in which Lambda would see no failure. */
const MISSPELLED = /^batch_?items?_?failures?$/i;

/**
 * An identifier that is empty or of no record passes: Lambda then repeats the whole batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
function isAnswer(answer: unknown): boolean {
  if (answer === undefined || answer === null) return true;
  // A returned error, a list or a generator says nothing of records.
  if (typeof answer !== 'object' || answer instanceof Error || isIterable(answer)) return false;
  const failures = failuresOf(answer);
  if (failures === undefined || failures === null) {
    return !Object.keys(answer).some((key) => key !== 'batchItemFailures' && MISSPELLED.test(key));
  }
  return Array.isArray(failures) && failures.every(isFailure);
}

function isIterable(value: object): boolean {
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

function isFailure(value: unknown): boolean {
  return typeof (value as { itemIdentifier?: unknown } | null)?.itemIdentifier === 'string';
}

/** Short, for a message: `a function`, `'ok'`, `{ batchItemFailures: 7 }`. */
function nameOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (value instanceof Error) return escapeUnseen(`the error ${value.name}: ${value.message}`);
  const text = escapeUnseen(inspect(value, { breakLength: Number.POSITIVE_INFINITY }));
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
