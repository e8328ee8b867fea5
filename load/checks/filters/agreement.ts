import { FILTERS } from '../../../topology/limits';
import type { Problem } from '../../../topology/problem';
import { canBe } from './operators';
import { EVENT_NAMES, type EventName, IMAGES, VIEW_TYPES } from './record';

type Path = Problem['path'];

/** A list of a pattern. */
interface Demand {
  /** Where it is in the record. */
  readonly field: readonly string[];
  /** Where it is in the file. */
  readonly path: Path;
  readonly alternatives: readonly unknown[];
}

/** Demands that a record must meet all together. */
type Branch = readonly Demand[];

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
      disagreement(branch, EVENT_NAMES, (demand) => eventsFor(demand, known)) ??
      disagreement(branch, VIEW_TYPES, viewTypesFor) ??
      identityOf(branch) ??
      typesOf(branch) ??
      keysOf(branch, known) ??
      valuesOf(branch, known) ??
      []
    );
  });
  // Branches have parts in common.
  return problems.filter(
    ({ path: place }, index) => problems.findIndex(({ path }) => path === place) === index,
  );
}

function branchesOf(pattern: object, field: readonly string[], path: Path): Branch[] {
  return Object.entries(pattern).reduce<Branch[]>(
    (branches, [name, value]) => {
      if (branches.length > FILTERS.combinations) return branches;
      const alternatives =
        name === '$or'
          ? value.flatMap((one: object, index: number) =>
              branchesOf(one, field, [...path, name, index]),
            )
          : below(value, [...field, name], [...path, name]);
      return branches.flatMap((branch) =>
        alternatives.map((other: Branch) => [...branch, ...other]),
      );
    },
    [[]],
  );
}

function below(value: object, field: readonly string[], path: Path): Branch[] {
  return Array.isArray(value)
    ? [[{ field, path, alternatives: value }]]
    : branchesOf(value, field, path);
}

/** What a demand leaves of the values of a field that other parts of a record depend on, and why. */
type Narrowing<T> = [possible: readonly T[], reason: string, isOfField?: boolean];

/** Events whose records can have what a demand asks for. */
function eventsFor(
  { field, alternatives }: Demand,
  keys: readonly string[],
): Narrowing<EventName> | undefined {
  const [first, second = '', third = ''] = field;
  if (first === 'eventName') {
    const names = EVENT_NAMES.filter((name) => canBe(alternatives, name));
    return [names, `this is for ${names.join(' and ')}`, true];
  }
  const image = imageOf(field);
  if (image && keys.includes(third) && alternatives.every(isAbsent)) {
    const without = EVENT_NAMES.filter((name) => !image.events.includes(name));
    return [without, `each ${second} has ${third}, so only ${without.join(' and ')} lacks it`];
  }
  if (isMet(alternatives)) return undefined;
  if (first === 'userIdentity') return [['REMOVE'], 'only deletions by TTL have userIdentity'];
  return image && [image.events, `only records of ${image.events.join(' and ')} have ${second}`];
}

/** View types of streams whose records can have what a demand asks for. */
function viewTypesFor({ field, alternatives }: Demand): Narrowing<string> | undefined {
  if (field[1] === 'StreamViewType') {
    const types = VIEW_TYPES.filter((type) => canBe(alternatives, type));
    return [types, `this is for ${types.join(' and ')}`, true];
  }
  const image = isMet(alternatives) ? undefined : imageOf(field);
  return image && [image.viewTypes, `only ${image.viewTypes.join(' and ')} have ${field[1]}`];
}

function imageOf([first, second = '']: readonly string[]) {
  return first === 'dynamodb' && Object.hasOwn(IMAGES, second) ? IMAGES[second] : undefined;
}

/** Whether a record without the field meets the demand. */
function isMet(alternatives: readonly unknown[]): boolean {
  return alternatives.some(isAbsent);
}

function isAbsent(alternative: unknown): boolean {
  return Object(alternative).exists === false;
}

/** The first demand that leaves no value of those that the demands before it leave. */
function disagreement<T>(
  branch: Branch,
  all: readonly T[],
  narrow: (demand: Demand) => Narrowing<T> | undefined,
): Problem[] | undefined {
  let values = all;
  const narrowings = branch.flatMap((demand) => {
    const [possible, reason, isOfField = false] = narrow(demand) ?? [];
    return possible ? [{ path: demand.path, possible, reason, isOfField }] : [];
  });
  const ofField = narrowings.filter(({ isOfField }) => isOfField);
  const others = narrowings.filter(({ isOfField }) => !isOfField);
  for (const { path, possible, reason } of [...ofField, ...others]) {
    const remaining = values.filter((value) => possible.includes(value));
    if (remaining.length === 0) {
      return never(path, `${reason}, and the rest of the filter is for ${values.join(' and ')}`);
    }
    values = remaining;
  }
  return undefined;
}

function never(path: Path, reason: string, remedy = 'change one of them'): Problem[] {
  return [{ path, message: `can never match: ${reason}; ${remedy}` }];
}

/** A record has all fields of `userIdentity` or none of them. */
function identityOf(branch: Branch): Problem[] | undefined {
  const demands = branch.filter(({ field }) => field[0] === 'userIdentity');
  const absent = demands.find(({ alternatives }) => alternatives.every(isAbsent));
  if (!absent || demands.every(({ alternatives }) => isMet(alternatives))) return undefined;
  return never(absent.path, 'records have both type and principalId of userIdentity, or neither');
}

/** Attributes that a filter says to be those of the key. */
function keysIn(branch: Branch): string[] {
  const asked = branch.filter(({ field, alternatives }) => isKey(field) && !isMet(alternatives));
  return [...new Set(asked.map(({ field }) => field[2] ?? ''))];
}

function isKey([first, second]: readonly string[]): boolean {
  return first === 'dynamodb' && second === 'Keys';
}

/** A key has a partition key and at most one sort key. */
function keysOf(branch: Branch, keys: readonly string[]): Problem[] | undefined {
  const third = branch.find(({ field }) => isKey(field) && field[2] === keys[2]);
  if (!third || keys.length <= 2) return undefined;
  const reason = `a key has at most two attributes, and the filter asks for ${keys.join(', ')}`;
  return never(third.path, reason);
}

/** Fields with several values, of which each demand may match another one. */
const WITH_ELEMENTS = ['L', 'SS', 'NS', 'BS'];

/** A value that is asked for twice: an attribute of the key is the same in `Keys` and in the images. */
function valuesOf(branch: Branch, keys: readonly string[]): Problem[] | undefined {
  const before = new Map<string, Demand[]>();
  for (const demand of branch) {
    const { field, path, alternatives } = demand;
    if (typedParts(field).some(([, type]) => WITH_ELEMENTS.includes(type))) continue;
    const [first, part = '', attribute = ''] = field;
    const ofKey = first === 'dynamodb' && keys.includes(attribute);
    const value = ofKey ? `the key ${attribute}` : field.join('.');
    const others = before.get(value) ?? [];
    const isApart = others.some((one) => {
      // An image may be missing as a whole.
      const elsewhere = one.field[1] !== part;
      if (elsewhere && (isMet(alternatives) || isMet(one.alternatives))) return false;
      return areApart(one.alternatives, alternatives) || areApart(alternatives, one.alternatives);
    });
    if (isApart) return never(path, `the filter asks for other values of ${value} as well`);
    before.set(value, [...others, demand]);
  }
  return undefined;
}

/** Whether the first are plain values, none of which the others can be. */
function areApart(values: readonly unknown[], alternatives: readonly unknown[]): boolean {
  return values.every(
    (value) =>
      (typeof value === 'string' || typeof value === 'boolean') && !canBe(alternatives, value),
  );
}

/** An attribute, and an element of a list, has one type. */
function typesOf(branch: Branch): Problem[] | undefined {
  const types = new Map<string, string>();
  for (const { field, path, alternatives } of branch) {
    if (field[0] !== 'dynamodb' || isMet(alternatives)) continue;
    for (const [attribute, type] of typedParts(field)) {
      const other = types.get(attribute);
      if (other !== undefined && other !== type) {
        const reason = `the filter asks for the types ${other} and ${type} of ${attribute}, which has one`;
        return never(path, reason, 'write $or or two filters');
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
