import { OPERANDS, SELECTION, selected } from './selection';
import { defineTopologyCommand, readTopology } from './topology';

/** `npm run stacks`: the stacks in the order of deployment. */
export const command = defineTopologyCommand(
  'stacks',
  {
    ...SELECTION,
    json: { type: 'boolean', does: 'one JSON document, as the matrix of a CI job reads it' },
  },
  async (options, world, patterns) => {
    const topology = readTopology(world);
    const { stacks } = await selected(topology, options, patterns, world);
    const rows = stacks.map(({ id, kind, account, order, dependsOn }) => {
      return { id, kind, account, order, dependsOn };
    });
    const lines = rows.map(({ id, account = '-', order }) => `${order}  ${account}  ${id}\n`);
    world.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : lines.join(''));
    return 0;
  },
  '',
  OPERANDS,
);
