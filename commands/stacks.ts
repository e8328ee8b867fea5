import { stacksOf } from '../terraform/stacks';
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
    const rows = stacks.map(({ id, kind, account, after }) => {
      return { id, kind, account, order: order.get(id), after };
    });
    const lines = rows.map(({ id, account = '-', order }) => `${order}  ${account}  ${id}\n`);
    world.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : lines.join(''));
    return 0;
  },
  '',
  OPERANDS,
);

/** Stacks with the same number can be deployed at once: 1 needs no other, each other the one before. */
function orderOf(stacks: readonly { readonly id: string; readonly after: readonly string[] }[]) {
  const order = new Map<string, number>();
  for (const { id, after } of stacks) {
    order.set(id, 1 + Math.max(0, ...after.map((before) => order.get(before) ?? 0)));
  }
  return order;
}
