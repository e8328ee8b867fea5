import { synthesize } from '../stacks/synthesize';
import { OUTDIR, RUN_OPTIONS, Runner } from './runner';
import { OPERANDS, removedLines, SELECTION, selected, statesOf } from './selection';
import { exitCode, planLines, totals } from './summary';
import { defineTopologyCommand, readTopology } from './topology';

/** `npm run drift`: what somebody else changed in AWS. */
export const command = defineTopologyCommand(
  'drift',
  { ...SELECTION, ...RUN_OPTIONS },
  async (options, world, patterns) => {
    const topology = readTopology(world);
    const { stacks, since } = await selected(topology, options, patterns, world);
    await synthesize(topology, OUTDIR);
    return Runner.with(world, options, async (runner) => {
      const { found, removed } = await statesOf(topology, world, since);
      // What was never deployed cannot differ.
      const deployed = stacks.filter(({ id }) => found?.includes(id) ?? true);
      const plans = await runner.plan(deployed, 'drift');
      const lines = [...planLines(plans, runner.explain), ...removedLines(removed, since)];
      runner.screen.lines(lines, `In AWS: ${totals(plans, removed)}`);
      return exitCode(plans);
    });
  },
  '\nExit code: 0 if AWS has what was applied, 2 if something differs, 1 if a stack cannot be read. Documentation: docs/deploy.md\n',
  OPERANDS,
);
