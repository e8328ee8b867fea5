import { createColors } from 'picocolors';
import { MAPPING_METRICS } from '../../constructs/monitoring/metrics';
import { few, groupBy, unique } from '../../review/lists';
import { oneLine } from '../../topology/unicode';
import { counted } from '../redrive/report';
import type { Cause } from './cause';
import type { Examination } from './doctor';
import type { SubscriptionFacts } from './facts';
import { isFound } from './read/reader';
import { partsOf } from './remedies';
import { time } from './times';

/** What `--json` prints. */
export interface Report {
  readonly works: boolean;
  readonly subscriptions: readonly {
    /** ID of its stack. */
    readonly subscription: string;
    readonly works: boolean;
    /** Those that concern it alone. */
    readonly causes: readonly ReportedCause[];
  }[];
  /** Those of accounts, and of stacks that several subscriptions have to do with, or none. */
  readonly causes: readonly ReportedCause[];
}

export interface ReportedCause extends Cause {
  /** Those of the remedy, in their order. */
  readonly commands: readonly string[];
}

function reported(cause: Cause): ReportedCause {
  const parts = partsOf(cause.remedy);
  return {
    ...cause,
    remedy: parts.join(''),
    commands: parts.filter((_, index) => index % 2 === 1),
  };
}

export function reportOf(examination: Examination): Report {
  const { causes } = examination;
  const concerning = causesOf(examination);
  const times = new Map<Cause, number>();
  for (const cause of [...concerning.values()].flat()) {
    times.set(cause, (times.get(cause) ?? 0) + 1);
  }
  const isOwn = (cause: Cause) => cause.stack !== '' && times.get(cause) === 1;
  return {
    works: causes.length === 0,
    subscriptions: [...concerning].map(([{ subscription }, found]) => ({
      subscription: subscription.stackId,
      works: found.length === 0,
      causes: found.filter(isOwn).map(reported),
    })),
    causes: causes.filter((cause) => !isOwn(cause)).map(reported),
  };
}

/** A line for each subscription, then each cause with what to do; those that differ only in their stacks once. */
export function reportLines(examination: Examination, colours = false): string[] {
  const { bold, green, red } = createColors(colours);
  const { causes } = examination;
  const concerning = [...causesOf(examination)];
  const width = Math.max(0, ...concerning.map(([each]) => each.subscription.stackId.length));
  const rows = concerning.map(([facts, found]) => {
    const ids = [...new Set(found.map(({ cause }) => cause))].join(', ');
    const verdict = ids === '' ? green(oneLine(working(facts))) : red(ids);
    return `${facts.subscription.stackId.padEnd(width)}  ${verdict}`;
  });
  const paragraphs = groupBy(causes, withoutStack).map((same) => {
    const { cause, part, message, remedy } = same.length === 1 ? same[0] : withoutStack(same[0]);
    const accounts = few(unique(same.map(({ account }) => account))) || 'all accounts';
    const place = [accounts, few(same.map(({ stack }) => stack)), part].filter(Boolean);
    return [
      '',
      `${red(cause)} ${bold(oneLine(place.join(', ')))}`,
      `  ${oneLine(message)}`,
      ...toDo(oneLine(remedy)),
    ];
  });
  const works = concerning.filter(([, found]) => found.length === 0).length;
  const all = counted(concerning.length, 'subscription', 'subscriptions');
  const total =
    causes.length === 0
      ? `${all} without a cause; ${CHECKED}`
      : `${counted(causes.length, 'cause', 'causes')}; ${works} of ${all} without one`;
  return [...rows, ...paragraphs.flat(), '', total];
}

/** Each command whole on a line of its own, to be copied. */
function toDo(remedy: string): string[] {
  const [first = '', ...others] = partsOf(remedy);
  const lines = others.map((part, index) =>
    index % 2 === 0 ? `    ${part}` : `  ${part.replace(/^[;,.]? */, '').trimEnd()}`,
  );
  return [`  To do: ${first}`.trimEnd(), ...lines].filter((line) => line.trim() !== '');
}

/** What causes of several stacks have in common, if they differ in nothing else. */
function withoutStack(cause: Cause): Cause {
  const { stack } = cause;
  if (stack === '') return cause;
  const [message = '', remedy = ''] = [cause.message, cause.remedy].map((text) =>
    text.replaceAll(stack, '<stack>'),
  );
  return { ...cause, account: '', stack: '', message, remedy };
}

const CHECKED =
  'checked: credentials, states and locks, roles, streams, policies, keys, mappings, functions, metrics, failed batches, alarms';

function working({ subscription, consumer, mapping }: SubscriptionFacts): string {
  if (!subscription.enabled) return 'is off, as the topology says (enabled: false)';
  if (!isFound(mapping)) return 'works';
  const read = consumer.metrics.of(MAPPING_METRICS.polledRecords, mapping.UUID ?? '');
  const last = read.find(({ value }) => value > 0);
  return last
    ? `works; the last records were read in the hour from ${time(last.at)}`
    : 'works; no records were read in the last 24 hours';
}

/** Each subscription with all causes that it has to do with. */
function causesOf({ facts, causes }: Examination): ReadonlyMap<SubscriptionFacts, Cause[]> {
  const byStack = new Map<string, Cause[]>();
  for (const cause of causes) {
    byStack.set(cause.stack, [...(byStack.get(cause.stack) ?? []), cause]);
  }
  const ofAccounts = byStack.get('') ?? [];
  return new Map(
    facts.subscriptions.map((each) => {
      const { subscription, account, consumer, producer } = each;
      const accounts = ['', account, producer?.account];
      const stacks = [consumer.stack, producer?.stack ?? '', subscription.stackId];
      const found = [
        ...ofAccounts.filter((cause) => accounts.includes(cause.account)),
        ...stacks.filter(Boolean).flatMap((stack) => byStack.get(stack) ?? []),
      ];
      return [each, found];
    }),
  );
}
