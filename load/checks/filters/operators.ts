/**
 * What a pattern can ask of a value.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { z } from 'zod';

/** Kinds of values in a record, as messages name them. */
export type Kind = 'text' | 'a number' | 'a number or text' | 'true or false';

export type Value = string | number | boolean;

interface Operator {
  readonly on: readonly Kind[];
  /** What its operand must be, and that in words, with an example. */
  readonly operand: z.ZodType;
  readonly rule: string;
  readonly matches: (operand: unknown, value: Value) => boolean;
}

const TEXTS: readonly Kind[] = ['text', 'a number or text'];
const NUMBERS: readonly Kind[] = ['a number', 'a number or text'];

const number = z.number().min(-5e9).max(5e9);
const someText = z.string().min(1);
const someTexts = z.union([someText, z.array(someText).min(1)]);

/** An operand that is a text, or one whose capitals do not matter. */
function withoutCase(name: string, holds: (value: string, part: string) => boolean): Operator {
  return {
    on: TEXTS,
    operand: z.union([z.string(), z.strictObject({ 'equals-ignore-case': z.string() })]),
    rule: `must be a text, such as { ${name}: ab }`,
    matches: (operand, value) => {
      const part = textOf(operand);
      return isMapping(operand)
        ? holds(String(value).toLowerCase(), part.toLowerCase())
        : holds(String(value), part);
    },
  };
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

export const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: withoutCase('prefix', (value, part) => value.startsWith(part)),
  suffix: withoutCase('suffix', (value, part) => value.endsWith(part)),
  'equals-ignore-case': {
    on: TEXTS,
    operand: z.string(),
    rule: 'must be a text, such as { equals-ignore-case: open }',
    matches: (operand, value) => String(operand).toLowerCase() === String(value).toLowerCase(),
  },
  'anything-but': {
    on: ['text', 'a number', 'a number or text'],
    operand: z.union([
      z.string(),
      number,
      z.array(z.string()).min(1),
      z.array(number).min(1),
      ...['prefix', 'suffix', 'equals-ignore-case'].map((name) =>
        z.strictObject({ [name]: someTexts }),
      ),
    ]),
    rule: 'must be a text, a list of texts, or { prefix: … } or the like, such as { anything-but: [closed] }',
    matches: (operand, value) => {
      const [name, excluded] = asked(operand);
      const alternatives = [excluded].flat().map((one) => (name ? { [name]: one } : one));
      return !canBe(alternatives, value);
    },
  },
  numeric: {
    on: NUMBERS,
    operand: z.union([
      z.tuple([z.enum(['=', '<', '<=', '>', '>=']), number]),
      z
        .tuple([z.enum(['>', '>=']), number, z.enum(['<', '<=']), number])
        .refine(([, low, , high]) => low < high),
    ]),
    rule: 'must be one comparison, or a range with the lower number first, such as { numeric: [">", 10, "<=", 20] }',
    matches: (operand, value) => {
      const [sign, bound, ...others] = operand as [string, number, ...unknown[]];
      const holds = COMPARISONS[sign]?.(Number(value), bound) ?? false;
      return holds && (others.length === 0 || canBe([{ numeric: others }], value));
    },
  },
  exists: {
    on: ['text', 'a number', 'a number or text', 'true or false'],
    operand: z.boolean(),
    rule: 'must be true or false',
    matches: (operand) => operand === true,
  },
};

export const OPERATOR_ALIASES: Readonly<Record<string, string>> = {
  startsWith: 'prefix',
  beginsWith: 'prefix',
  begins_with: 'prefix',
  endsWith: 'suffix',
  equalsIgnoreCase: 'equals-ignore-case',
  not: 'anything-but',
  notEquals: 'anything-but',
  exist: 'exists',
};

/** Names that an attribute cannot have inside `$or`, since they could be operators. */
export const RESERVED_IN_OR: readonly string[] = [
  ...Object.keys(OPERATORS),
  ...Object.keys(COMPARISONS),
  ...['exactly', 'wildcard', 'cidr', 'regex'],
  ...['not-wildcard', 'not-equals-ignore-case', 'ip-address-in-range', 'ip-address-not-in-range'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
];

/** Whether one of the alternatives of a list can be a value. */
export function canBe(alternatives: readonly unknown[], value: Value): boolean {
  return alternatives.some((alternative) => {
    const [operator, operand] = asked(alternative);
    return OPERATORS[operator]?.matches(operand, value) ?? alternative === value;
  });
}

/** The operator of an alternative with its operand; of a plain value, no name and the value. */
export function asked(alternative: unknown): [operator: string, operand: unknown] {
  return (isMapping(alternative) && Object.entries(alternative)[0]) || ['', alternative];
}

/** An operand that is a text, or the text in `{ equals-ignore-case: … }`. */
export function textOf(operand: unknown): string {
  return String(asked(operand)[1]);
}

export function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
