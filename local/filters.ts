import {
  asked,
  canBe,
  isMapping,
  type Kind,
  OPERATORS,
  type Value,
} from '../load/checks/filters/operators';

/**
 * Whether a record matches an event filter. Of a list and of a set one element must match, the same for all that a
 * pattern asks of elements; a value is absent if no element has it.
 *
 * @param pattern one that Lambda takes
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export function matchesFilter(pattern: object, record: object): boolean {
  return matchesOne(pattern, [record], [record]);
}

/** @param elements what there is at a place of the record; `all`, what is in the other elements of a list as well */
function matchesOne(
  pattern: object,
  elements: readonly unknown[],
  all: readonly unknown[],
): boolean {
  const candidates = elements.length > 0 ? elements : [undefined];
  return candidates.some((element) =>
    Object.entries(pattern).every(([name, wanted]) => {
      if (name === '$or') return wanted.some((one: object) => matchesOne(one, [element], all));
      const own = fieldOf([element], name);
      const everywhere = fieldOf(all, name);
      return Array.isArray(wanted)
        ? wanted.some((alternative) => holds(alternative, own, everywhere))
        : matchesOne(wanted, own, everywhere);
    }),
  );
}

function fieldOf(values: readonly unknown[], name: string): unknown[] {
  return values
    .filter((value) => isMapping(value) && Object.hasOwn(value, name))
    .flatMap((value) => Reflect.get(Object(value), name));
}

/** A pattern reaches down to values: what holds others is none. */
function holds(alternative: unknown, own: readonly unknown[], all: readonly unknown[]): boolean {
  const [name, operand] = asked(alternative);
  if (name === 'exists' && operand === false) return !all.some(isValue);
  const operator = OPERATORS[name];
  return own
    .filter(isValue)
    .filter((value) => operator === undefined || operator.on.includes(kindOf(value)))
    .some((value) => canBe([alternative], value));
}

function isValue(value: unknown): value is Value {
  return typeof value !== 'object' && value !== undefined;
}

function kindOf(value: Value): Kind {
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'text';
}
