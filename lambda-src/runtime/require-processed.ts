import types from 'node:util/types';
import { isPlainObject } from './attribute-value';

/**
 * A processor reports a failure by throwing. What it returns is ignored, unless that can only be a failure, or work
 * that was never done or awaited.
 *
 * @throws TypeError for such a value; AggregateError for what failed of `Promise.allSettled`
 */
export function requireProcessed(returned: unknown): void {
  if (hasPromises(returned)) {
    throw new TypeError(
      'the processor returned promises in a list, set, map or object, which nobody awaits: return Promise.all of them',
    );
  }
  requireNoFailure(returned);
}

/** Also in what it contains, at any depth. Instances of classes are left alone: a client may have promises of its own. */
function hasPromises(returned: unknown): boolean {
  const reached = new Set([returned]);
  for (const value of reached) {
    if (typeof Object(value).then === 'function') return true;
    for (const content of contentsOf(value)) reached.add(content);
  }
  return false;
}

function contentsOf(value: unknown): Iterable<unknown> {
  if (Array.isArray(value) || types.isSet(value) || types.isMap(value)) return value;
  if (!isPlainObject(value)) return [];
  // A getter may begin work when it is read.
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value);
}

function requireNoFailure(returned: unknown): void {
  if (typeof returned === 'function' || types.isGeneratorObject(returned)) {
    throw new TypeError('the processor returned a function or a generator, which nobody calls');
  }
  if (returned instanceof Error) throw returned;
  if (Array.isArray(returned)) {
    const reasons = returned.filter(isRejected).map(({ reason }) => reason);
    if (reasons.length > 0) {
      throw new AggregateError(reasons, `${reasons.length} of ${returned.length} promises failed`);
    }
    for (const result of returned) requireNoFailure(result);
  }
  if (typeof returned === 'object' && returned !== null && 'batchItemFailures' in returned) {
    throw new TypeError(
      'the processor returned batchItemFailures, which only a handler can answer: throw an error instead',
    );
  }
}

/** What `Promise.allSettled` has for a promise that failed. Other results may have such a status too, and more keys. */
function isRejected(result: unknown): result is PromiseRejectedResult {
  const { status } = Object(result);
  return status === 'rejected' && Object.keys(Object(result)).join() === 'status,reason';
}
