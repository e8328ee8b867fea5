/** `npm run synth` and `npm run synth:hcl`: the stacks as Terraform configuration, JSON or HCL. */

import { loadTopology } from '../load/load';
import { entryProblems } from '../packaging/entry-problems';
import { synthesize } from '../stacks/synthesize';
import { parseOptions, run, TOPOLOGY } from './run';

const USAGE = `Writes the stacks of a topology as Terraform configuration.

  npm run synth [-- --output <folder>]    JSON, in cdktf.out
  npm run synth:hcl                       HCL, in hcl.out

  --output <folder>  instead of cdktf.out
  --help             this text

TOPOLOGY=<path> selects the topology; the default is topologies/orders.yaml.
`;

/** Stacks that are named before "and … more". */
const NAMED = 3;

run(async () => {
  const { hcl, output, help } = parseOptions('synth', {
    hcl: { type: 'boolean', default: false },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const folder = output ?? (hcl ? 'hcl.out' : 'cdktf.out');
  const stacks = await synthesize(loadTopology(TOPOLOGY, entryProblems, console.warn), folder, {
    hcl,
  });
  const count = `${stacks.length} ${stacks.length === 1 ? 'stack' : 'stacks'}`;
  const more = stacks.length > NAMED ? ` and ${stacks.length - NAMED} more` : '';
  console.log(`${count} in ${folder}/: ${stacks.slice(0, NAMED).join(', ')}${more}`);
  const same = process.env.TOPOLOGY === undefined ? 'Next' : 'Next, with the same TOPOLOGY';
  console.log(
    hcl
      ? `Next: read ${folder}/stacks/*/cdk.tf; docs/leaving.md runs them with Terraform alone`
      : `${same}: npm run review, then npm run deploy -- '*'`,
  );
  return 0;
});
