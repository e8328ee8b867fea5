/**
 * What a pattern can ask of a value.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import type { Leaf } from './record';

export interface Operator {
  /** Kinds of values it works on. */
  readonly on: readonly Leaf['holds'][];
  /** What its operand must be, with an example, for messages. */
  readonly rule: string;
  readonly accepts: (operand: unknown) => boolean;
  /** What is wrong with an operand that Lambda takes, but nothing fulfils. */
  readonly empty?: (operand: unknown) => string | undefined;
  /** Whether a value fulfils it. */
  readonly matches: (operand: unknown, value: string | boolean) => boolean;
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number' && Math.abs(value) <= 5e9;

const TEXTS: readonly Leaf['holds'][] = ['text', 'number or text'];
const NUMBERS: readonly Leaf['holds'][] = ['number', 'number or text'];

/** An operand that is a text, or one whose capitals do not matter. */
function withoutCase(name: string, holds: (value: string, part: string) => boolean): Operator {
  const part = (operand: unknown) => only(operand, ['equals-ignore-case']);
  return {
    on: TEXTS,
    rule: `must be a text, such as { ${name}: ab }`,
    accepts: (operand) => isText(operand) || isText(part(operand)?.[1]),
    matches: (operand, value) =>
      isText(operand)
        ? holds(String(value), operand as string)
        : holds(String(value).toLowerCase(), String(part(operand)?.[1]).toLowerCase()),
  };
}

export const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: withoutCase('prefix', (value, part) => value.startsWith(part)),
  suffix: withoutCase('suffix', (value, part) => value.endsWith(part)),
  'equals-ignore-case': {
    on: TEXTS,
    rule: 'must be a text, such as { equals-ignore-case: open }',
    accepts: isText,
    matches: (operand, value) => String(operand).toLowerCase() === String(value).toLowerCase(),
  },
  'anything-but': {
    on: ['text', 'number', 'number or text'],
    rule: 'must be a text, a list of texts, or { prefix: … } or the like, such as { anything-but: [closed] }',
    accepts: (operand) => {
      const [, inner] = only(operand, EXCLUDED) ?? [];
      const list = [inner ?? operand].flat();
      if (list.length === 0) return false;
      if (inner !== undefined) return list.every((one) => isText(one) && one !== '');
      return list.every(isText) || list.every(isNumber);
    },
    matches: (operand, value) => {
      const [name = '', inner] = only(operand, EXCLUDED) ?? [];
      return ![inner ?? operand]
        .flat()
        .some((one) => OPERATORS[name]?.matches(one, value) ?? one === value);
    },
  },
  numeric: {
    on: NUMBERS,
    rule: 'must be one comparison or a range, such as { numeric: [">", 10, "<=", 20] }',
    accepts: isComparison,
    empty: emptyRange,
    matches: () => true,
  },
  exists: {
    on: ['text', 'number', 'number or text', 'flag'],
    rule: 'must be true or false',
    accepts: (operand) => typeof operand === 'boolean',
    matches: (operand) => operand === true,
  },
};

/** What `anything-but` takes in place of values. */
const EXCLUDED = ['prefix', 'suffix', 'equals-ignore-case'];

/** What people write for an operator, with what it is called. */
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

/** The one entry of a mapping, if its key is one of these. */
function only(value: unknown, keys: readonly string[]): [string, unknown] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [entry, ...others] = Object.entries(value);
  return entry && others.length === 0 && keys.includes(entry[0]) ? entry : undefined;
}

/** `=` or a bound, or a lower bound and an upper one. */
function isComparison(operand: unknown): boolean {
  if (!Array.isArray(operand)) return false;
  const [sign, number, upperSign, upper, ...others] = operand;
  if (!isNumber(number) || others.length > 0) return false;
  if (operand.length === 2) return ['=', '<', '<=', '>', '>='].includes(sign);
  return ['>', '>='].includes(sign) && ['<', '<='].includes(upperSign) && isNumber(upper);
}

/** Lambda refuses a range whose upper bound is not more than the lower one. */
function emptyRange(operand: unknown): string | undefined {
  const [sign, low, upperSign, high] = operand as [string, number, string?, number?];
  if (high === undefined || low < high) return undefined;
  return `is a range with no number in it, since ${high} is not more than ${low}; write the lower number first, such as ["${sign}", ${Math.min(low, high)}, "${upperSign}", ${Math.max(low, high + 1)}]`;
}

/** Names that an attribute cannot have inside `$or`, since they could be operators. */
export const RESERVED_IN_OR: readonly string[] = [
  ...Object.keys(OPERATORS),
  ...['exactly', 'wildcard', 'cidr', 'regex', '=', '<', '<=', '>', '>='],
  ...['not-wildcard', 'not-equals-ignore-case', 'ip-address-in-range', 'ip-address-not-in-range'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
];

/** Whether one of the alternatives of a list can be a value. */
export function canBe(alternatives: readonly unknown[], value: string | boolean): boolean {
  return alternatives.some((alternative) => {
    const [name = '', operand] = only(alternative, Object.keys(OPERATORS)) ?? [];
    return OPERATORS[name]?.matches(operand, value) ?? alternative === value;
  });
}
