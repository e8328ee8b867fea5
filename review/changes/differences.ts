import { unique } from '../lists';
import { type Leaf, leavesOf } from '../read/leaves';
import type { Stack } from '../read/stacks';

/** An attribute of a block, or of a stack itself, that two syntheses have differently. */
export type Difference = ReturnType<typeof difference>;

/** Every attribute that differs, whatever it is. Lists of texts are compared as a whole. */
export function differences(before: readonly Stack[], after: readonly Stack[]): Difference[] {
  const ids = unique([...before, ...after].map(({ id }) => id));
  return ids.flatMap((id) => {
    const [left, right] = [valuesOf(before, id), valuesOf(after, id)];
    return [...new Map([...left, ...right]).keys()]
      .filter((place) => left.get(place) !== right.get(place))
      .map((place) => difference(id, JSON.parse(place), left.get(place), right.get(place)));
  });
}

/** JSON of values, by JSON of their places. */
function valuesOf(stacks: readonly Stack[], id: string): Map<string, string> {
  const stack = stacks.find((each) => each.id === id);
  const leaves = stack ? leavesOf(stack.json) : [];
  return new Map(
    leaves.map(({ value, ...place }) => [JSON.stringify(place), JSON.stringify(value)]),
  );
}

function difference(
  stack: string,
  { type, name, path }: Omit<Leaf, 'value'>,
  before?: string,
  after?: string,
) {
  const keys = path.map((key) => (typeof key === 'string' ? `.${key}` : `[${key}]`));
  const attribute = keys.join('').replace(/^\./, '');
  const [left, right] = SECRET.test(attribute)
    ? [before && 'a value', after && (before === undefined ? 'a value' : 'another value')]
    : excerpts(shown(before), shown(after));
  return {
    stack,
    type,
    name,
    /** Such as `environment.variables.LOG_LEVEL` or `statement[ReadStreams].actions`. */
    attribute,
    key: `${type} ${attribute}`,
    where: `${stack} ${name}`.trim(),
    /** Undefined for what one of them lacks. Secret values are not shown. */
    before: left,
    after: right,
  };
}

/** Values of environment variables, and what proves who somebody is. */
const SECRET = /(^|\.)(environment\b|(external_id|access_key|secret_key|token|password)$)/;

/** Text without quotes; all else as JSON. */
function shown(json: string | undefined): string | undefined {
  return json?.startsWith('"') ? JSON.parse(json) : json;
}

/** Characters of a value that are shown. */
const SHOWN = 200;

/** Of long values the part from where they differ. */
function excerpts(...values: readonly (string | undefined)[]): (string | undefined)[] {
  const [before = '', after = ''] = values;
  if (Math.max(before.length, after.length) <= SHOWN) return [...values];
  const same = before.split('').findIndex((character, index) => character !== after[index]);
  const start = Math.max(0, (same < 0 ? before.length : same) - SHOWN / 4);
  const end = start + SHOWN;
  return values.map(
    (value) =>
      value && `${start > 0 ? '…' : ''}${value.slice(start, end)}${value.length > end ? '…' : ''}`,
  );
}
