import type { Cause, CauseId } from './cause';

/** Causes that follow from another one of the same stack. */
const FOLLOWS: Partial<Record<CauseId, (cause: CauseId) => boolean>> = {
  'not-deployed': (cause) => cause !== 'locked' && cause !== 'exists-without-state',
  // Whatever is missing is created once that is imported.
  'exists-without-state': (cause) => /^(not-deployed|state-older)$|-missing$/.test(cause),
  'state-older': (cause) => cause.endsWith('-differs'),
  'role-missing': (cause) => /^(policy|role)-(missing|replaced)$/.test(cause),
  'stream-off': (cause) => cause.startsWith('policy-'),
  'stream-replaced': (cause) => /^policy-(missing|differs)$/.test(cause),
};

/** Without those that only follow from others. */
export function withoutHidden(causes: readonly Cause[]): Cause[] {
  const found = new Map<string, Set<CauseId>>();
  for (const { stack, cause } of causes) {
    found.set(stack, (found.get(stack) ?? new Set()).add(cause));
  }
  return causes.filter(({ stack, cause }) => {
    // What is said without a stack concerns all, such as a state bucket that does not exist.
    const all = [...(found.get('') ?? []), ...(found.get(stack) ?? [])];
    const others = all.filter((other) => other !== cause);
    return stack === '' || !others.some((other) => FOLLOWS[other]?.(cause));
  });
}
