import { MARK_NAME, MISSING_HANDLER, UNWRAPPED_DEFAULT } from '../contract';
import { describeRecord } from './describe-record';
import { escapeUnseen } from './escape-unseen';
import { keptAlive } from './kept-alive';
import { thrown } from './thrown';

type LambdaHandler = (event: unknown, context: unknown) => unknown;

/**
 * The handler that is deployed: the entry's `handler`, else its default export, which must be what
 * `defineProcessor` or `defineBatchProcessor` returned. Lambda treats an answer of `undefined` as a success, so anything
 * else fails when the function starts. A custom handler is checked: see `customHandler`.
 *
 * @param exports those of the entry that count, whatever they are
 * @param entry path of the entry, for messages
 * @param tableArns tables whose changes a processor takes, by default any; a custom handler gets every event
 * @throws TypeError if neither export is a handler; the message says what to write
 */
export function deployedHandler(
  exports: { readonly handler: unknown; readonly default: unknown },
  entry: string,
  tableArns?: readonly string[],
): LambdaHandler {
  const { handler, default: fallback } = exports;
  const own = handler ?? undefined;
  const found = own ?? (isModule(fallback) ? fallback.default : fallback) ?? undefined;
  if (isMarked(found)) return tableArns ? ofKnownTables(found, tableArns) : found;
  if (own !== undefined) return customHandler(own, entry);
  throw new TypeError(`${entry} ${found === undefined ? MISSING_HANDLER : UNWRAPPED_DEFAULT}`);
}

/** Whether it takes whole events and answers as Lambda expects it. Every copy of this module knows the others' mark. */
function isMarked(value: unknown): value is LambdaHandler {
  return typeof value === 'function' && Reflect.get(value, Symbol.for(MARK_NAME)) === true;
}

/** CommonJS with `exports.default`, or compiled from an ES module: Node.js has all its exports in the default one. */
function isModule(value: unknown): value is { readonly default: unknown } {
  return (
    typeof value === 'object' && value !== null && ('default' in value || '__esModule' in value)
  );
}

/**
 * A handler that takes only changes of these tables. Lambda delivers no others, but whoever may invoke the function can
 * write any account and table into an event. It fails before processing starts, so that Lambda keeps the batch.
 */
function ofKnownTables(handler: LambdaHandler, tableArns: readonly string[]): LambdaHandler {
  const known = new Set(tableArns);
  return async (event, context) => {
    const { Records } = Object(event);
    // Anything that is not a stream event is rejected by the handler.
    for (const record of Array.isArray(Records) ? Records : []) {
      const { eventSourceARN: arn } = Object(record);
      if (typeof arn === 'string' && !known.has(arn.slice(0, arn.indexOf('/stream/')))) {
        throw new Error(
          `a record of a table that this function is not subscribed to: ${describeRecord(record)}; subscribe the consumer to it in the topology and deploy, or look who invokes the function`,
        );
      }
    }
    return handler(event, context);
  };
}

/**
 * Checks what Lambda documents: the handler returns a promise, whose value is nothing or an object in which
 * `batchItemFailures` is a list of failures. If it returns nothing at once, without a promise, that stays: the runtimes
 * that know `context.succeed` wait for it, or for an event loop without work.
 */
function customHandler(handler: unknown, entry: string): LambdaHandler {
  if (typeof handler !== 'function') {
    throw new TypeError(`handler of ${entry} must be a function, got ${typeof handler}`);
  }
  if (handler.length >= 3) {
    throw new TypeError(
      `handler of ${entry} has ${handler.length} parameters: a callback is never called here; return a promise, as in export const handler = async (event, context) => { … }`,
    );
  }
  return (event, context) => {
    let answer: unknown;
    try {
      answer = handler(event, context);
    } catch (error) {
      throw thrown(error, `handler of ${entry}`);
    }
    return answer === undefined ? undefined : settled(answer, entry);
  };
}

async function settled(answer: unknown, entry: string): Promise<unknown> {
  const settledAnswer = await keptAlive(Promise.resolve(answer)).catch((error) => {
    throw thrown(error, `handler of ${entry}`);
  });
  const sent = () => JSON.parse(JSON.stringify(settledAnswer) ?? 'null');
  if (!isAnswer(settledAnswer) || !isAnswer(sent())) {
    throw new TypeError(
      `handler of ${entry} must answer with nothing or { batchItemFailures: [{ itemIdentifier: <sequence number> }] }, got ${await nameOf(settledAnswer)}`,
    );
  }
  const { batchItemFailures } = Object(settledAnswer);
  // Written out, since JSON leaves out what is a getter or not enumerable.
  return batchItemFailures ? { ...Object(settledAnswer), batchItemFailures } : settledAnswer;
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
  if (typeof answer !== 'object' || answer instanceof Error) return false;
  if (Symbol.iterator in answer || Symbol.asyncIterator in answer) return false;
  const failures = Object(answer).batchItemFailures ?? undefined;
  if (failures === undefined) {
    return !Object.keys(answer).some((key) => key !== 'batchItemFailures' && MISSPELLED.test(key));
  }
  return (
    Array.isArray(failures) &&
    failures.every((failure) => typeof failure?.itemIdentifier === 'string')
  );
}

/** Short, for a message: `a function`, `'ok'`, `{ batchItemFailures: 7 }`. */
async function nameOf(value: unknown): Promise<string> {
  if (typeof value === 'function') return 'a function';
  if (value instanceof Error) return escapeUnseen(`the error ${value.name}: ${value.message}`);
  // Imported by the first refusal: that takes as long as the rest of the bundle.
  const { inspect } = await import('node:util');
  const text = escapeUnseen(inspect(value, { breakLength: Number.POSITIVE_INFINITY }));
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
