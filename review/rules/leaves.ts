import { isComment } from '../read/stacks';

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
    .filter(([key]) => !isComment(keys, key))
    .flatMap(([key, item]) => leavesOf(item, Array.isArray(value) ? keys : [...keys, key]));
  return leaves.length > 0 ? leaves : [{ ...placeIn(keys), value }];
}

function placeIn([section = '', ...keys]: readonly string[]) {
  if (section !== 'resource' && section !== 'data') {
    return { address: section, kind: section, attribute: keys.join('.') };
  }
  const address = keys.slice(0, 2).join('.');
  return {
    address: section === 'data' ? `data.${address}` : address,
    kind: [section, ...keys.slice(0, 1)].join('.'),
    attribute: keys.slice(2).join('.'),
  };
}
