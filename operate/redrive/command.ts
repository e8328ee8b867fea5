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
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  write(text: string): unknown;
}

/** The consumer whose failed batches are delivered. */
export interface Target {
  readonly consumer: ResolvedConsumer;
  readonly bucket: string;
  readonly functionArn: string;
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
  const origin = {
    functionArn: target.functionArn,
    tableArns: new Set(target.consumer.sources.map(arns.table)),
  };
  const { store, invoke } = world.connect(target);
  const found = await findFailedBatches(store, origin, options.since);
  const { batches, others } = found;
  for (const other of others) print(otherLine(other));

  const outcomes: Outcome[] = [];
  const run = options.dryRun
    ? batches.map((batch) => ({ batch, status: 'listed' as const }))
    : redrive(found, { store, origin, invoke, signal });
  for await (const outcome of run) {
    print(outcomeLine(outcome, now));
    outcomes.push(outcome);
  }

  const result: Report = {
    consumer: target.consumer.name,
    function: target.functionArn,
    bucket: target.bucket,
    dryRun: options.dryRun,
    outcomes,
    others,
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
  return {
    consumer,
    bucket: consumer.failedBatches.bucket,
    functionArn: arns.function(consumer.account, consumer.function.name),
    role: options.role === undefined ? deployRole : { arn: options.role },
  };
}
