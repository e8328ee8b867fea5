import { run, TOPOLOGY } from './commands/run';
import { loadTopology } from './load/load';
import { entryProblems } from './packaging/entry-problems';
import { synthesize } from './stacks/synthesize';

/** The app of cdktf.json, which `cdktf synth`, `diff`, `deploy` and `destroy` run. */
run(async () => {
  const { CDKTF_OUTDIR = 'cdktf.out', SYNTH_HCL_OUTPUT } = process.env;
  const topology = loadTopology(TOPOLOGY, entryProblems, console.warn);
  await synthesize(topology, CDKTF_OUTDIR, {
    hcl: SYNTH_HCL_OUTPUT === 'true',
    keepStale: true,
  });
  return 0;
});
