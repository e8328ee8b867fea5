import { z } from 'zod';
import { UserError } from '../../topology/problem';

export interface Options {
  readonly consumer: string;
  /** Only batches that failed at this time or later. */
  readonly since?: Date;
  /** ARN of the role to assume instead of the account's deploy role. */
  readonly role?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** The options as they are on the command line. */
type Values = Partial<Record<'consumer' | 'since' | 'role', string>> &
  Partial<Record<'dry-run' | 'json', boolean>>;

/** Milliseconds of the units of --since. */
export const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * @param now what durations are counted back from
 * @param env where npm puts its own option --dry-run, as which it takes one that is before `--`
 * @throws UserError that names the option and what to write
 */
export function readOptions(
  values: Values,
  now: Date,
  env: Readonly<Record<string, string | undefined>>,
): Options {
  const { consumer, since, role, 'dry-run': dryRun = false, json = false } = values;
  if (!dryRun && !['', 'false'].includes(env.npm_config_dry_run ?? '')) {
    throw new UserError(
      'npm has taken --dry-run for its own option; write it after --: npm run redrive -- --consumer <name> --dry-run',
    );
  }
  if (!consumer) {
    throw new UserError(
      '--consumer <name> is missing; npm run redrive -- --help shows the options',
    );
  }
  if (role !== undefined && !/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(role)) {
    throw new UserError(
      `--role must be the ARN of a role such as arn:aws:iam::111122223333:role/Redrive, got ${JSON.stringify(role)}`,
    );
  }
  return {
    consumer,
    since: since === undefined ? since : parseSince(since, now),
    role,
    dryRun,
    json,
  };
}

function parseSince(text: string, now: Date): Date {
  const [, count, unit] = /^([1-9]\d{0,4})([smhd])$/.exec(text) ?? [];
  if (count) return new Date(now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS]);
  if (!z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success) {
    throw new UserError(
      `--since must be a duration such as 30m, 2h or 7d, a date such as 2026-01-02 (from 00:00 UTC) or a time with its zone such as 2026-01-02T03:04:05Z, got ${JSON.stringify(text)}`,
    );
  }
  const since = new Date(text);
  if (since > now) throw new UserError(`--since must be in the past, got ${text}`);
  return since;
}
