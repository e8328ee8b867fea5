import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeSection } from '../review/report/markdown';
import { planSection } from '../review/report/plan';
import type { Answer } from '../review/report/sections';
import { LOCK_FILE } from '../terraform/initialize';
import { PLAN, type StackPlan } from '../terraform/plan';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { type Stack, stacksOf } from '../topology/stacks';
import { OUTDIR, type Runner } from './runner';
import { hasChanges, type Plans, reasons, totals } from './summary';

const INDEX = 'plan.json';

const change = z.object({
  address: z.string(),
  action: z.enum(['replaced', 'destroyed', 'changed', 'added']),
  attributes: z.array(z.string()),
});

const stack = z.object({
  id: z.string(),
  account: z.string().optional(),
  /** SHA-256 of the configuration that was planned, but for the roles that planned it. */
  configuration: z.string(),
  /** Why it is not planned. */
  why: z.array(z.string()),
});

const index = z.object({
  version: z.literal(1),
  topology: z.string(),
  /** Runner that planned it, and their number. */
  shard: z.string().optional(),
  total: z.string(),
  stacks: z.array(
    z.discriminatedUnion('status', [
      stack.extend({
        status: z.literal('planned'),
        failed: z.literal(false),
        changes: z.array(change),
        outputs: z.array(z.string()),
      }),
      stack.extend({
        status: z.literal('after'),
        failed: z.literal(false),
        after: z.string(),
        resources: z.number(),
      }),
      stack.extend({
        status: z.enum(['failed', 'skipped', 'stopped']),
        failed: z.literal(true),
      }),
    ]),
  ),
  removed: z.array(z.string()),
});

interface Planned {
  readonly topology: ResolvedTopology;
  readonly shard?: string;
  readonly plans: Plans;
  readonly removed: readonly string[];
}

/**
 * Writes plans to a folder: Terraform's files, a summary for a pull request, and one as JSON.
 *
 * @throws UserError if something else is in the folder
 */
export function savePlans(
  folder: string,
  { topology, shard, plans, removed }: Planned,
  runner: Runner,
): void {
  const isOurs = existsSync(path.join(folder, INDEX));
  if (existsSync(folder) && !isOurs && readdirSync(folder).length > 0) {
    throw new UserError(`--out must be a new folder or one of earlier plans, got ${folder}`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [stack, plan] of plans) {
    if (plan.status === 'planned' && hasChanges(plan)) {
      copy(runner.folderOf(stack), path.join(folder, 'stacks', stack.id));
    }
  }
  const stacks = [...plans].map(([stack, plan]) => ({
    id: stack.id,
    account: stack.account,
    ...plan,
    configuration: configurationIn(runner.folderOf(stack)),
    why: reasons(stack, plan, runner.explain),
  }));
  const total = totals(plans, removed);
  const saved = { version: 1, topology: topology.name, shard, total, stacks, removed };
  const content = index.parse(saved);
  writeFileSync(path.join(folder, INDEX), `${JSON.stringify(content, null, 2)}\n`);
  writeFileSync(path.join(folder, 'plan.md'), writeSection(planSection(content), INDEX));
}

/**
 * Puts saved plans into the folders of their stacks.
 *
 * @throws UserError also of stacks that could not be planned
 */
export function usePlans(folder: string, topology: ResolvedTopology, runner: Runner): Plans {
  const { stacks } = readPlans(folder, topology, OUTDIR);
  const failed = stacks.filter((stack) => stack.failed);
  refuse(failed.map(({ id }) => `${id} could not be planned; plan again`));
  const plans = new Map<Stack, StackPlan>();
  for (const { stack, files, ...plan } of stacks) {
    if (plan.failed) continue;
    if (hasChanges(plan) && existsSync(files)) copy(files, runner.folderOf(stack));
    plans.set(stack, plan);
  }
  return plans;
}

/**
 * What saved plans change, as a part of a review.
 *
 * @param outdir where the stacks are synthesized
 * @throws UserError also if a shard is not there
 */
export function planAnswer(folder: string, topology: ResolvedTopology, outdir: string): Answer {
  const { shards, stacks, removed } = readPlans(folder, topology, outdir);
  const counts = [...new Set(shards.map((shard) => shard.split('/')[1]))];
  const all = counts.flatMap((count) =>
    Array.from({ length: Number(count) }, (_, part) => `${part + 1}/${count}`),
  );
  const missing = all.filter((shard) => !shards.includes(shard));
  refuse(missing.map((shard) => `the plan of shard ${shard} is not in ${folder}`));
  const total = totals(new Map(stacks.map((stack) => [stack.id, stack])), removed);
  return planSection({ total, stacks, removed });
}

/**
 * The plans in a folder, and in folders below it, as of the shards of a CI matrix.
 *
 * @throws UserError of plans that are not of the stacks as they are synthesized now
 */
function readPlans(folder: string, topology: ResolvedTopology, outdir: string) {
  const all = stacksOf(topology);
  const indexes = indexesIn(folder);
  const seen = new Set<string>();
  const problems: string[] = [];
  const stacks = indexes.flatMap(({ file, topology: name, stacks }) => {
    if (name !== topology.name) {
      problems.push(`${file} is of the topology ${name}, not of ${topology.name}`);
      return [];
    }
    return stacks.flatMap((saved) => {
      const { id } = saved;
      const stack = all.find((each) => each.id === id);
      if (!stack) problems.push(`${id} is not in the topology`);
      else if (seen.has(id)) problems.push(`${id} was planned twice`);
      else if (saved.configuration !== configurationIn(path.join(outdir, 'stacks', id))) {
        problems.push(`${id} has another configuration than the one that was planned`);
      } else {
        seen.add(id);
        return [{ ...saved, stack, files: path.join(path.dirname(file), 'stacks', id) }];
      }
      return [];
    });
  });
  refuse(problems.map((problem) => `${problem}; plan again`));
  return {
    stacks: stacks.sort((one, other) => all.indexOf(one.stack) - all.indexOf(other.stack)),
    removed: [...new Set(indexes.flatMap(({ removed }) => removed))],
    shards: indexes.flatMap(({ shard }) => shard ?? []),
  };
}

function indexesIn(folder: string) {
  if (!existsSync(folder)) refuse([`${folder} is not there; npm run plan -- --out writes it`]);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === INDEX)
    .map((name) => path.join(folder, name));
  if (files.length === 0) refuse([`${folder} has no ${INDEX}; npm run plan -- --out writes it`]);
  return files.sort().map((file) => {
    try {
      return { file, ...index.parse(JSON.parse(readFileSync(file, 'utf8'))) };
    } catch {
      throw new UserError(`--plans: ${file} is not what npm run plan -- --out writes; plan again`);
    }
  });
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(...problems.map((each) => `--plans: ${each}`));
}

/** The plan, the providers it was made with, and the archives of the code that it deploys. */
function copy(from: string, to: string): void {
  const assets = readdirSync(from, { recursive: true }).map(String);
  const archives = assets.filter((file) => /^assets\b.*\.zip$/.test(file));
  for (const file of [PLAN, LOCK_FILE, ...archives]) {
    cpSync(path.join(from, file), path.join(to, file));
  }
}

/** Undefined if the stack is not synthesized as JSON. */
function configurationIn(folder: string): string | undefined {
  const file = path.join(folder, 'cdk.tf.json');
  if (!existsSync(file)) return undefined;
  const withoutRoles = (key: string, value: unknown) => (key === 'assume_role' ? undefined : value);
  const text = JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), withoutRoles);
  return createHash('sha256').update(text).digest('hex');
}
