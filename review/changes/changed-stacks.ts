import { unique } from '../lists';
import type { Stack } from '../read/stacks';
import { differences } from './differences';

/**
 * Stacks that are new, or whose configuration or code differs, and those that read a changed output of such a stack.
 * Every output but the stream's ARN follows from the topology, so it is in the configuration of those that read it.
 */
export function changedStacks(
  before: readonly Stack[],
  now: readonly Stack[],
  order: readonly { readonly id: string; readonly dependsOn: readonly string[] }[],
): string[] {
  const all = differences(before, now);
  const tables = all.filter(({ type }) => /^(data\.)?aws_dynamodb_table$/.test(type));
  const streams = new Set(tables.map(({ stack }) => stack));
  const readers = order.filter(({ dependsOn }) => dependsOn.some((id) => streams.has(id)));
  return unique([...all.map(({ stack }) => stack), ...readers.map(({ id }) => id)]);
}
