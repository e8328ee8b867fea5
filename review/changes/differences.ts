import { unique } from '../lists';
import { isComment, type Stack } from '../read/stacks';

/** An attribute of a block, or of a stack itself, that two syntheses have differently. */
export interface Difference {
  readonly stack: string;
  /** Of a resource, `data.<type>` of a data source, else the section, such as `provider`. */
  readonly type: string;
  /** Empty for what has none. */
  readonly name: string;
  /** Such as `environment.variables.LOG_LEVEL` or `statement[ReadStreams].actions`. */
  readonly attribute: string;
  /** Type and attribute. */
  readonly key: string;
  /** Stack and name. */
  readonly where: string;
  /** Undefined for what one of them lacks. Secret values are not shown. */
  readonly before?: string;
  readonly after?: string;
}

/** Every attribute that differs, whatever it is. Lists of texts are compared as a whole. */
export function differences(before: readonly Stack[], after: readonly Stack[]): Difference[] {
  const ids = unique([...before, ...after].map(({ id }) => id));
  const leaves = (stacks: readonly Stack[], id: string) =>
    leavesOf(stacks.find((stack) => stack.id === id));
  return ids.flatMap((id) => {
    const [left, right] = [leaves(before, id), leaves(after, id)];
    return unique([...left.keys(), ...right.keys()])
      .filter((key) => left.get(key) !== right.get(key))
      .map((key) => difference(id, JSON.parse(key), left.get(key), right.get(key)));
  });
}

type Path = readonly string[];

/** JSON of values, by JSON of their paths. */
function leavesOf(stack: Stack | undefined): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: Path) => {
    const entries = entriesOf(value).filter(([key]) => !isComment(path, key));
    if (entries.length === 0) leaves.set(JSON.stringify(path), JSON.stringify(value));
    for (const [key, inner] of entries) visit(inner, [...path, key]);
  };
  if (stack) visit(stack.json, []);
  return leaves;
}

/** What a value holds: of a list of blocks, each by the id of the statement or by its place. */
function entriesOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value);
  if (value.every((item) => typeof item !== 'object')) return [];
  const ids = value.map((item) => item?.sid);
  const areIds = ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length;
  return value.map((item, index) => [`[${areIds ? ids[index] : index}]`, item]);
}

function difference(stack: string, path: Path, before?: string, after?: string): Difference {
  const [section = '', ...rest] = path;
  const isBlock = section === 'resource' || section === 'data';
  const [block = '', name = '', ...parts] = isBlock ? rest : [section, '', ...rest];
  const type = section === 'data' ? `data.${block}` : block;
  const attribute = parts.join('.').replaceAll('.[', '[');
  const [left, right] = isSecret(path)
    ? [before && 'a value', after && (before === undefined ? 'a value' : 'another value')]
    : excerpts(shown(before), shown(after));
  return {
    stack,
    type,
    name,
    attribute,
    key: `${type} ${attribute}`,
    where: `${stack} ${name}`.trim(),
    before: left,
    after: right,
  };
}

/** Values of environment variables, and what proves who somebody is. */
function isSecret(path: Path): boolean {
  return (
    path.includes('environment') ||
    /^(external_id|access_key|secret_key|token|password)$/.test(path.at(-1) ?? '')
  );
}

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
