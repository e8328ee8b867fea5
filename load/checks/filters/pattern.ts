import type { Problem } from '../../../topology/problem';
import { canBe, OPERATOR_ALIASES, OPERATORS, RESERVED_IN_OR } from './operators';
import type { Field, Leaf, Node } from './record';
import { isWithin, NUMBERS, overlaps, type Range } from './values';

type Path = Problem['path'];

/** What a part of a pattern is about, and where it is. */
interface Place {
  readonly path: Path;
  /** Whether it is inside `$or`, where some names are reserved. */
  readonly inOr: boolean;
}

/** What Lambda would refuse in a pattern, and what no record can match. */
export function patternProblems(pattern: unknown, record: Node, path: Path): Problem[] {
  return ofNode(pattern, record, { path, inOr: false });
}

function ofField(pattern: unknown, field: Field, place: Place): Problem[] {
  return 'field' in field ? ofNode(pattern, field, place) : ofLeaf(pattern, field, place);
}

function ofNode(pattern: unknown, node: Node, place: Place): Problem[] {
  const refuse = (message: string) => [{ path: place.path, message, received: pattern }];
  if (node.missing) return [{ path: place.path, message: node.missing }];
  if (Array.isArray(pattern) && pattern.some((one) => isMapping(one) && 'exists' in one)) {
    const example = node.example.replace(/\[.*\]/, '[{ exists: true }]');
    return refuse(`must not ask for exists, which works on values only; write ${example}`);
  }
  if (!isMapping(pattern)) {
    return refuse(`must be a mapping from ${withArticle(node.fields)}, such as ${node.example}`);
  }
  if (Object.keys(pattern).length === 0) {
    return refuse(
      `must not be empty, which Lambda refuses; write what matches, such as ${node.example}, or leave it out`,
    );
  }
  return Object.entries(pattern).flatMap(([name, value]) => {
    const below = { ...place, path: [...place.path, name] };
    if (name === '$or') return ofOr(value, node, below);
    if (place.inOr && RESERVED_IN_OR.includes(name)) {
      const message = `must not be named ${name} inside $or, where Lambda takes it for an operator; write a filter for each alternative`;
      return [{ path: below.path, message }];
    }
    const field = node.field(name);
    return field
      ? ofField(value, field, below)
      : [{ path: below.path, message: unknown(name, node), received: value }];
  });
}

/** `$or` and the patterns of which one must match. */
function ofOr(pattern: unknown, node: Node, { path }: Place): Problem[] {
  if (!Array.isArray(pattern) || pattern.length < 2) {
    const message = `must be a list of two patterns or more, such as [${node.example}, …]`;
    return [{ path, message, received: pattern }];
  }
  return pattern.flatMap((one, index) => ofNode(one, node, { path: [...path, index], inOr: true }));
}

function unknown(name: string, { what, fields, names = [], aliases = {} }: Node): string {
  if (name.toLowerCase() === 'pattern' && names.includes('dynamodb')) {
    return 'must be left out; write what is below it in its place, as a mapping';
  }
  if (name === '$and') {
    return 'is not known to Lambda; write what it holds without it: keys of one mapping must all match';
  }
  if (name === '$not' || name === '$nor') {
    return 'is not known to Lambda; write { anything-but: […] } in the list of a field';
  }
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const known = { ...aliases, ...Object.fromEntries(names.map((one) => [one, one])) };
  const [, nearest] = Object.entries(known).find(([one]) => plain(one) === plain(name)) ?? [];
  return `is no ${fields} of ${what}; write ${nearest ?? oneOf(names)}`;
}

function ofLeaf(pattern: unknown, leaf: Leaf, { path }: Place): Problem[] {
  if (!Array.isArray(pattern) || pattern.length === 0) {
    const message = `must be a list of what matches, such as ${exampleOf(leaf, pattern)}`;
    return [{ path, message, received: pattern }];
  }
  return pattern.flatMap((one, index) => ofAlternative(one, leaf, [...path, index]));
}

function exampleOf({ holds, only, here = only, texts }: Leaf, pattern: unknown): string {
  if (isMapping(pattern) && Object.keys(pattern).some((key) => key in OPERATORS)) {
    return `[{ ${Object.keys(pattern)[0]}: … }]`;
  }
  if (here?.[0] !== undefined) return `[${here[0]}]`;
  if (texts) return `[${texts.example}]`;
  return { text: '[open]', number: '[26]', 'number or text': '[26]', flag: '[true]' }[holds];
}

function ofAlternative(alternative: unknown, leaf: Leaf, path: Path): Problem[] {
  return isMapping(alternative)
    ? ofOperator(alternative, leaf, path)
    : ofValue(alternative, leaf, path);
}

function ofOperator(alternative: object, leaf: Leaf, path: Path): Problem[] {
  const [[name = '', operand] = [], ...others] = Object.entries(alternative);
  const refuse = (message: string, at: Path = [...path, name]) => [
    { path: at, message, received: at === path ? alternative : operand },
  ];
  if (name === '' || others.length > 0) {
    return refuse('must be one operator, such as { prefix: ab }', path);
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) {
    const alias = Object.hasOwn(OPERATOR_ALIASES, name) ? OPERATOR_ALIASES[name] : undefined;
    const names = Object.keys(OPERATORS)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1');
    return refuse(`is no operator of Lambda's filters; write ${alias ?? names}`);
  }
  if (name === 'numeric' && leaf.holds === 'text') {
    return refuse(
      leaf.texts === NUMBERS
        ? 'must not be used, since numbers are text in a record; list the texts that match, such as ["100"], or compare in the function'
        : `must not be used, since this is text; list the texts that match, such as ${exampleOf(leaf, undefined)}`,
    );
  }
  if (!operator.on.includes(leaf.holds)) {
    return refuse(`must not be used here; write ${exampleOf(leaf, undefined)}`);
  }
  const excluded =
    name === 'anything-but' && !isMapping(operand)
      ? excludedProblems(operand, leaf, [...path, name])
      : [];
  if (excluded.length > 0) return excluded;
  if (!operator.accepts(operand)) return refuse(operator.rule);
  const empty = operator.empty?.(operand);
  if (empty) return refuse(empty);
  if (name === 'exists') {
    return operand === false && leaf.always
      ? refuse('must not be false, since every record has it')
      : [];
  }
  const unmet = neverMet(name, operand, leaf);
  return unmet === undefined ? [] : refuse(unmet);
}

/** Why no value of the field fulfils an operator, and what to write. */
function neverMet(name: string, operand: unknown, leaf: Leaf): string | undefined {
  const { only, here = only, texts, range } = leaf;
  const anyCase = isMapping(operand);
  const text = String(anyCase ? Object.values(operand)[0] : operand);
  if (name === 'anything-but') {
    const excludes = isMapping(operand) && 'prefix' in operand ? [operand.prefix].flat() : [];
    const all = excludes.some((one) => texts?.allBegin?.(String(one)));
    const isMet = here?.some((value) => canBe([{ [name]: operand }], value)) ?? !all;
    if (isMet) return undefined;
    const instead = leaf.always ? '' : '; for records without it write [{ exists: false }]';
    return `must not exclude ${here ? oneOf(here, 'and') : 'all streams of this table'}, since records have nothing else${instead}`;
  }
  if (here) {
    return here.some((value) => canBe([{ [name]: operand }], value))
      ? undefined
      : `must match ${oneOf(here)}`;
  }
  if (name === 'numeric') {
    return range && !overlaps(operand as unknown[], range)
      ? `must match a number that there can be: ${rangeOf(range)}`
      : undefined;
  }
  if (!texts) return undefined;
  if (name === 'prefix' && !texts.begins(text, anyCase)) {
    return `must be what a value can begin with, which is ${texts.name}`;
  }
  if (name === 'suffix' && !texts.ends(text, anyCase)) {
    return `must be what a value can end with, which is ${texts.name}`;
  }
  const isPart = name === 'prefix' || name === 'suffix';
  return isPart || texts.is(text, true) ? undefined : `must be ${texts.name}`;
}

/** The values that `anything-but` excludes: they have the right form, but need not be there. */
function excludedProblems(operand: unknown, field: Leaf, path: Path): Problem[] {
  const leaf = { ...field, here: undefined, texts: undefined, range: undefined };
  if (!Array.isArray(operand)) return ofValue(operand, leaf, path);
  return operand.flatMap((one, index) => ofValue(one, leaf, [...path, index]));
}

function ofValue(value: unknown, leaf: Leaf, path: Path): Problem[] {
  const { holds, only, here, form, texts, range } = leaf;
  const refuse = (message: string, inQuotes?: boolean) => [
    { path, message, received: value, inQuotes },
  ];
  if (holds === 'flag') {
    const allowed = only ?? [true, false];
    return allowed.includes(value as boolean)
      ? []
      : refuse(`must be ${oneOf(allowed)}${typeof value === 'string' ? ', without quotes' : ''}`);
  }
  if (typeof value === 'number' && holds !== 'text') {
    return range && !isWithin(value, range) ? refuse(`must be ${rangeOf(range)}`) : [];
  }
  if (holds === 'number') return refuse('must be a number, without quotes');
  if (only && !here) return only.includes(value as string) ? [] : refuse(`must be ${oneOf(only)}`);
  if (typeof value === 'number' && form && isExact(value)) {
    return refuse(`must be text, as it is in a record; write "${form.of(String(value))}"`);
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return refuse('must be text, as it is in a record', true);
  }
  if (value === null) {
    return refuse('must be text; for an attribute that is null write NULL: [true]');
  }
  if (typeof value !== 'string') return refuse('must be text or an operator');
  if (here) return here.includes(value) ? [] : refuse(`must be ${oneOf(here)}`);
  const written = form ? form.of(value) : value;
  if (form && written === undefined) return refuse(`must be ${form.name}, as it is in a record`);
  if (texts && !texts.is(value)) return refuse(`must be ${texts.name}`);
  return form && written !== value
    ? refuse(`must be ${form.name} as DynamoDB writes it; write "${written}"`)
    : [];
}

function rangeOf({ least, most, whole }: Range): string {
  return `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`;
}

/** Whether a number has all the digits that are in the file. */
function isExact(value: number): boolean {
  return String(value).replaceAll(/\D/g, '').length < 16;
}

function oneOf(values: readonly unknown[], or = 'or'): string {
  return values.join(', ').replace(/, ([^,]*)$/, ` ${or} $1`);
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
