import { synthesize } from '../stacks/synthesize';
import { ownPage } from '../topology/own-files';
import { defineTopologyCommand, readTopology, usualTopology } from './topology';

/** Stacks that are named before "and … more". */
const NAMED = 3;

const OPTIONS = {
  hcl: { type: 'boolean', does: 'HCL into hcl.out, not JSON into cdktf.out; as npm run synth:hcl' },
  output: { type: 'string', value: '<folder>', does: 'another folder' },
} as const;

/** `npm run synth` and `npm run synth:hcl`: the stacks as Terraform configuration. */
export const command = defineTopologyCommand(
  'synth',
  OPTIONS,
  async ({ hcl = false, output }, world) => {
    const folder = output ?? (hcl ? 'hcl.out' : 'cdktf.out');
    const stacks = await synthesize(readTopology(world), folder, { hcl });
    const count = `${stacks.length} ${stacks.length === 1 ? 'stack' : 'stacks'}`;
    const more = stacks.length > NAMED ? ` and ${stacks.length - NAMED} more` : '';
    const same = world.topologyFile === usualTopology() ? 'Next' : 'Next, with the same topology';
    const next = hcl
      ? `Next: read ${folder}/stacks/*/cdk.tf; ${ownPage('leaving.md')} runs them with Terraform alone`
      : `${same}: npm run review${output === undefined ? ', then npm run plan' : ` -- --from ${asArgument(folder)}`}`;
    world.stdout.write(
      `${count} in ${folder}/: ${stacks.slice(0, NAMED).join(', ')}${more}\n${next}\n`,
    );
    return 0;
  },
);

/** A path as a shell takes it. */
function asArgument(text: string): string {
  return /^[\w./\\:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
