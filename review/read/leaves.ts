/** A key of a mapping; of a list the place of an item, or the id of a statement. */
type Key = string | readonly [item: string | number];

/** A value in the configuration of a stack; a list of texts is one. */
export interface Leaf {
  /** `resource.<type>`, `data.<type>`, or the section, such as `terraform`. */
  readonly kind: string;
  /** The same without `resource.`, as Terraform calls it. */
  readonly type: string;
  /** Empty for what has none. */
  readonly name: string;
  /** In the block or the section. */
  readonly path: readonly Key[];
  readonly value: unknown;
}

export function leavesOf(value: unknown, path: readonly Key[] = []): Leaf[] {
  const leaves = entriesOf(value)
    .filter(([key]) => !isComment(path, key))
    .flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  return leaves.length > 0 ? leaves : [{ ...placeOf(path), value }];
}

function entriesOf(value: unknown): [Key, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value);
  if (value.every((item) => typeof item !== 'object')) return [];
  const ids = value.map((item) => item?.sid);
  const areIds = ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length;
  return value.map((item, index) => [[areIds ? item.sid : index], item]);
}

/** Whether a key is that of cdktf's comment on a stack or a block. Elsewhere it is a key like any other. */
function isComment(path: readonly Key[], key: Key): boolean {
  return (
    key === '//' &&
    (path.length === 0 || (path.length === 3 && /^(resource|data)$/.test(String(path[0]))))
  );
}

function placeOf([section = '', ...keys]: readonly Key[]): Omit<Leaf, 'value'> {
  if (section !== 'resource' && section !== 'data') {
    return { kind: String(section), type: String(section), name: '', path: keys };
  }
  const [type = '', name = '', ...path] = keys;
  const kind = `${section}.${type}`;
  return { kind, type: section === 'data' ? kind : String(type), name: String(name), path };
}
