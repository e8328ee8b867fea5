import { oneLine } from '../../topology/unicode';
import type { Cause } from './cause';
import type { Examination } from './doctor';
import type { SubscriptionFacts } from './facts';

/** What `--json` prints. */
export interface Report {
  readonly works: boolean;
  readonly subscriptions: readonly Examined[];
  /** Those of accounts, and of stacks that several subscriptions have to do with, or none. */
  readonly causes: readonly Cause[];
}

interface Examined {
  /** ID of its stack. */
  readonly subscription: string;
  readonly works: boolean;
  /** Those that concern it alone. */
  readonly causes: readonly Cause[];
}

export function reportOf({ facts, causes }: Examination): Report {
  const concerned = new Map(
    causes.map((cause) => [cause, concernedBy(cause, facts.subscriptions)]),
  );
  const broken = new Set([...concerned.values()].flat());
  const own = new Map(facts.subscriptions.map((each) => [each, [] as Cause[]]));
  const shared: Cause[] = [];
  for (const [cause, [one, ...others]] of concerned) {
    const isOwn = one && others.length === 0 && cause.stack !== '';
    (isOwn ? own.get(one) : shared)?.push(cause);
  }
  return {
    works: causes.length === 0,
    subscriptions: [...own].map(([each, causes]) => ({
      subscription: each.subscription.stackId,
      works: !broken.has(each),
      causes,
    })),
    causes: shared,
  };
}

function concernedBy(
  { account, stack }: Cause,
  subscriptions: readonly SubscriptionFacts[],
): SubscriptionFacts[] {
  return subscriptions.filter(({ subscription, account: ofConsumer, consumer, producer }) =>
    stack === ''
      ? [ofConsumer, producer?.account, ''].includes(account)
      : [subscription.stackId, consumer.consumer.stackId, producer?.producer.stackId].includes(
          stack,
        ),
  );
}

/** A line for each subscription, then each cause with what to do. */
export function reportLines({ subscriptions, causes, works }: Report): string[] {
  const width = Math.max(0, ...subscriptions.map(({ subscription }) => subscription.length));
  const rows = subscriptions.map(({ subscription, ...each }) => {
    const ids = [...new Set(each.causes.map(({ cause }) => cause))].join(', ');
    return `${subscription.padEnd(width)}  ${each.works ? 'works' : `does not work: ${ids || 'see below'}`}`;
  });
  const all = [...causes, ...subscriptions.flatMap((each) => each.causes)];
  const working = subscriptions.filter((each) => each.works).length;
  const total = works
    ? `Nothing is wrong with ${CHECKED}`
    : `${working} of ${counted(subscriptions.length, 'subscription')} without a cause, ${counted(all.length, 'cause')}`;
  return [...rows, ...all.flatMap((cause) => ['', ...causeLines(cause)]), '', total].map(oneLine);
}

const CHECKED =
  'credentials, states and locks, roles, streams, policies, keys, mappings, functions, failed batches and alarms';

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function causeLines({ cause, account, stack, part, message, remedy }: Cause): string[] {
  const place = [account === '' ? 'all accounts' : account, stack, part].filter(Boolean).join(', ');
  return [`${cause} (${place})`, `  ${message}`, `  To do: ${remedy}`];
}
