import { FILTERS } from '../../limits';
import type { Problem } from '../../problem';
import { canBe } from './operators';
import { EVENT_NAMES, type EventName, IMAGES } from './record';

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
 */
export function contradictions(pattern: object, path: Path): Problem[] {
  const branches = branchesOf(pattern, [], path);
  if (branches.length > FILTERS.combinations) {
    const message = `must have at most ${FILTERS.combinations} combinations of what its $or ask for; write several filters`;
    return [{ path, message }];
  }
  const problems = branches.flatMap((branch) => eventsOf(branch) ?? typesOf(branch) ?? []);
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

/** Events whose records can have what a demand asks for, and why. */
function eventsFor({ field, alternatives }: Demand): [readonly EventName[], string] | undefined {
  const [first, second = ''] = field;
  if (first === 'eventName') {
    const names = EVENT_NAMES.filter((name) => canBe(alternatives, name));
    return [names, `this is for ${names.join(' and ')}`];
  }
  if (isMet(alternatives)) return undefined;
  if (first === 'userIdentity') return [['REMOVE'], 'only deletions by TTL have userIdentity'];
  const image = first === 'dynamodb' && Object.hasOwn(IMAGES, second) ? IMAGES[second] : undefined;
  return image && [image.events, `only records of ${image.events.join(' and ')} have ${second}`];
}

/** Whether a record without the field meets the demand. */
function isMet(alternatives: readonly unknown[]): boolean {
  return alternatives.some((one) => Object(one).exists === false);
}

function eventsOf(branch: Branch): Problem[] | undefined {
  let events: readonly EventName[] = EVENT_NAMES;
  const byName = branch.filter(({ field }) => field[0] === 'eventName');
  const others = branch.filter(({ field }) => field[0] !== 'eventName');
  for (const demand of [...byName, ...others]) {
    const [possible, reason] = eventsFor(demand) ?? [];
    if (!possible) continue;
    const remaining = events.filter((name) => possible.includes(name));
    if (remaining.length === 0) {
      const message = `can never match: ${reason}, and the rest of the filter is for ${events.join(' and ')}; change one of them`;
      return [{ path: demand.path, message }];
    }
    events = remaining;
  }
  return undefined;
}

/** An attribute, and an element of a list, has one type. */
function typesOf(branch: Branch): Problem[] | undefined {
  const types = new Map<string, string>();
  for (const { field, path, alternatives } of branch) {
    if (field[0] !== 'dynamodb' || isMet(alternatives)) continue;
    for (const [attribute, type] of typedParts(field)) {
      const other = types.get(attribute);
      if (other !== undefined && other !== type) {
        const message = `can never match: the filter asks for the types ${other} and ${type} of ${attribute}, which has one; write $or or two filters`;
        return [{ path, message }];
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
