import { parseArgs } from 'node:util';
import { z } from 'zod';
import { RedriveError } from './problem';

export interface Options {
  readonly consumer: string;
  /** Only batches that failed at this time or later. */
  readonly since?: Date;
  /** ARN of the role to assume instead of the account's deploy role. */
  readonly role?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export const USAGE = `Delivers the batches a consumer's function failed on to the function again, and deletes those it processes.

  npm run redrive -- --consumer <name> [--since <time>] [--role <ARN>] [--dry-run] [--json]

  --consumer <name>  a consumer of the topology file, which TOPOLOGY selects
  --since <time>     only batches that failed since then: 2h, 7d, 2026-01-02 or 2026-01-02T03:04:05Z
  --role <ARN>       a role to assume instead of the account's deploy role; docs/failed-batches.md has its policy
  --dry-run          list them, deliver and delete nothing
  --json             one JSON document on standard output, all else on standard error
  --help             this text

Exit code: 0 if everything was delivered, 1 if not. Documentation: docs/failed-batches.md
`;

const OPTIONS = {
  consumer: { type: 'string' },
  since: { type: 'string' },
  role: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const EXAMPLE = 'npm run redrive -- --consumer <name> --dry-run';
const MORE = 'npm run redrive -- --help shows the options';
const SINCE_RULE =
  '--since must be a duration such as 30m, 2h or 7d, a date such as 2026-01-02 (from 00:00 UTC) or a time with its zone such as 2026-01-02T03:04:05Z';
const MILLISECONDS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * @param now what durations are counted back from
 * @param env where npm puts its own option --dry-run, as which it takes one that stands before `--`
 * @returns `help` if that is asked for
 * @throws RedriveError that names the option and what to write
 */
export function parseOptions(
  args: readonly string[],
  now: Date,
  env: Readonly<Record<string, string | undefined>>,
): Options | 'help' {
  if (isOn(env.npm_config_dry_run) && !args.includes('--dry-run')) {
    throw new RedriveError(
      `npm has taken --dry-run for its own option; write it after --: ${EXAMPLE}`,
    );
  }
  const values = parse(args);
  if (values.help) return 'help';
  if (!values.consumer) throw new RedriveError(`--consumer <name> is missing; ${MORE}`);
  return {
    consumer: values.consumer,
    since: values.since === undefined ? undefined : parseSince(values.since, now),
    role: values.role === undefined ? undefined : parseRole(values.role),
    dryRun: values['dry-run'],
    json: values.json,
  };
}

function isOn(variable: string | undefined): boolean {
  return variable !== undefined && !['', 'false'].includes(variable);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    // Node's first sentence names the option; the others are of no use here.
    const [sentence = ''] = (error as Error).message.split(/\.(?:\s|$)/);
    throw new RedriveError(`${sentence}; ${MORE}`);
  }
}

function parseSince(text: string, now: Date): Date {
  const [, count, unit] = /^([1-9]\d{0,4})([smhd])$/.exec(text) ?? [];
  const since = count
    ? new Date(now.getTime() - Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS])
    : parseTime(text);
  if (since > now) throw new RedriveError(`--since must be in the past, got ${text}`);
  return since;
}

function parseRole(arn: string): string {
  if (/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)) return arn;
  throw new RedriveError(
    `--role must be the ARN of a role such as arn:aws:iam::111122223333:role/Redrive, got ${JSON.stringify(arn)}`,
  );
}

function parseTime(text: string): Date {
  const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text);
  if (!time.success) throw new RedriveError(`${SINCE_RULE}, got ${JSON.stringify(text)}`);
  return new Date(time.data);
}
