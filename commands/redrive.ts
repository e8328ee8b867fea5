import { constants } from 'node:os';
import { z } from 'zod';
import { loadTopology } from '../load/load';
import { connect, type Target } from '../operate/redrive/aws';
import { findFailedBatches, type Outcome, redrive } from '../operate/redrive/redrive';
import {
  isClean,
  otherLine,
  outcomeLine,
  summaryLine,
  toJson,
  UNITS,
} from '../operate/redrive/report';
import { ONE_INTERRUPT } from '../terraform/program';
import { arns } from '../topology/arns';
import { ownPage } from '../topology/own-files';
import { UserError } from '../topology/problem';
import type { Values } from './command';
import { defineTopologyCommand } from './topology';

const OPTIONS = {
  consumer: { type: 'string', value: '<name>', does: 'a consumer of the topology file' },
  since: {
    type: 'string',
    value: '<time>',
    does: 'only batches that failed since then: 2h, 7d, 2026-01-02 or 2026-01-02T03:04:05Z',
  },
  role: { type: 'string', value: '<ARN>', does: "a role instead of the account's deploy role" },
  'dry-run': { type: 'boolean', does: 'list them, deliver and delete nothing' },
  json: {
    type: 'boolean',
    does: 'one JSON document on standard output, all else on standard error',
  },
} as const;

/** `npm run redrive`: failed batches again, in order. */
export const command = defineTopologyCommand(
  'redrive',
  OPTIONS,
  async (options, { topologyFile, now, stdout, stderr }) => {
    const { 'dry-run': dryRun = false, json = false } = options;
    const print = (line: string) => (json ? stderr : stdout).write(`${line}\n`);
    const since = options.since === undefined ? undefined : parseSince(options.since, now);
    const target = targetOf(options, topologyFile);
    const { consumer } = target;
    const functionArn = arns.function(consumer.account, consumer.function.name);
    const origin = { functionArn, tableArns: new Set(consumer.sources.map(arns.table)) };
    const { store, invoke } = connect(target);
    const found = await findFailedBatches(store, origin, since);
    for (const other of found.others) print(otherLine(other));

    const outcomes: Outcome[] = [];
    const run = dryRun
      ? found.batches.map((batch) => ({ batch, status: 'listed' as const }))
      : redrive(found, { store, origin, invoke, signal: interrupts() });
    for await (const outcome of run) {
      print(outcomeLine(outcome, now));
      outcomes.push(outcome);
    }
    const report = {
      consumer: consumer.name,
      function: functionArn,
      bucket: consumer.failedBatches.bucket,
      dryRun,
      outcomes,
      others: found.others,
    };
    print(summaryLine(report));
    if (json) stdout.write(toJson(report));
    return isClean(report) ? 0 : 1;
  },
  `\nExit code: 0 if everything was delivered, 1 if not. Documentation: ${ownPage('failed-batches.md')}\n`,
);

function targetOf({ consumer: name = '', role }: Values<typeof OPTIONS>, file: string): Target {
  const { consumers } = loadTopology(file);
  const consumer = consumers.find((each) => each.name === name);
  if (!consumer) {
    const names = consumers.map((each) => each.name).join(', ') || 'it has none';
    throw new UserError(
      `--consumer must be a consumer of ${file} (${names}), got ${JSON.stringify(name)}`,
    );
  }
  const { id, deployRole } = consumer.account;
  if (role === undefined) return { consumer, role: deployRole };
  if (new RegExp(`^arn:[a-z-]+:iam::${id}:role/[\\w+=,.@/-]+$`).test(role)) {
    return { consumer, role: { arn: role } };
  }
  throw new UserError(
    `--role must be the ARN of a role of the consumer's account, such as arn:aws:iam::${id}:role/Redrive, got ${JSON.stringify(role)}`,
  );
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

/** Aborted by the first interrupt; the next one ends the process. */
function interrupts(): AbortSignal {
  const stop = new AbortController();
  let interrupted = 0;
  process.on('SIGINT', () => {
    if (!stop.signal.aborted) {
      console.error('Stopping after the batch that is being delivered; interrupt again to end now');
      interrupted = Date.now();
      stop.abort();
    } else if (Date.now() - interrupted > ONE_INTERRUPT) {
      process.exit(128 + constants.signals.SIGINT);
    }
  });
  return stop.signal;
}
