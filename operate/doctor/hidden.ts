import type { Cause, CauseId } from './cause';

/** Causes of a stack that follow from another one of the same stack. `*` is all others. */
const FOLLOW: Partial<Record<CauseId, readonly CauseId[] | '*'>> = {
  'not-deployed': '*',
};

/** Without those that only follow from others. */
export function withoutHidden(causes: readonly Cause[]): Cause[] {
  const found = new Map<string, Set<CauseId>>();
  for (const { stack, cause } of causes) {
    found.set(stack, (found.get(stack) ?? new Set()).add(cause));
  }
  return causes.filter(({ stack, cause }) => {
    const others = [...(found.get(stack) ?? [])].filter((other) => other !== cause);
    return !others.some((other) => {
      const follow = FOLLOW[other] ?? [];
      return follow === '*' || follow.includes(cause);
    });
  });
}
