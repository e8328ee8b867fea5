import { writeSection } from '../review/report/markdown';
import { planSection } from '../review/report/plan';
import { READ_ONLY } from './read-only';
import { RUN_OPTIONS, Runner } from './runner';
import { OPERANDS, prepared, removedLines, SELECTION, statesOf } from './selection';
import { exitCode, planLines, summarized, totals } from './summary';
import { defineTopologyCommand, readTopology } from './topology';
import { writeFiles } from './write-files';

const OPTIONS = {
  ...SELECTION,
  out: { type: 'string', value: '<folder>', does: 'write drift.md there, as for an issue' },
  ...READ_ONLY,
  ...RUN_OPTIONS,
} as const;

/** `npm run drift`: what somebody else changed in AWS. */
export const command = defineTopologyCommand(
  'drift',
  OPTIONS,
  async (options, world, patterns) => {
    const asked = readTopology(world);
    return Runner.with(world, options, async (runner) => {
      const selection = await prepared(asked, options, patterns, world);
      const { topology, stacks, since } = selection;
      const { found, removed } = await statesOf(topology, world, since);
      // What was never deployed cannot differ.
      const deployed = stacks.filter(({ id }) => found?.includes(id) ?? true);
      const plans = await runner.plan(deployed, 'drift');
      const none = stacks.length > 0 ? 'nothing is deployed' : undefined;
      const total = totals(plans, removed, none);
      const lines = [...planLines(plans, runner.explain), ...removedLines(removed, since)];
      runner.screen.lines(lines, `In AWS: ${total}`);
      if (options.out !== undefined) {
        const section = planSection({
          title: 'What differs in AWS?',
          total,
          stacks: summarized(plans, runner.explain),
          removed,
        });
        writeFiles(options.out, { 'drift.md': writeSection(section, 'npm run drift') });
      }
      return exitCode(plans);
    });
  },
  '\nExit code: 0 if AWS has what was applied, 2 if something differs, 1 if a stack cannot be read. Documentation: docs/deploy.md\n',
  OPERANDS,
);
