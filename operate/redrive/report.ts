import { tableOfStream } from '../../topology/arns';
import { oneLine, shortened, visible } from '../../topology/unicode';
import type { OtherObject, Outcome } from './redrive';

/** Milliseconds of the units of durations. */
export const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export interface Report {
  readonly consumer: string;
  readonly function: string;
  readonly bucket: string;
  readonly dryRun: boolean;
  readonly outcomes: readonly Outcome[];
  readonly others: readonly OtherObject[];
}

/** One line on a batch: what became of it, where it is from, why and how long ago it failed. */
export function outcomeLine({ batch, status, problem }: Outcome, now: Date): string {
  const { account, name: table } = tableOfStream(batch.streamArn);
  const facts = [
    status.padEnd('delivered'.length),
    `${table} (${account.id}, ${account.region}) ${batch.shardId}`,
    `${counted(batch.records, 'record', 'records')}, ${batch.startSequenceNumber} to ${batch.endSequenceNumber}`,
    `${batch.condition} ${age(batch.failedAt, now)} ago`,
  ];
  return oneLine(facts.join('  ') + (problem === undefined ? '' : `: ${shortened(problem)}`));
}

export function otherLine({ key, read, problem }: OtherObject): string {
  const what = read ? 'not a failed batch of this consumer' : 'not read';
  return oneLine(`${what}  ${key}: ${shortened(problem)}`);
}

/** The closing line, such as `3 of 4 batches delivered, 1 failed, 0 waiting`. */
export function summaryLine({ outcomes, others, dryRun }: Report): string {
  const of = (wanted: Outcome['status']) => outcomes.filter(({ status }) => status === wanted);
  const delivered = of('delivered');
  const undeleted = delivered.filter(({ problem }) => problem !== undefined).length;
  const batches = counted(outcomes.length, 'batch', 'batches');
  const parts = dryRun
    ? [`${batches} listed, none delivered since this is a dry run`]
    : [
        `${delivered.length} of ${batches} delivered`,
        `${of('failed').length} failed`,
        `${of('waiting').length} waiting`,
      ];
  if (undeleted > 0) parts.push(`${undeleted} delivered but not deleted`);
  if (others.length > 0) parts.push(counted(others.length, 'other object', 'other objects'));
  return parts.join(', ');
}

/** Whether all that was found was delivered, or listed, and nothing else is in the bucket. */
export function isClean({ outcomes, others }: Report): boolean {
  return others.length === 0 && outcomes.every(({ problem }) => problem === undefined);
}

/** The report as one JSON document, whose texts cannot act on a terminal. */
export function toJson({ outcomes, others, ...run }: Report): string {
  const batches = outcomes.map(({ batch, ...outcome }) => ({ ...outcome, ...batch }));
  const lines = JSON.stringify({ ...run, batches, others }, null, 2).split('\n');
  return lines.map((line) => `${visible(line)}\n`).join('');
}

export function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** As `--since` takes it, such as `45s` or `2h`; rounded down. */
function age(time: string, now: Date): string {
  const milliseconds = Math.max(0, now.getTime() - Date.parse(time));
  const unit = (['d', 'h', 'm'] as const).find((unit) => milliseconds >= UNITS[unit]) ?? 's';
  return `${Math.floor(milliseconds / UNITS[unit])}${unit}`;
}
