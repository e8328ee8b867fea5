import { type Stack, stacksOf } from '../terraform/stacks';
import { OPERANDS, SELECTION, selected } from './selection';
import { defineTopologyCommand, readTopology } from './topology';

const OPTIONS = {
  ...SELECTION,
  json: { type: 'boolean', does: 'one JSON document, as the matrix of a CI job reads it' },
} as const;

/** `npm run stacks`: the stacks in the order of deployment. */
export const command = defineTopologyCommand(
  'stacks',
  OPTIONS,
  async (options, world, patterns) => {
    const topology = readTopology(world);
    const stacks = await selected(topology, options, patterns, world);
    const order = orderOf(stacksOf(topology));
    const rows = stacks.map(({ id, kind, account, dependsOn }) => {
      return { id, kind, account, order: order.get(id), dependsOn };
    });
    const lines = rows.map(({ id, account = '-', order }) => `${order}  ${account}  ${id}\n`);
    world.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : lines.join(''));
    return 0;
  },
  '',
  OPERANDS,
);

/** As in stacks.json: those of a lower number are deployed first, those of the same can be deployed at once. */
function orderOf(stacks: readonly Stack[]): ReadonlyMap<string, number> {
  const orders = new Map<string, number>();
  for (const { id, kind, dependsOn } of stacks) {
    const before = dependsOn.map((each) => orders.get(each) ?? 0);
    orders.set(id, kind === 'state-bucket' ? 0 : 1 + Math.max(0, ...before));
  }
  return orders;
}
