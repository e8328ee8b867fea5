import { z } from 'zod';
import type { Range } from '../limits';

/**
 * Text. Every value that breaks the rule gets the same one message, which says what to write; editors show it too.
 *
 * @param instead a better message for some values
 */
export function text(
  pattern: RegExp,
  rule: string,
  instead: (value: unknown) => string | undefined = () => undefined,
) {
  const error = ({ input }: { input?: unknown }) => instead(input) ?? rule;
  return z.string({ error }).regex(pattern, { error }).meta({ errorMessage: rule });
}

/** Text of a limited length, such as a name. */
export function sized(pattern: RegExp, { min, max }: Range, rule: (length: string) => string) {
  const error = rule(`${min} to ${max}`);
  return text(pattern, error).min(min, { error }).max(max, { error });
}

export function integer({ min, max }: Range, unit = '') {
  const range = `between ${min} and ${max}${unit}`;
  return z
    .int({ error: `must be an integer ${range}` })
    .min(min, { error: `must be ${range}` })
    .max(max, { error: `must be ${range}` });
}

export function flag() {
  return z.boolean({ error: 'must be true or false' });
}

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be ${values.join(' or ')}` });
}

/** @param form what an element is like, for messages */
export function list<T extends z.ZodType>(element: T, form?: string) {
  return z.array(element, { error: `must be a list${form ? `, such as [${form}]` : ''}` });
}

/** A mapping with exactly these keys. */
export function object<T extends z.core.$ZodLooseShape>(shape: T) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? keys // validate says it of each key
        : `must be a mapping with the keys ${keys}`,
  });
}

/**
 * Keys of which a mapping has one at most; in editors too.
 *
 * @param groups each with what is missing where there is none of them; without it none is needed
 */
export function exclusive<S extends z.ZodType<object>, K extends string & keyof z.output<S>>(
  schema: S,
  ...groups: readonly { readonly keys: readonly K[]; readonly missing?: string }[]
) {
  const message = (key: string) => `cannot be combined with ${key}; leave one of them out`;
  return schema
    .superRefine((value: z.output<S>, { addIssue }) => {
      for (const { keys, missing } of groups) {
        const [first, ...others] = keys.filter((name) => value[name] !== undefined);
        if (first === undefined && missing) addIssue(`is missing ${missing}`);
        for (const other of others) {
          addIssue({ code: 'custom', path: [other], message: message(String(first)) });
        }
      }
    })
    .meta({
      allOf: groups.flatMap(({ keys, missing }) => [
        ...keys.slice(0, -1).map((key, index) => ({
          if: { required: [key] },
          // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
          then: {
            properties: Object.fromEntries(keys.slice(index + 1).map((other) => [other, false])),
            errorMessage: message(key),
          },
        })),
        ...(missing ? [{ anyOf: keys.map((key) => ({ required: [key] })) }] : []),
      ]),
    });
}

/** Names that the user chooses; stack ids are made of them. */
export const NAME = /^[a-z][a-z0-9-]*$/;
export const NAME_RULE =
  'must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first';

/** A mapping from names that the user chooses. */
export function named<T extends z.ZodType>(element: T, what: string) {
  return z.record(text(NAME, NAME_RULE), element, {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? NAME_RULE
        : `must be a mapping from the name of ${what} to its settings`,
  });
}

export const nameReference = (what: string) =>
  text(NAME, `must be the name of ${what} in this file`);
