import { isChangeEvent } from './change-event';
import { escapeUnseen } from './escape-unseen';

/** Written in place of a value that throws when it is read. */
export const NOT_READABLE = '[not readable]';

/** What is read: what is logged may be a proxy that throws, or have getters that do. */
export function attempt<T>(read: () => T): T | typeof NOT_READABLE {
  try {
    return read();
  } catch {
    return NOT_READABLE;
  }
}

/**
 * The JSON of any value, with invisible characters escaped; undefined if it has none. A value that cannot be read, for
 * example because a getter throws, becomes a text: logging a failure must not fail. A text or a change holds only what
 * JSON has, and skips the replacer, which would take longer than all the rest.
 */
export function toJson(value: unknown): string | undefined {
  const isJson = typeof value === 'string' || isChangeEvent(value);
  const replacer = isJson ? undefined : createReplacer();
  const written: string | undefined = attempt(() => JSON.stringify(value, replacer));
  if (written === undefined) return undefined;
  if (written !== NOT_READABLE) return escapeUnseen(written);
  const stack = attempt(() => (value instanceof Error ? String(value.stack) : NOT_READABLE));
  return escapeUnseen(JSON.stringify(stack));
}

function createReplacer() {
  /** The objects around the value, each with what is written in its place. */
  const ancestors: { readonly original: object; readonly plain: object }[] = [];

  return function replace(this: object, name: string, value: unknown): unknown {
    if (typeof value === 'bigint') return value.toString();
    const original: unknown = Reflect.get(this, name);
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64');
    if (typeof value !== 'object' || value === null) return value;
    while (ancestors.length > 0 && ancestors.at(-1)?.plain !== this) ancestors.pop();
    if (ancestors.some((ancestor) => ancestor.original === value)) return '[circular]';
    const plain = toPlain(value);
    ancestors.push({ original: value, plain });
    return plain;
  };
}

function toPlain(value: object): object {
  if (value instanceof Error) {
    const { name, message, stack, cause, errors } = value as AggregateError;
    return Object.assign({ name, message, stack, cause, errors }, value);
  }
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}
