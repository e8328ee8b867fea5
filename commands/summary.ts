import type { Applied } from '../terraform/apply';
import type { NotRun } from '../terraform/in-order';
import type { Diagnostic } from '../terraform/messages';
import type { Change, StackPlan } from '../terraform/plan';
import type { Stack } from '../terraform/stacks';

export type Plans = ReadonlyMap<Stack, StackPlan | NotRun>;
export type Results = ReadonlyMap<Stack, Applied | NotRun>;

/** An error of a stack as text, with what to do where that is known. */
export type Explain = (stack: Stack, error: Diagnostic) => string;

/** First what is lost. */
export const ACTIONS = ['replaced', 'destroyed', 'changed', 'added'] as const;

/** Resources of a stack that are named before "and … more". */
const NAMED = 3;

/**
 * A plan of many stacks, one line each: first what is lost, then what is changed and added, then what is not planned.
 *
 * @param inShort actions of which a stack has one line, not one for each resource
 */
export function planLines(plans: Plans, explain: Explain, inShort: readonly string[]): string[] {
  const planned = ACTIONS.flatMap((action) =>
    [...plans].flatMap(([{ id }, plan]) => {
      const changes = changesOf(plan).filter((change) => change.action === action);
      const texts = inShort.includes(action) ? counted(changes) : changes.map(named);
      return texts.map((text) => `${action.padEnd(9)}  ${id}  ${text}`);
    }),
  );
  return [...planned, ...[...plans].flatMap(([stack, plan]) => rest(stack, plan, explain))];
}

/** `1 replaced, 22 added in 3 of 41 stacks, 2 after others` */
export function totals(plans: Plans): string {
  const all = [...plans.values()];
  const changes = all.flatMap(changesOf);
  const count = (words: string, number: number) => (number === 0 ? [] : [`${number} ${words}`]);
  const counts = ACTIONS.flatMap((action) =>
    count(action, changes.filter((change) => change.action === action).length),
  );
  const changed = all.filter((plan) => changesOf(plan).length > 0).length;
  const of = (status: string) => all.filter((plan) => plan.status === status).length;
  const outputs = all.filter((plan) => changesOf(plan).length === 0 && hasChanges(plan)).length;
  return [
    changed === 0
      ? `no resource changes in ${all.length} stacks`
      : `${counts.join(', ')} in ${changed} of ${all.length} stacks`,
    ...count('with outputs that change', outputs),
    ...count('after others', of('after')),
    ...count('failed', of('failed')),
    ...count('skipped', of('skipped') + of('stopped')),
  ].join(', ');
}

/** Whether there is something to apply, as far as it is known. */
export function hasChanges(plan: StackPlan | NotRun): boolean {
  if (plan.status === 'planned') return plan.changes.length > 0 || plan.outputs.length > 0;
  return plan.status === 'after';
}

export function changesOf(plan: StackPlan | NotRun): readonly Change[] {
  return plan.status === 'planned' ? plan.changes : [];
}

/** What became of each stack: those that are done, then the others, with what repeats them. */
export function resultLines(results: Results, explain: Explain, repeat: string): string[] {
  const isLeft = ([, { status }]: [Stack, Applied | NotRun]) => status !== 'done';
  const left = [...results].filter(isLeft);
  const lines = [...results]
    .sort((one, other) => Number(isLeft(one)) - Number(isLeft(other)))
    .flatMap(([stack, result]) => rest(stack, result, explain));
  const ids = left.map(([{ id }]) => id).join(' ');
  return left.length === 0 ? lines : [...lines, `To repeat what is left: ${repeat} ${ids}`];
}

/** What is no change of a resource. */
function rest(stack: Stack, result: StackPlan | Applied | NotRun, explain: Explain): string[] {
  const line = (text: string) => `${result.status.padEnd(9)}  ${stack.id}  ${text}`.trimEnd();
  switch (result.status) {
    case 'planned':
      return [];
    case 'after':
      return [line(`${result.after}; it has ${result.resources} resources`)];
    case 'failed':
      return result.errors.map((error) => line(explain(stack, error)));
    case 'skipped':
      return [line(`after ${result.after}`)];
    case 'stopped':
      return [line('')];
    case 'done': {
      const { add, change, remove } = result.changes;
      return [line(`${add} added, ${change} changed, ${remove} destroyed`)];
    }
  }
}

function named({ address, attributes }: Change): string {
  return attributes.length > 0 ? `${address} (${attributes.join(', ')})` : address;
}

function counted(changes: readonly Change[]): string[] {
  const names = changes
    .slice(0, NAMED)
    .map(({ address }) => address)
    .join(', ');
  const more = changes.length > NAMED ? ` and ${changes.length - NAMED} more` : '';
  return changes.length === 0 ? [] : [`${changes.length}: ${names}${more}`];
}
