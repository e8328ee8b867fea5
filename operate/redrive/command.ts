import { loadTopology } from '../../load/load';
import { arns, parseArn } from '../../topology/arns';
import { UserError } from '../../topology/problem';
import type { Account, ResolvedConsumer, ResolvedTopology } from '../../topology/resolve';
import type { Options } from './options';
import { findFailedBatches, type Invoke, type Outcome, redrive, type Store } from './redrive';
import { isClean, otherLine, outcomeLine, type Report, summaryLine, toJson } from './report';

/** What the command needs of the world. */
export interface World {
  readonly options: Options;
  readonly topologyFile: string;
  readonly now: Date;
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
  readonly connect: (target: Target) => { readonly store: Store; readonly invoke: Invoke };
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The consumer whose failed batches are delivered. */
export interface Target {
  readonly consumer: ResolvedConsumer;
  /** The role to assume; otherwise the credentials of whoever runs the command are used. */
  readonly role?: NonNullable<Account['deployRole']>;
}

/**
 * @returns the exit code
 * @throws UserError
 */
export async function redriveCommand(world: World): Promise<number> {
  const { options, now, signal, stdout, stderr } = world;
  const lines = options.json ? stderr : stdout;
  const print = (line: string) => lines.write(`${line}\n`);

  const target = targetOf(loadTopology(world.topologyFile), options, world.topologyFile);
  const { consumer } = target;
  const functionArn = arns.function(consumer.account, consumer.function.name);
  const origin = { functionArn, tableArns: new Set(consumer.sources.map(arns.table)) };
  const { store, invoke } = world.connect(target);
  const found = await findFailedBatches(store, origin, options.since);
  for (const other of found.others) print(otherLine(other));

  const outcomes: Outcome[] = [];
  const run = options.dryRun
    ? found.batches.map((batch) => ({ batch, status: 'listed' as const }))
    : redrive(found, { store, origin, invoke, signal });
  for await (const outcome of run) {
    print(outcomeLine(outcome, now));
    outcomes.push(outcome);
  }

  const result: Report = {
    consumer: consumer.name,
    function: functionArn,
    bucket: consumer.failedBatches.bucket,
    dryRun: options.dryRun,
    outcomes,
    others: found.others,
  };
  print(summaryLine(result));
  if (options.json) stdout.write(toJson(result));
  return isClean(result) ? 0 : 1;
}

function targetOf({ consumers }: ResolvedTopology, options: Options, file: string): Target {
  const consumer = consumers.find(({ name }) => name === options.consumer);
  if (!consumer) {
    const names = consumers.map(({ name }) => name).join(', ');
    throw new UserError(
      `--consumer must be a consumer of ${file} (${names || 'it has none'}), got ${JSON.stringify(options.consumer)}`,
    );
  }
  const { id, deployRole } = consumer.account;
  if (options.role !== undefined && parseArn(options.role).id !== id) {
    throw new UserError(
      `--role must be a role of the consumer's account ${id}, got ${options.role}`,
    );
  }
  return { consumer, role: options.role === undefined ? deployRole : { arn: options.role } };
}
