import { quoted } from '../terraform/command-line';
import { APPROVE, confirmed, ensureApproval } from './approval';
import { RUN_OPTIONS, Runner } from './runner';
import { ensureApproved, usePlans } from './saved-plans';
import { callOf, OPERANDS, prepared, removedLines, SELECTION, statesOf } from './selection';
import { exitCode, hasChanges, planLines, repeating, resultLines, totals } from './summary';
import { defineTopologyCommand, readTopology, type TopologyWorld } from './topology';

const OPTIONS = {
  ...APPROVE,
  plans: { type: 'string', value: '<folder>', does: 'apply what npm run plan -- --out saved' },
  approved: {
    type: 'string',
    value: '<folder>',
    does: 'plan again, and apply it where the plan.json saved there has the same',
  },
  ...SELECTION,
  ...RUN_OPTIONS,
} as const;

/** `npm run deploy`: Terraform on each stack, in order. */
export const command = defineTopologyCommand(
  'deploy',
  OPTIONS,
  async (options, world, patterns) => {
    const { plans: folder, approved, 'auto-approve': autoApprove } = options;
    const isSaved = folder !== undefined || approved !== undefined;
    const isApproved = autoApprove || isSaved;
    ensureApproval(world, isApproved, '--auto-approve, or --plans with what npm run plan saved');
    const topology = readTopology(world);
    return Runner.with(world, options, async (runner) => {
      const { stacks, since } = await prepared(topology, options, patterns, world);
      const { screen, explain } = runner;
      const saved = folder === undefined ? undefined : usePlans(folder, topology, runner);
      const ids = new Set(stacks.map(({ id }) => id));
      const wanted = saved ? [...saved.keys()].filter(({ id }) => ids.has(id)) : stacks;
      const mustPlan = !saved && (approved !== undefined || !autoApprove);
      const plans = mustPlan ? await runner.plan(wanted, 'deploy') : saved;
      if (plans && mustPlan) {
        screen.lines(planLines(plans, explain), `Plan: ${totals(plans)}`);
        if (runner.isStopped) return 1;
      }
      if (plans && approved !== undefined) ensureApproved(approved, topology, plans);
      if (plans && !isApproved) {
        const isNeeded = [...plans.values()].some(hasChanges);
        if (isNeeded && !(await confirmed(world, 'Deploy this?'))) return 1;
      }
      const results = await runner.apply(wanted, plans, isSaved);
      screen.lines(resultLines(results, explain, goingOn(world, options), plans));
      const { removed } = await statesOf(topology, world, since);
      screen.lines(removedLines(removed, since));
      return exitCode(results);
    });
  },
  '\nExit code: 0 if all is deployed, 1 if not. Documentation: docs/deploy.md\n',
  OPERANDS,
);

/** How a deploy goes on after a failure: with what was approved, or with new plans, but not without. */
function goingOn(
  world: TopologyWorld,
  { plans, approved }: { readonly plans?: string; readonly approved?: string },
) {
  if (plans !== undefined) {
    const call = callOf({ ...world, name: 'plan' });
    return (ids: string) => `To plan again what is left: ${call} ${ids} --out <folder>`;
  }
  return repeating(callOf(world), approved === undefined ? '' : ` --approved ${quoted(approved)}`);
}
