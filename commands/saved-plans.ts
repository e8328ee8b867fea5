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
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { few, unique } from '../review/lists';
import { writeSection } from '../review/report/markdown';
import { type PlanSummary, planSection } from '../review/report/plan';
import { paragraph, strong } from '../review/report/words';
import type { ReviewInput } from '../review/review';
import { LOCK_FILE } from '../terraform/initialize';
import { PLAN, type StackPlan } from '../terraform/plan';
import { writing } from '../topology/paths';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { stacksOf } from '../topology/stacks';
import type { NotRun } from './in-order';
import { OUTDIR, type Runner } from './runner';
import { isShard } from './selection';
import { changesOf, hasChanges, type Plans, summarized, totals } from './summary';

const INDEX = 'plan.json';
const SUMMARY = 'plan.md';
const STACKS = 'stacks';
const TITLE = 'What will a deploy change?';

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
  shard: z.string().refine(isShard).optional(),
  total: z.string(),
  stacks: z.array(
    z.discriminatedUnion('status', [
      stack.extend({
        status: z.literal('planned'),
        failed: z.literal(false),
        changes: z.array(change),
        outputs: z.array(z.string()),
        /** SHA-256 of Terraform's plan and of what is applied with it, if there are changes. */
        files: z.string().optional(),
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
  /** Stacks of the runner that were left out by a commit or by patterns. */
  notAsked: z.array(z.string()),
  removed: z.array(z.string()),
});

/** What names the folder, for messages. */
type Option = '--plans' | '--approved';

interface Planned {
  readonly topology: ResolvedTopology;
  readonly shard?: string;
  readonly plans: Plans;
  readonly notAsked: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes a folder for plans, and removes earlier ones from it.
 *
 * @throws UserError if something else is in the folder, or nothing can be written there
 */
export function clearPlans(folder: string): void {
  writing('the plan', folder, () => {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0 && !readIndex(path.join(folder, INDEX))) {
      throw new UserError(`--out must be a new folder or one of earlier plans, got ${folder}`);
    }
    for (const name of [INDEX, SUMMARY, STACKS]) {
      rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  });
}

/**
 * Writes plans to a folder: Terraform's files, a summary for a pull request, and one as JSON.
 *
 * @throws UserError if they cannot be written
 */
export function savePlans(
  folder: string,
  { topology, shard, plans, ...others }: Planned,
  runner: Runner,
): void {
  const stacks = summarized(plans, runner.explain).map((plan) => {
    const from = runner.folderOf(plan);
    const files = plan.status === 'planned' && hasChanges(plan) ? hashOf(from) : undefined;
    return { ...plan, configuration: configurationIn(from), files };
  });
  const total = totals(plans, others.removed);
  const saved = { version: 1, topology: topology.name, shard, total, stacks, ...others };
  const content = index.parse(saved);
  const summary = writeSection(planSection({ title: TITLE, ...content }), INDEX);
  writing('the plan', folder, () => {
    for (const { id, files } of stacks) {
      if (files) copy(runner.folderOf({ id }), path.join(folder, STACKS, id));
    }
    writeFileSync(path.join(folder, SUMMARY), summary);
    writeFileSync(path.join(folder, INDEX), `${JSON.stringify(content, null, 2)}\n`);
  });
}

/**
 * Puts saved plans into the folders of their stacks.
 *
 * @throws UserError also of stacks that could not be planned
 */
export function usePlans(folder: string, topology: ResolvedTopology, runner: Runner): Plans {
  const { stacks } = readPlans('--plans', folder, topology, OUTDIR);
  const failed = stacks.filter((stack) => stack.failed);
  refuse(
    '--plans',
    failed.map(({ id }) => `${id} could not be planned; plan again`),
  );
  const saved = stacks.filter((plan) => plan.status === 'planned' && hasChanges(plan));
  refuse('--plans', saved.flatMap(brokenFiles));
  for (const { stack, from } of saved) copy(from, runner.folderOf(stack));
  return new Map(stacks.flatMap(({ stack, ...plan }) => (plan.failed ? [] : [[stack, plan]])));
}

/**
 * Compares plans with those that somebody approved, who saw no more than `plan.json`: whoever deploys plans again,
 * since Terraform's plans hold secrets. What is done already, as after a deploy that failed, needs no approval.
 *
 * @throws UserError of each stack with another plan
 */
export function ensureApproved(folder: string, topology: ResolvedTopology, plans: Plans): void {
  const { stacks } = readPlans('--approved', folder, topology, OUTDIR);
  const approved = new Map(stacks.map((stack) => [stack.id, stack]));
  const others = [...plans].filter(([{ id }, plan]) => !isApproved(plan, approved.get(id)));
  refuse(
    '--approved',
    others.map(([{ id }]) => `${id} has another plan than the one that was approved; plan again`),
  );
}

function isApproved(
  plan: StackPlan | NotRun,
  approved: z.infer<typeof index>['stacks'][number] | undefined,
): boolean {
  if (plan.status === 'planned' && !hasChanges(plan)) return true;
  if (!approved || approved.failed || plan.failed) return false;
  // Its predecessors may be deployed by now; then it may add, as where saved plans are applied.
  if (approved.status === 'after') return changesOf(plan).every(({ action }) => action === 'added');
  return plan.status === 'planned' && isDeepStrictEqual(contentOf(plan), contentOf(approved));
}

/** Terraform lists changes in any order. */
function contentOf({
  changes,
  outputs,
}: Pick<StackPlan & { status: 'planned' }, 'changes' | 'outputs'>) {
  return new Set([
    ...changes.map(({ address, action, attributes }) =>
      JSON.stringify([address, action, [...attributes].sort()]),
    ),
    ...outputs,
  ]);
}

/**
 * What saved plans change, as a part of a review; where they cannot be used, why.
 *
 * @param outdir where the stacks are synthesized
 */
export function planAnswer(
  folder: string,
  topology: ResolvedTopology,
  outdir: string,
): NonNullable<ReviewInput['plan']> {
  try {
    return { answer: planSection(wholePlan(folder, topology, outdir)), findings: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const items = error.message.split('\n').map((line) => line.replace('--plans: ', ''));
    const answer = strong('there is no whole plan');
    return {
      answer: { title: TITLE, answer, blocks: [paragraph(answer), { kind: 'list', items }] },
      findings: items.map((message) => {
        return { rule: 'unreadable', stops: true, place: '--plans:', message };
      }),
    };
  }
}

/** @throws UserError also if a shard or a stack is not there */
function wholePlan(folder: string, topology: ResolvedTopology, outdir: string): PlanSummary {
  const { shards, stacks, ...others } = readPlans('--plans', folder, topology, outdir);
  const counts = [...new Set(shards.map((shard) => shard.split('/')[1]))];
  const all = counts.flatMap((count) =>
    Array.from({ length: Number(count) }, (_, part) => `${part + 1}/${count}`),
  );
  const missing = all.filter((shard) => !shards.includes(shard));
  const planned = new Map(stacks.map((stack) => [stack.id, stack]));
  const notAsked = others.notAsked.filter((id) => !planned.has(id));
  const lost = stacksOf(topology).filter(({ id }) => !planned.has(id) && !notAsked.includes(id));
  if (missing.length > 0)
    refuse('--plans', [`the plan of shard ${few(missing)} is not in ${folder}`]);
  if (lost.length > 0) {
    const ids = few(lost.map(({ id }) => id));
    refuse('--plans', [`the plans in ${folder} say nothing of ${ids}; plan again`]);
  }
  const total = totals(planned, others.removed);
  return { title: TITLE, total, stacks, notAsked, removed: others.removed };
}

/**
 * The plans in a folder, and in folders below it, as of the shards of a CI matrix.
 *
 * @throws UserError of plans that are not of the stacks as they are synthesized now
 */
function readPlans(option: Option, folder: string, topology: ResolvedTopology, outdir: string) {
  const all = stacksOf(topology);
  const indexes = indexesIn(option, folder);
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
        return [{ ...saved, stack, from: path.join(path.dirname(file), STACKS, id) }];
      }
      return [];
    });
  });
  refuse(
    option,
    problems.map((problem) => `${problem}; plan again`),
  );
  return {
    stacks: stacks.sort((one, other) => all.indexOf(one.stack) - all.indexOf(other.stack)),
    notAsked: unique(indexes.flatMap(({ notAsked }) => notAsked)),
    removed: unique(indexes.flatMap(({ removed }) => removed)),
    shards: indexes.flatMap(({ shard }) => shard ?? []),
  };
}

function indexesIn(option: Option, folder: string) {
  if (!existsSync(folder))
    refuse(option, [`${folder} is not there; npm run plan -- --out writes it`]);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === INDEX)
    .map((name) => path.join(folder, name));
  if (files.length === 0)
    refuse(option, [`${folder} has no ${INDEX}; npm run plan -- --out writes it`]);
  return files.sort().map((file) => {
    const content = readIndex(file);
    if (content) return { file, ...content };
    throw new UserError(`${option}: ${file} is not what npm run plan -- --out writes; plan again`);
  });
}

/** Undefined if it is something else, or cannot be read. */
function readIndex(file: string): z.infer<typeof index> | undefined {
  try {
    return index.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function refuse(option: Option, problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(...problems.map((each) => `${option}: ${each}`));
}

/** The plan, the providers it was made with, and the archives of the code that it deploys. */
function filesIn(folder: string): string[] {
  const assets = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const archives = assets.filter((file) => /^assets\b.*\.zip$/.test(file));
  return [PLAN, LOCK_FILE, ...archives.sort()];
}

function copy(from: string, to: string): void {
  for (const file of filesIn(from)) cpSync(path.join(from, file), path.join(to, file));
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesIn(folder))
    hash.update(file).update(readFileSync(path.join(folder, file)));
  return hash.digest('hex');
}

/** Why Terraform's files of a stack cannot be applied, if they cannot. */
function brokenFiles({ id, from, files }: { id: string; from: string; files?: string }): string[] {
  if (![PLAN, LOCK_FILE].every((file) => existsSync(path.join(from, file)))) {
    return [
      `${id} has changes, and ${from} lacks Terraform's plan; plan.json alone is for --approved`,
    ];
  }
  return hashOf(from) === files ? [] : [`${from} is not what plan.json was saved with; plan again`];
}

/** Undefined if the stack is not synthesized as JSON. */
function configurationIn(folder: string): string | undefined {
  const withoutRoles = (key: string, value: unknown) => (key === 'assume_role' ? undefined : value);
  try {
    const json = JSON.parse(readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8'));
    return createHash('sha256').update(JSON.stringify(json, withoutRoles)).digest('hex');
  } catch {
    return undefined;
  }
}
