import { MARK_NAME } from '../contract';

/** Of the global registry, so that every copy of this module knows the mark of the others. */
const MARK = Symbol.for(MARK_NAME);

/** Marks a function as one that takes whole events and answers as Lambda expects it. */
export function mark<T extends object>(handler: T): T {
  // Not enumerable, so that Object.assign does not copy the mark to another function.
  return Object.defineProperty(handler, MARK, { value: true });
}

export function isMarked(value: unknown): boolean {
  return typeof value === 'function' && Reflect.get(value, MARK) === true;
}
