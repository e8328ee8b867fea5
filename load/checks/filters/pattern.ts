import type { Problem } from '../../../topology/problem';
import { asked, isMapping, OPERATOR_ALIASES, OPERATORS, RESERVED_IN_OR } from './operators';
import type { Leaf, Node } from './record';
import { oneOf } from './values';

type Path = Problem['path'];

/** Where a part of a pattern is. */
interface Place {
  /** The whole record. */
  readonly record: Node;
  /** Whether it is inside `$or`, where some names are reserved. */
  readonly inOr: boolean;
}

/** What Lambda would refuse in a pattern, and what no record can match. */
export function patternProblems(pattern: unknown, record: Node, path: Path): Problem[] {
  return ofNode(pattern, record, path, { record, inOr: false });
}

function ofNode(pattern: unknown, node: Node, path: Path, place: Place): Problem[] {
  const { fields, example } = node;
  const { record, inOr } = place;
  const refuse = (message: string) => [{ path, message, received: pattern }];
  if (node.missing) return [{ path, message: node.missing }];
  if (Array.isArray(pattern) && pattern.some((one) => asked(one)[0] === 'exists')) {
    const exists = example.replace(/\[.*\]/, '[{ exists: true }]');
    return refuse(`must not ask for exists, which works on values only; write ${exists}`);
  }
  if (!isMapping(pattern)) {
    // An attribute may have the name of a record's field.
    const name = record.names?.find((one) => fields === 'type' && one === path.at(-1));
    const meant = name ? `; if the record's ${name} is meant, write it${AT_TOP}` : '';
    return refuse(`must be a mapping from ${withArticle(fields)}, such as ${example}${meant}`);
  }
  if (Object.keys(pattern).length === 0) {
    return refuse(
      `must not be empty, which Lambda refuses; write what matches, such as ${example}, or leave it out`,
    );
  }
  return Object.entries(pattern).flatMap(([name, value]) => {
    const below = [...path, name];
    if (name === '$or') return ofOr(value, node, below, record);
    if (inOr && RESERVED_IN_OR.includes(name)) {
      const message = `must not be named ${name} inside $or, where Lambda takes it for an operator; write a filter for each alternative`;
      return [{ path: below, message }];
    }
    const field = node.field(name);
    if (!field) return [{ path: below, message: unknown(name, node, record), received: value }];
    return 'field' in field ? ofNode(value, field, below, place) : ofLeaf(value, field, below);
  });
}

function ofOr(pattern: unknown, node: Node, path: Path, record: Node): Problem[] {
  if (!Array.isArray(pattern) || pattern.length < 2) {
    const message = `must be a list of two patterns or more, such as [${node.example}, …]`;
    return [{ path, message, received: pattern }];
  }
  return pattern.flatMap((one, index) =>
    ofNode(one, node, [...path, index], { record, inOr: true }),
  );
}

/** What people write that no pattern has, with what to write. */
const ALIASES: Readonly<Record<string, string>> = {
  $and: 'what it holds without it, since keys of one mapping must all match',
  $not: '{ anything-but: […] } in the list of a field',
  $nor: '{ anything-but: […] } in the list of a field',
};

const IN_ITS_PLACE = 'what is below it in its place, as a mapping';

/** What holds the record in patterns of other sources, or the pattern itself. */
const AROUND = {
  body: IN_ITS_PLACE,
  data: IN_ITS_PLACE,
  detail: IN_ITS_PLACE,
  pattern: IN_ITS_PLACE,
};

function unknown(name: string, node: Node, record: Node): string {
  const { what, fields, names = [], aliases } = node;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const known = Object.entries({
    ...ALIASES,
    ...(fields === 'field' ? AROUND : {}),
    ...(fields === 'type' ? {} : fieldsOf(record, node === record ? '' : AT_TOP)),
    ...{ [what]: IN_ITS_PLACE, ...aliases },
    ...Object.fromEntries(names.map((one) => [one, one])),
  });
  const [, nearest] = known.find(([one]) => plain(one) === plain(name)) ?? [];
  return `is not ${withArticle(fields)} of ${what}; write ${nearest ?? oneOf(names)}`;
}

const AT_TOP = ' at the top of the filter';

/** What to write for the fields of a record and those in them, by their names. */
function fieldsOf(record: Node, where: string): Readonly<Record<string, string>> {
  const all = (record.names ?? []).flatMap((name) => {
    const field = record.field(name);
    const held = field && 'field' in field ? (field.names ?? []) : [];
    return [[name, name], ...held.map((one) => [one, `${name}: { ${one}: … }`])];
  });
  return Object.fromEntries(all.map(([name, place]) => [name, `${place}${where}`]));
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function ofLeaf(pattern: unknown, leaf: Leaf, path: Path): Problem[] {
  if (!Array.isArray(pattern) || pattern.length === 0) {
    const [operator] = asked(pattern);
    const example = operator in OPERATORS ? `[{ ${operator}: … }]` : exampleOf(leaf);
    return [
      { path, message: `must be a list of what matches, such as ${example}`, received: pattern },
    ];
  }
  return pattern.flatMap((one, index) =>
    isMapping(one) ? ofOperator(one, leaf, [...path, index]) : ofValue(one, leaf, [...path, index]),
  );
}

function exampleOf({ here, form }: Leaf): string {
  return `[${(here ?? form)?.example ?? 'open'}]`;
}

function ofOperator(alternative: object, leaf: Leaf, path: Path): Problem[] {
  const [[name, operand] = ['', undefined], ...others] = Object.entries(alternative);
  if (name === '' || others.length > 0) {
    const message = 'must be one operator, such as { prefix: ab }';
    return [{ path, message, received: alternative }];
  }
  const place = [...path, name];
  const refuse = (message: string) => [{ path: place, message, received: operand }];
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) {
    const alias = Object.hasOwn(OPERATOR_ALIASES, name) ? OPERATOR_ALIASES[name] : undefined;
    return refuse(
      `is not an operator of Lambda's filters; write ${alias ?? oneOf(Object.keys(OPERATORS))}`,
    );
  }
  if (!operator.on.includes(leaf.holds)) {
    return refuse(
      `must not be used, since this is ${leaf.holds} in a record; list what matches, such as ${exampleOf(leaf)}`,
    );
  }
  const excluded = name === 'anything-but' ? excludedProblems(operand, leaf, place) : [];
  if (excluded.length > 0) return excluded;
  if (!operator.operand.safeParse(operand).success) return refuse(operator.rule);
  if (name === 'exists') {
    const isNever = operand === false && leaf.always;
    return isNever ? refuse('must not be false, since every record has it') : [];
  }
  const unmet = [leaf.form, leaf.here].find((values) => values?.match(alternative) === false);
  return unmet ? refuse(`must match what records have: ${unmet.name}`) : [];
}

/** The values that `anything-but` excludes: they have the right form, but need not be there. */
function excludedProblems(operand: unknown, leaf: Leaf, path: Path): Problem[] {
  const anywhere = { ...leaf, here: undefined };
  if (isMapping(operand)) return [];
  if (!Array.isArray(operand)) return ofValue(operand, anywhere, path);
  return operand.flatMap((one, index) => ofValue(one, anywhere, [...path, index]));
}

/** JavaScript's types of what a record holds. */
const TYPES: Readonly<Record<Leaf['holds'], readonly string[]>> = {
  text: ['string'],
  'a number': ['number'],
  'a number or text': ['number', 'string'],
  'true or false': ['boolean'],
};

function ofValue(value: unknown, { holds, form, here }: Leaf, path: Path): Problem[] {
  const refuse = (message: string) => [{ path, message, received: value }];
  if (!TYPES[holds].includes(typeof value)) {
    const remedy = value === null ? '; for an attribute that is null write NULL: [true]' : '';
    return refuse(`must be ${holds}, as it is in a record${remedy}`);
  }
  const unmet = [form, here].find((values) => values?.match(value) === false);
  if (unmet) return refuse(`must be ${unmet.name}`);
  const written = form?.written?.(String(value)) ?? value;
  return written === value
    ? []
    : refuse(`must be a number as DynamoDB writes it; write "${written}"`);
}
