import { readFileSync } from 'node:fs';
import path from 'node:path';
import { changedAttributes, driftedAttributes } from './attributes';
import { ACTIONS, type Diagnostic, type Failed } from './messages';
import type { Terraform } from './program';

/** What happens to a resource. */
export interface Change {
  readonly address: string;
  readonly action: 'replaced' | 'destroyed' | 'changed' | 'added';
  /** Attributes that differ; of a replaced resource those that replace it. Values may be secret. */
  readonly attributes: readonly string[];
}

export type StackPlan =
  | {
      readonly status: 'planned';
      readonly failed: false;
      readonly changes: readonly Change[];
      /** Outputs whose value changes, or may change. */
      readonly outputs: readonly string[];
    }
  /** Cannot be planned before another stack is deployed. */
  | {
      readonly status: 'after';
      readonly failed: false;
      readonly after: string;
      readonly resources: number;
    }
  | Failed;

/** Name of the plan's file in the folder of the stack. */
export const PLAN = 'plan';

/** What Terraform says where a stack was never deployed. */
export const NO_STATE = 'Unable to find remote state';

/** `blind destroy` reads nothing of other stacks, and nothing in AWS. */
const FLAGS = {
  deploy: [],
  destroy: ['-destroy'],
  'blind destroy': ['-destroy', '-refresh=false'],
  drift: ['-refresh-only'],
} as const;

export type PlanKind = keyof typeof FLAGS;

/**
 * Plans a stack, and leaves the plan in its folder. It takes no lock, so that whoever may only read can plan; a plan
 * that is out of date is refused when it is applied.
 *
 * @param planned plans of the stacks that come before it, by their ids
 */
export async function planStack(
  terraform: Terraform,
  folder: string,
  kind: PlanKind,
  planned: ReadonlyMap<string, StackPlan> = new Map(),
): Promise<StackPlan> {
  const { reads, resources } = configurationIn(folder);
  const waits = { status: 'after', failed: false, resources } as const;
  const after = reads.find(({ id, outputs }) => mayChange(planned.get(id), outputs))?.id;
  if (after) return { ...waits, after };

  const found = new Map<string, Change>();
  const outputs: string[] = [];
  const read = kind === 'drift' ? 'resource_drift' : 'planned_change';
  const args = ['plan', '-json', '-input=false', '-lock=false', `-out=${PLAN}`, ...FLAGS[kind]];
  const outcome = await terraform.run(folder, args, (message) => {
    const address = message.change?.resource.addr ?? '';
    const action = message.type === read ? ACTIONS[message.change?.action ?? 'noop'] : undefined;
    if (action) found.set(address, { address, action, attributes: [] });
    for (const [name, output] of Object.entries(message.outputs ?? {})) {
      if (output.action !== 'noop') outputs.push(name);
    }
  });
  if (!outcome.succeeded) {
    // What it reads may be gone already. What is protected is refused again.
    if (kind === 'destroy' && !terraform.stopped) {
      return planStack(terraform, folder, 'blind destroy');
    }
    const errors = withPredecessors(outcome.errors, folder);
    const missing = errors.every((error) => error.after) ? errors[0]?.after : undefined;
    if (kind === 'deploy' && missing && !planned.has(missing)) return { ...waits, after: missing };
    return { status: 'failed', failed: true, errors };
  }
  const sorted = [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  const changes = await detailed(sorted, terraform, folder, kind);
  if ('failed' in changes) return changes;
  return { status: 'planned', failed: false, changes, outputs: kind === 'deploy' ? outputs : [] };
}

/** Whether the outputs that a stack reads may change. */
function mayChange(plan: StackPlan | undefined, read: readonly string[]): boolean {
  if (plan?.status === 'planned') return plan.outputs.some((name) => read.includes(name));
  return plan?.status === 'after';
}

/** Of a stack whose predecessor is not deployed Terraform says that there is no state, or no such output. */
export function withPredecessors(errors: readonly Diagnostic[], folder: string): Diagnostic[] {
  const { reads } = configurationIn(folder);
  return errors.map((error) => {
    const isMissing =
      error.summary === NO_STATE || error.summary === 'Resource postcondition failed';
    const read = reads.find(({ address }) => isMissing && address === error.address);
    return { ...error, after: read?.id };
  });
}

/** With the attributes that differ, which only the whole plan has: Terraform takes seconds to write it. */
async function detailed(
  changes: readonly Change[],
  terraform: Terraform,
  folder: string,
  kind: PlanKind,
): Promise<readonly Change[] | Failed> {
  const isInPlace = ({ action }: Change) => action === 'replaced' || action === 'changed';
  if (!changes.some(isInPlace)) return changes;
  const args = ['show', '-json', '-no-color', PLAN];
  const { succeeded, output, errors } = await terraform.run(folder, args);
  if (!succeeded) return { status: 'failed', failed: true, errors };
  const plan = JSON.parse(output);
  const details = kind === 'drift' ? driftedAttributes(plan) : changedAttributes(plan);
  return changes.flatMap((change) => {
    if (!isInPlace(change)) return [change];
    const attributes = details.get(change.address) ?? [];
    return kind === 'drift' && attributes.length === 0 ? [] : [{ ...change, attributes }];
  });
}

/** The outputs of other stacks that a stack reads, and the number of its resources. */
function configurationIn(folder: string) {
  const text = readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8');
  const { data = {}, resource = {} } = JSON.parse(text);
  const states: Record<string, { config: { key: string } }> = data.terraform_remote_state ?? {};
  const reads = Object.entries(states).map(([name, { config }]) => {
    const address = `data.terraform_remote_state.${name}`;
    const outputs = text.match(new RegExp(`(?<=${address}\\.outputs\\.)\\w+`, 'g')) ?? [];
    return { id: path.posix.basename(config.key, '.tfstate'), address, outputs };
  });
  const resources = Object.values<object>(resource).flatMap((named) => Object.keys(named)).length;
  return { reads, resources };
}
