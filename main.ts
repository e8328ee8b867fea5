import { defineTopologyCommand, readTopology } from './commands/topology';
import { synthesize } from './stacks/synthesize';

/** The app of cdktf.json, which `cdktf synth`, `diff`, `deploy` and `destroy` run. */
export const command = defineTopologyCommand('app', {}, async (_, world) => {
  const { CDKTF_OUTDIR = 'cdktf.out', SYNTH_HCL_OUTPUT } = world.env;
  await synthesize(readTopology(world), CDKTF_OUTDIR, {
    hcl: SYNTH_HCL_OUTPUT === 'true',
    keepStale: true,
  });
  return 0;
});
