import type { Cause, CauseId } from './cause';
import type { Facts } from './facts';

/** Causes that follow from another one of the same stack. */
const FOLLOWS: Partial<Record<CauseId, RegExp>> = {
  'not-deployed': /^(?!locked$|exists-without-state$)/,
  // Whatever is missing is created once that is imported.
  'exists-without-state': /^(not-deployed|state-older)$|-missing$/,
  'state-older': /-differs$/,
  'role-missing': /^(policy|role)-(missing|replaced)$/,
  'stream-off': /^policy-/,
  'stream-replaced': /^policy-(missing|differs)$/,
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
    return stack === '' || !others.some((other) => FOLLOWS[other]?.test(cause));
  });
}

/** What keeps Lambda from reading, where it is found by itself. */
const REASONS = /^(role|policy|stream|key)-/;

/** With the reasons why mappings are refused, in the place of a guess, where they are among the causes. */
export function pointed(causes: readonly Cause[], { subscriptions }: Facts): Cause[] {
  const byStack = new Map(subscriptions.map((each) => [each.stack, each]));
  const reasons = causes.filter(({ cause }) => REASONS.test(cause));
  return causes.map((cause) => {
    const facts = cause.cause === 'mapping-refused' ? byStack.get(cause.stack) : undefined;
    if (!facts) return cause;
    const stacks = [facts.stack, facts.consumer.stack, facts.producer?.stack];
    const found = reasons
      .filter(({ stack }) => stacks.includes(stack))
      .map((each) => `${each.cause} of ${each.stack} (${each.part})`);
    if (found.length === 0) return cause;
    return { ...cause, remedy: `remove what else is found: ${[...new Set(found)].join(', ')}` };
  });
}
