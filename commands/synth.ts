import { few } from '../review/lists';
import { plural } from '../review/report/words';
import { synthesize } from '../stacks/synthesize';
import { quoted } from '../terraform/command-line';
import { ownPage } from '../topology/own-files';
import { defineTopologyCommand, readTopology, usualTopology } from './topology';

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
    const same = world.topologyFile === usualTopology() ? 'Next' : 'Next, with the same topology';
    const next = hcl
      ? `Next: read ${folder}/stacks/*/cdk.tf; ${ownPage('leaving.md')} runs them with Terraform alone`
      : `${same}: npm run review${output === undefined ? ', then npm run plan' : ` -- --from ${quoted(folder)}`}`;
    const count = plural(stacks.length, 'stack');
    world.stdout.write(`${count} in ${folder}/: ${few(stacks)}\n${next}\n`);
    return 0;
  },
);
