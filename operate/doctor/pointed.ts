import type { Cause } from './cause';
import type { Facts } from './facts';

/** What keeps Lambda from reading, where it is found by itself. */
const REASONS = /^(role|policy|stream|key)-/;

/** With the reasons why mappings are refused, in the place of a guess, where they are among the causes. */
export function pointed(causes: readonly Cause[], { subscriptions }: Facts): Cause[] {
  const byStack = new Map(subscriptions.map((each) => [each.subscription.stackId, each]));
  return causes.map((cause) => {
    const facts = cause.cause === 'mapping-refused' ? byStack.get(cause.stack) : undefined;
    if (!facts) return cause;
    const { consumer, producer } = facts;
    const stacks = [cause.stack, consumer.consumer.stackId, producer?.producer.stackId];
    const reasons = causes
      .filter((other) => REASONS.test(other.cause) && stacks.includes(other.stack))
      .map((other) => `${other.cause} of ${other.stack} (${other.part})`);
    if (reasons.length === 0) return cause;
    return { ...cause, remedy: `remove what else is found: ${[...new Set(reasons)].join(', ')}` };
  });
}
