import { FILTERS } from '../../../topology/limits';
import type { Problem } from '../../../topology/problem';
import { canBe } from './operators';
import { IMAGES, VIEW_TYPES } from './record';
import { oneOf } from './values';

type Path = Problem['path'];

/** A list of a pattern. */
export interface Demand {
  /** Where it is in the record. */
  readonly field: readonly string[];
  /** Where it is in the file. */
  readonly path: Path;
  readonly alternatives: readonly unknown[];
}

/** Demands that a record must meet all together. */
export type Branch = readonly Demand[];

/**
 * What parts of a pattern ask that no record has together; with `$or`, in each of its branches.
 *
 * @param pattern one whose parts are right by themselves
 * @param keys attributes of the table's key, as far as they are known
 */
export function contradictions(pattern: object, keys: readonly string[], path: Path): Problem[] {
  const branches = branchesOf(pattern, [], path);
  if (branches.length > FILTERS.combinations) {
    const message = `must have at most ${FILTERS.combinations} combinations of what its $or ask for; write several filters`;
    return [{ path, message }];
  }
  const problems = branches.flatMap((branch) => {
    const known = keys.length > 0 ? keys : keysIn(branch);
    return (
      disagreement(branch, RECORDS, (demand) => recordsFor(demand, known)) ??
      disagreement(branch, VIEW_TYPES, viewTypesFor) ??
      typesOf(branch) ??
      keysOf(branch, known) ??
      valuesOf(branch, known) ??
      []
    );
  });
  // Branches have parts in common.
  return [...new Map(problems.map((problem) => [problem.path, problem])).values()];
}

export function branchesOf(pattern: object, field: readonly string[], path: Path): Branch[] {
  if (Array.isArray(pattern)) return [[{ field, path, alternatives: pattern }]];
  return Object.entries(pattern).reduce<Branch[]>(
    (branches, [name, value]) => {
      if (branches.length > FILTERS.combinations) return branches;
      const place = [...path, name];
      const alternatives: Branch[] =
        name === '$or'
          ? value.flatMap((one: object, index: number) => branchesOf(one, field, [...place, index]))
          : branchesOf(value, [...field, name], place);
      return branches.flatMap((branch) => alternatives.map((other) => [...branch, ...other]));
    },
    [[]],
  );
}

/** Kinds of records, by what they have: only deletions by TTL have `userIdentity`. */
const RECORDS = ['INSERT', 'MODIFY', 'REMOVE by users', 'REMOVE by TTL'];

function recordsFor(demand: Demand, keys: readonly string[]): readonly string[] {
  const { field, alternatives } = demand;
  const [first, , attribute = ''] = field;
  const ofEvent = (test: (event: string) => boolean) =>
    RECORDS.filter((record) => test(record.replace(/ .*/, '')));
  if (first === 'eventName') return ofEvent((event) => canBe(alternatives, event));
  const image = imageOf(demand);
  if (!image && first !== 'userIdentity') return RECORDS;
  const having = image ? ofEvent((event) => image.events.includes(event)) : ['REMOVE by TTL'];
  if (!isMet(demand)) return having;
  const allHave = !image || keys.includes(attribute);
  return allHave && alternatives.every(isAbsent)
    ? RECORDS.filter((record) => !having.includes(record))
    : RECORDS;
}

/** View types of streams whose records can have what a demand asks for. */
function viewTypesFor(demand: Demand): readonly string[] {
  if (demand.field[1] === 'StreamViewType') {
    return VIEW_TYPES.filter((type) => canBe(demand.alternatives, type));
  }
  return (!isMet(demand) && imageOf(demand)?.viewTypes) || VIEW_TYPES;
}

function imageOf({ field: [first, second = ''] }: Demand) {
  return first === 'dynamodb' && Object.hasOwn(IMAGES, second) ? IMAGES[second] : undefined;
}

/** Whether a record without the field meets the demand. */
function isMet({ alternatives }: Demand): boolean {
  return alternatives.some(isAbsent);
}

function isAbsent(alternative: unknown): boolean {
  return Object(alternative).exists === false;
}

/** The first demand that fits none of what the demands before it leave. */
function disagreement(
  branch: Branch,
  all: readonly string[],
  fitting: (demand: Demand) => readonly string[],
): Problem[] | undefined {
  let left = all;
  for (const demand of branch) {
    const fits = fitting(demand);
    const both = left.filter((one) => fits.includes(one));
    if (both.length === 0) {
      const reason = `this is for ${oneOf(fits)}, and the rest of the filter for ${oneOf(left)}`;
      return never(demand, reason);
    }
    left = both;
  }
  return undefined;
}

function never({ path }: Demand, reason: string, remedy = 'change one of them'): Problem[] {
  return [{ path, message: `can never match: ${reason}; ${remedy}` }];
}

/** Attributes that a filter says to be those of the key. */
function keysIn(branch: Branch): string[] {
  const asked = branch.filter((demand) => isKey(demand) && !isMet(demand));
  return [...new Set(asked.map(({ field }) => field[2] ?? ''))];
}

function isKey({ field: [first, second] }: Demand): boolean {
  return first === 'dynamodb' && second === 'Keys';
}

/** A key has a partition key and at most one sort key. */
function keysOf(branch: Branch, keys: readonly string[]): Problem[] | undefined {
  const third = branch.find((demand) => isKey(demand) && demand.field[2] === keys[2]);
  if (!third || keys.length <= 2) return undefined;
  const reason = `a key has at most two attributes, and the filter asks for ${keys.join(', ')}`;
  return never(third, reason);
}

/** Fields with several values, of which each demand may match another one. */
const WITH_ELEMENTS = ['L', 'SS', 'NS', 'BS'];

/** A value that is asked for twice: an attribute of the key is the same in `Keys` and in the images. */
function valuesOf(branch: Branch, keys: readonly string[]): Problem[] | undefined {
  const before = new Map<string, Demand[]>();
  for (const demand of branch) {
    const { field } = demand;
    if (typedParts(field).some(([, type]) => WITH_ELEMENTS.includes(type))) continue;
    const [first, , attribute = ''] = field;
    const ofKey = first === 'dynamodb' && keys.includes(attribute);
    const value = ofKey ? `the key ${attribute}` : field.join('.');
    const others = before.get(value) ?? [];
    if (others.some((other) => areApart(other, demand))) {
      return never(demand, `the filter asks for other values of ${value} as well`);
    }
    before.set(value, [...others, demand]);
  }
  return undefined;
}

/** Whether one of two demands lists plain values, none of which the other can be. */
function areApart(one: Demand, other: Demand): boolean {
  // An image may be missing as a whole.
  if (one.field[1] !== other.field[1] && (isMet(one) || isMet(other))) return false;
  const excludes = (values: readonly unknown[], alternatives: readonly unknown[]) =>
    values.every(
      (value) =>
        (typeof value === 'string' || typeof value === 'boolean') && !canBe(alternatives, value),
    );
  return (
    excludes(one.alternatives, other.alternatives) || excludes(other.alternatives, one.alternatives)
  );
}

/** An attribute, and an element of a list, has one type. */
function typesOf(branch: Branch): Problem[] | undefined {
  const types = new Map<string, string>();
  for (const demand of branch) {
    if (demand.field[0] !== 'dynamodb' || isMet(demand)) continue;
    for (const [attribute, type] of typedParts(demand.field)) {
      const other = types.get(attribute) ?? type;
      if (other !== type) {
        const reason = `the filter asks for the types ${other} and ${type} of ${attribute}, which has one`;
        return never(demand, reason, 'write $or or two filters');
      }
      types.set(attribute, type);
    }
  }
  return undefined;
}

/** The attributes on the way to a value, with their types: `NewImage.Address` M, `….City` S. */
function typedParts(field: readonly string[]): [string, string][] {
  const parts: [string, string][] = [];
  let at = 3; // dynamodb, image, attribute
  while (at < field.length) {
    const type = field[at] ?? '';
    parts.push([field.slice(1, at).join('.'), type]);
    at += type === 'L' ? 1 : 2;
  }
  return parts;
}
