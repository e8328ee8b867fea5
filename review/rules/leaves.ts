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

export function leavesOf(value: unknown, keys: readonly string[] = []): Leaf[] {
  const inner = typeof value === 'object' ? Object.entries(value ?? {}) : [];
  const leaves = inner
    .filter(([key]) => !isComment(key, keys))
    .flatMap(([key, item]) => leavesOf(item, Array.isArray(value) ? keys : [...keys, key]));
  return leaves.length === 0 ? [leafOf(keys, value)] : leaves;
}

function leafOf(keys: readonly string[], value: unknown): Leaf {
  const isBlock = keys[0] === 'resource' || keys[0] === 'data';
  return {
    address: isBlock ? keys.slice(keys[0] === 'data' ? 0 : 1, 3).join('.') : (keys[0] ?? ''),
    kind: keys.slice(0, isBlock ? 2 : 1).join('.'),
    attribute: keys.slice(isBlock ? 3 : 1).join('.'),
    value,
  };
}

/** Deeper down it is a key like others. */
function isComment(key: string, keys: readonly string[]): boolean {
  return key === '//' && (keys.length === 0 || keys.length === 3);
}
