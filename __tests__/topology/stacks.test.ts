import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../load/load';
import { writeStacks } from '../../stacks/synthesize';
import { stacksOf } from '../../topology/stacks';
import { SHIPPED } from '../helpers/shipped-topologies';

const folder = mkdtempSync(path.join(tmpdir(), 'stacks-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SHIPPED)('the stacks of %s', (file) => {
  test.each([false, true])(
    'are those that are synthesized, in their order; with a managed bucket: %s',
    (manage) => {
      const topology = loadTopology(`topologies/${file}`);
      const managed = { ...topology, state: { ...topology.state, manage } };
      const outdir = path.join(folder, `${file}-${manage}`);
      writeStacks(managed, outdir);
      const { stacks } = JSON.parse(readFileSync(path.join(outdir, 'manifest.json'), 'utf8'));
      const synthesized = Object.entries<{ dependencies: string[] }>(stacks).map(
        ([id, { dependencies }]) => [id, dependencies.sort()],
      );
      const own = stacksOf(managed).map(({ id, dependsOn }) => [
        id,
        // The bucket is deployed first, though no stack refers to it.
        [...new Set(dependsOn)].filter((each) => each !== 'state-bucket').sort(),
      ]);
      expect(Object.fromEntries(own)).toEqual(Object.fromEntries(synthesized));
      const all = own.map(([id]) => id);
      for (const { id, dependsOn } of stacksOf(managed)) {
        expect(all.slice(0, all.indexOf(id))).toEqual(expect.arrayContaining([...dependsOn]));
      }
    },
  );
});
