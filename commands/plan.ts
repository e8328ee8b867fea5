import { READ_ONLY } from './read-only';
import { RUN_OPTIONS, Runner } from './runner';
import { clearPlans, savePlans } from './saved-plans';
import { OPERANDS, prepared, removedLines, SELECTION, statesOf } from './selection';
import { exitCode, planLines, totals } from './summary';
import { defineTopologyCommand, readTopology } from './topology';

const OPTIONS = {
  ...SELECTION,
  out: {
    type: 'string',
    value: '<folder>',
    does: 'save the plans there for npm run deploy -- --plans, with plan.md and plan.json',
  },
  ...READ_ONLY,
  ...RUN_OPTIONS,
} as const;

/** `npm run plan`: what a deploy would change in AWS. */
export const command = defineTopologyCommand(
  'plan',
  OPTIONS,
  async (options, world, patterns) => {
    const asked = readTopology(world);
    return Runner.with(world, options, async (runner) => {
      const selection = await prepared(asked, options, patterns, world);
      const { topology, stacks, notAsked, since } = selection;
      if (options.out !== undefined) clearPlans(options.out);
      const plans = await runner.plan(stacks, 'deploy');
      const { removed } = await statesOf(topology, world, since);
      const lines = [...planLines(plans, runner.explain), ...removedLines(removed, since)];
      runner.screen.lines(lines, `Plan: ${totals(plans, removed)}`);
      if (options.out !== undefined) {
        const { shard } = options;
        savePlans(options.out, { topology, shard, plans, notAsked, removed }, runner);
      }
      return exitCode(plans);
    });
  },
  '\nExit code: 0 if nothing would change, 2 if something would, 1 if a stack cannot be planned. Documentation: docs/deploy.md\n',
  OPERANDS,
);
