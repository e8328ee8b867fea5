import { oneLine } from '../../topology/unicode';
import type { Cause } from './cause';
import type { Examination } from './doctor';
import type { SubscriptionFacts } from './facts';

/** What `--json` prints. */
export interface Report {
  readonly works: boolean;
  readonly subscriptions: readonly {
    /** ID of its stack. */
    readonly subscription: string;
    readonly works: boolean;
    /** Those that concern it alone. */
    readonly causes: readonly Cause[];
  }[];
  /** Those of accounts, and of stacks that several subscriptions have to do with, or none. */
  readonly causes: readonly Cause[];
}

export function reportOf({ facts, causes }: Examination): Report {
  const shared = new Set(causes);
  const subscriptions = facts.subscriptions.map((each) => {
    const own = causes.filter((cause) => concernsOnly(cause, each, facts.subscriptions));
    for (const cause of own) shared.delete(cause);
    return {
      subscription: each.subscription.stackId,
      works: !causes.some((cause) => concerns(cause, each)),
      causes: own,
    };
  });
  return { works: causes.length === 0, subscriptions, causes: [...shared] };
}

function concernsOnly(
  cause: Cause,
  one: SubscriptionFacts,
  all: readonly SubscriptionFacts[],
): boolean {
  if (cause.stack === '' || !concerns(cause, one)) return false;
  return all.every((other) => other === one || !concerns(cause, other));
}

function concerns(
  { account, stack }: Cause,
  { account: ofConsumer, subscription, consumer, producer }: SubscriptionFacts,
): boolean {
  if (stack !== '') {
    const ids = [subscription.stackId, consumer.consumer.stackId, producer?.producer.stackId];
    return ids.includes(stack);
  }
  return [ofConsumer, producer?.account, ''].includes(account);
}

/** A line for each subscription, then each cause with what to do. */
export function reportLines(report: Report): string[] {
  const width = Math.max(...report.subscriptions.map(({ subscription }) => subscription.length));
  const rows = report.subscriptions.map(({ subscription, works, causes }) => {
    const ids = [...new Set(causes.map(({ cause }) => cause))].join(', ');
    return `${subscription.padEnd(width)}  ${works ? 'works' : ids || 'see below'}`;
  });
  const all = [...report.causes, ...report.subscriptions.flatMap(({ causes }) => causes)];
  return [...rows, ...all.flatMap((cause) => ['', ...causeLines(cause)])].map(oneLine);
}

function causeLines({ cause, account, stack, part, message, remedy }: Cause): string[] {
  const place = [account === '' ? 'all accounts' : account, stack, part].filter(Boolean).join(' ');
  return [`${cause}: ${place}`, `  ${message}`, `  To do: ${remedy}`];
}
