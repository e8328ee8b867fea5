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
import { LOCK_FILE } from '../terraform/initialize';
import { PLAN, type StackPlan } from '../terraform/plan';
import type { Stack } from '../terraform/stacks';
import { UserError } from '../topology/problem';
import type { Runner } from './runner';
import { hasChanges, type Plans, totals } from './summary';

const INDEX = 'plan.json';

const change = z.object({
  address: z.string(),
  action: z.enum(['replaced', 'destroyed', 'changed', 'added']),
  attributes: z.array(z.string()),
});

const stack = z.object({
  id: z.string(),
  account: z.string().optional(),
  /** SHA-256 of the configuration that was planned. */
  configuration: z.string(),
});

const index = z.object({
  version: z.literal(1),
  topology: z.string(),
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
      stack.extend({ status: z.enum(['failed', 'skipped', 'stopped']) }),
    ]),
  ),
  removed: z.array(z.string()),
});

/**
 * Writes plans to a folder: Terraform's files, a summary for a pull request, and one as JSON.
 *
 * @throws UserError if something else is in the folder
 */
export function savePlans(
  folder: string,
  topology: string,
  plans: Plans,
  removed: readonly string[],
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
      copy(runner.folderOf(stack), folderIn(folder, stack));
    }
  }
  const total = totals(plans);
  const stacks = [...plans].map(([stack, plan]) => {
    const { id, account } = stack;
    return { id, account, ...plan, configuration: configurationOf(runner.folderOf(stack)) };
  });
  const content = index.parse({ version: 1, topology, total, stacks, removed });
  writeFileSync(path.join(folder, INDEX), `${JSON.stringify(content, null, 2)}\n`);
  const notes = runner.notes(plans, removed);
  writeFileSync(path.join(folder, 'plan.md'), writeSection(planSection(plans, total, notes)));
}

/**
 * Puts saved plans into the folders of their stacks.
 *
 * @throws UserError of stacks that could not be planned, or whose configuration is another one by now
 */
export function usePlans(folder: string, stacks: readonly Stack[], runner: Runner): Plans {
  const { data, error } = index.safeParse(readIndex(path.join(folder, INDEX)));
  if (error) throw new UserError(`${folder}/${INDEX} is not what npm run plan -- --out writes`);
  const problems: string[] = [];
  const plans = new Map<Stack, StackPlan>();
  for (const { id, account: _, configuration, ...plan } of data.stacks) {
    const stack = stacks.find((each) => each.id === id);
    if (!stack) problems.push(`${id} is not in the topology`);
    else if (!('failed' in plan)) problems.push(`${id} could not be planned`);
    else if (configuration !== configurationOf(runner.folderOf(stack))) {
      problems.push(`${id} has another configuration than the one that was planned`);
    } else plans.set(stack, plan);
  }
  if (problems.length > 0) {
    throw new UserError(...problems.map((problem) => `--plans: ${problem}; plan again`));
  }
  for (const [stack, plan] of plans) {
    const from = folderIn(folder, stack);
    if (hasChanges(plan) && existsSync(from)) copy(from, runner.folderOf(stack));
  }
  return plans;
}

function readIndex(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(
      `--plans must be a folder of npm run plan -- --out: ${(error as Error).message}`,
    );
  }
}

/** The plan, the providers it was made with, and the archives of the code that it deploys. */
function copy(from: string, to: string): void {
  const assets = readdirSync(from, { recursive: true }).map(String);
  const archives = assets.filter((file) => /^assets\b.*\.zip$/.test(file));
  for (const file of [PLAN, LOCK_FILE, ...archives]) {
    cpSync(path.join(from, file), path.join(to, file));
  }
}

function folderIn(folder: string, { id }: Stack): string {
  return path.join(folder, 'stacks', id);
}

function configurationOf(folder: string): string {
  const file = path.join(folder, 'cdk.tf.json');
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
