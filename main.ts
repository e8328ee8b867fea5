import { entryProblems } from './constructs/entry-problems';
import { run, TOPOLOGY } from './scripts/run';
import { synthesize } from './stacks/synthesize';
import { loadTopology } from './topology/load';

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
