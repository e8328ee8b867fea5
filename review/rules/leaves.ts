/** A value in the configuration of a stack. */
export interface Leaf {
  /** `aws_iam_role.execution_role`, `data.archive_file.code`, or the section, such as `terraform`. */
  readonly address: string;
  /** `resource.aws_iam_role`, `data.archive_file`, or the section. */
  readonly kind: string;
  /** Keys in the block, lists left out: `rule.filter.prefix`. */
  readonly attribute: string;
  readonly value: unknown;
}

export function leavesOf(configuration: object): Leaf[] {
  return walk(configuration, []).map(({ keys, value }) => {
    const isBlock = keys[0] === 'resource' || keys[0] === 'data';
    return {
      address: isBlock ? keys.slice(keys[0] === 'data' ? 0 : 1, 3).join('.') : (keys[0] ?? ''),
      kind: keys.slice(0, isBlock ? 2 : 1).join('.'),
      attribute: keys.slice(isBlock ? 3 : 1).join('.'),
      value,
    };
  });
}

interface Place {
  readonly keys: readonly string[];
  readonly value: unknown;
}

/**
 * Terraform takes a list of blocks where one is written. Where the review itself would not see the blocks of
 * a list, the list is the value.
 */
function walk(value: unknown, keys: readonly string[]): Place[] {
  const inner = placesIn(value, keys);
  return inner.length === 0
    ? [{ keys, value }]
    : inner.flatMap((place) => walk(place.value, place.keys));
}

function placesIn(value: unknown, keys: readonly string[]): Place[] {
  if (Array.isArray(value)) {
    const isRead = keys.length > 3 || keys[0] === 'provider';
    return isRead ? value.map((item) => ({ keys, value: item })) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => !isComment(key, keys))
    .map(([key, item]) => ({ keys: [...keys, key], value: item }));
}

/** Deeper down it is a key like others. */
function isComment(key: string, keys: readonly string[]): boolean {
  return key === '//' && (keys.length === 0 || keys.length === 3);
}
