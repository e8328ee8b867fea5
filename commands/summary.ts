import { few } from '../review/lists';
import { plural } from '../review/report/words';
import type { Applied } from '../terraform/apply';
import type { Diagnostic } from '../terraform/messages';
import type { Change, StackPlan } from '../terraform/plan';
import type { Stack } from '../topology/stacks';
import type { NotRun } from './in-order';

export type Plans = ReadonlyMap<Stack, StackPlan | NotRun>;

/** A plan, perhaps one that was saved without its errors. */
type Outcome =
  | Exclude<StackPlan, { readonly status: 'failed' }>
  | { readonly status: 'failed' | 'skipped' | 'stopped'; readonly failed: true };
export type Results = ReadonlyMap<Stack, Applied | NotRun>;

/** An error of a stack as text, with what to do where that is known. */
export type Explain = (stack: Stack, error: Diagnostic) => string;

/** First what is lost. */
const ACTIONS = ['replaced', 'destroyed', 'changed', 'added'] as const;

/**
 * A plan of many stacks, a line each: first what is lost, then what is changed and added, then what is not planned.
 *
 * @param inShort actions of which a stack has one line, not one for each resource
 */
export function planLines(
  plans: Plans,
  explain: Explain,
  inShort: readonly Change['action'][] = ['added'],
): string[] {
  const planned = ACTIONS.flatMap((action) =>
    [...plans].flatMap(([{ id }, plan]) => {
      const changes = changesOf(plan).filter((change) => change.action === action);
      const texts = inShort.includes(action) ? counted(changes) : changes.map(named);
      return texts.map((text) => line(action, id, text));
    }),
  );
  const outputs = [...plans].flatMap(([{ id }, plan]) =>
    changesOnlyOutputs(plan) ? [line('changed', id, `outputs only: ${few(plan.outputs)}`)] : [],
  );
  const others = [...plans].flatMap(([stack, plan]) =>
    reasons(stack, plan, explain).map((reason) => line(plan.status, stack.id, reason)),
  );
  return [...planned, ...outputs, ...others];
}

/** What was done, or why nothing was planned or done. */
export function reasons(
  stack: Stack,
  result: StackPlan | Applied | NotRun,
  explain: Explain,
): string[] {
  switch (result.status) {
    case 'after':
      return [`waits for ${result.after} to be deployed; has ${result.resources} resources`];
    case 'failed':
      return result.errors.map((error) => explain(stack, error));
    case 'skipped':
      return [`since ${result.after} failed`];
    case 'stopped':
      return ['not begun'];
    case 'planned':
      return [];
    case 'done':
      return [counts(result)];
  }
}

/** Plans with the reasons of those that could not be made. */
export function summarized(plans: Plans, explain: Explain) {
  return [...plans].map(([stack, plan]) => {
    const { id, account } = stack;
    return { id, account, ...plan, why: reasons(stack, plan, explain) };
  });
}

/**
 * What became of each stack, those that are not done last.
 *
 * @param goOn the line that says how these are done, of their ids
 * @param plans of which those without changes are not left
 */
export function resultLines(
  results: Results,
  explain: Explain,
  goOn: (ids: string) => string,
  plans?: Plans,
): string[] {
  if (results.size === 0) return ['No stack is to be deployed or destroyed'];
  const all = [...results].sort(([, a], [, b]) => Number(a.failed) - Number(b.failed));
  const lines = all.map(([stack, result]) =>
    line(result.status, stack.id, reasons(stack, result, explain).map(withoutRemedy).join('; ')),
  );
  const isLeft = (stack: Stack) => {
    const plan = plans?.get(stack);
    return plan?.status !== 'planned' || hasChanges(plan);
  };
  const left = all.filter(([stack, { failed }]) => failed && isLeft(stack));
  // They may not be among the stacks that were asked for.
  const first = left.flatMap(([, result]) =>
    result.status === 'failed' ? result.errors.flatMap(({ after = [] }) => after) : [],
  );
  const ids = new Set([...first, ...left.map(([{ id }]) => id)]);
  if (left.length > 0) lines.push(goOn([...ids].join(' ')));
  return lines;
}

/** A long reason, which was printed when the stack ended, up to what to do. */
function withoutRemedy(reason: string): string {
  const [what = ''] = reason.split('; ');
  return reason.length > 160 && what !== reason ? `${what}; what to do is said above` : reason;
}

/** The line that says which command repeats stacks. */
export function repeating(call: string, options = '') {
  return (ids: string) => `To repeat what is left: ${call} ${ids}${options}`;
}

/** `2 added, 1 changed` */
function counts({ changes: { add, change, remove } }: Applied & { status: 'done' }): string {
  const all = [...count(add, 'added'), ...count(change, 'changed'), ...count(remove, 'destroyed')];
  return all.join(', ') || 'nothing to change';
}

function count(number: number, words: string): string[] {
  return number === 0 ? [] : [`${number} ${words}`];
}

/**
 * `1 replaced, 22 added in 3 of 41 stacks, outputs change in 1, 2 after others`
 *
 * @param removed stacks that are deployed, and that the topology lacks
 * @param none what is said where there is no stack
 */
export function totals(
  plans: ReadonlyMap<unknown, Outcome>,
  removed: readonly string[] = [],
  none = 'no changes in 0 stacks',
): string {
  const all = [...plans.values()];
  const changes = all.flatMap(changesOf);
  const changed = all.filter((plan) => changesOf(plan).length > 0).length;
  const outputs = all.filter(changesOnlyOutputs).length;
  const of = (...statuses: string[]) =>
    all.filter(({ status }) => statuses.includes(status)).length;
  const actions = ACTIONS.flatMap((action) =>
    count(changes.filter((change) => change.action === action).length, action),
  );
  const stacks = plural(all.length, 'stack');
  const what = [
    ...(changed > 0 ? [`${actions.join(', ')} in ${changed} of ${stacks}`] : []),
    ...(outputs > 0 ? [`outputs change in ${outputs}${changed > 0 ? '' : ` of ${stacks}`}`] : []),
  ];
  if (what.length === 0) what.push(`no changes in ${stacks}`);
  const others = [
    ...count(of('after'), 'after others'),
    ...count(of('failed'), 'failed'),
    ...count(of('skipped', 'stopped'), 'not planned'),
  ];
  // Of a stack that failed nobody knows whether it has changes.
  const isKnown = changed + outputs > 0 || !all.some(({ failed }) => failed);
  const planned = isKnown ? [...what, ...others] : [`${others.join(', ')} in ${stacks}`];
  return [
    ...(all.length === 0 ? [none] : planned),
    ...count(removed.length, 'removed from the topology'),
  ].join(', ');
}

/** As `terraform plan -detailed-exitcode` has it; of what was applied 0 or 1. */
export function exitCode(of: Plans | Results): number {
  const all = [...of.values()];
  if (all.some(({ failed }) => failed)) return 1;
  return all.some(hasChanges) ? 2 : 0;
}

/** Whether there is something to apply, as far as it is known. */
export function hasChanges(plan: Outcome | Applied): boolean {
  if (plan.status === 'planned') return plan.changes.length > 0 || plan.outputs.length > 0;
  return plan.status === 'after';
}

function changesOnlyOutputs(plan: Outcome): plan is Outcome & { status: 'planned' } {
  return plan.status === 'planned' && plan.changes.length === 0 && plan.outputs.length > 0;
}

export function changesOf(plan: Outcome): readonly Change[] {
  return plan.status === 'planned' ? plan.changes : [];
}

function line(status: string, id: string, text: string): string {
  return `${status.padEnd(9)}  ${id}  ${text}`;
}

function named({ address, attributes }: Change): string {
  return attributes.length > 0 ? `${address} (${attributes.join(', ')})` : address;
}

function counted(changes: readonly Change[]): string[] {
  const names = changes.map(({ address }) => address);
  return names.length === 0 ? [] : [`${names.length}: ${few(names)}`];
}
