import { didYouMean, UserError } from '../topology/problem';
import { reducedTo } from '../topology/reduced';
import type { ResolvedTopology } from '../topology/resolve';
import { type Stack, stacksOf } from '../topology/stacks';

/**
 * Those that match a pattern, in which `*` is any text; without patterns all.
 *
 * @throws UserError of a pattern without a stack
 */
export function select(stacks: readonly Stack[], patterns: readonly string[]): Stack[] {
  const ids = stacks.map(({ id }) => id);
  const wanted = patterns.map((pattern) => {
    const text = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    const matches = new RegExp(`^${text}$`);
    if (ids.some((id) => matches.test(id))) return matches;
    throw new UserError(
      `no stack is ${pattern}; ${didYouMean(pattern, ids)}npm run stacks lists them`,
    );
  });
  return wanted.length === 0
    ? [...stacks]
    : stacks.filter(({ id }) => wanted.some((matches) => matches.test(id)));
}

/** The topology with nothing but the subscriptions whose stacks match a pattern. */
export function withSubscriptions(topology: ResolvedTopology, pattern: string): ResolvedTopology {
  const all = stacksOf(topology).filter(({ kind }) => kind === 'subscription');
  const ids = new Set(select(all, [pattern]).map(({ id }) => id));
  return reducedTo(
    topology,
    topology.subscriptions.filter(({ stackId }) => ids.has(stackId)),
  );
}
