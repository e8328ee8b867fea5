import { rmSync } from 'node:fs';
import { Stacks } from '../review/read/resources';
import { ensureSynthesized, readStacks } from '../review/read/stacks';
import { writeStacks } from '../stacks/synthesize';
import { temporaryFolder } from '../topology/paths';
import type { ResolvedTopology, TableReference } from '../topology/resolve';
import { type Access, accessOf } from './access';
import { readParts } from './parts';

/**
 * The stacks of a topology with what they allow.
 *
 * @param from a folder of synthesized stacks. Default: a temporary one, whose code lasts until `remove`
 * @throws UserError of stacks that cannot be synthesized or read
 */
export function readSynthesis(topology: ResolvedTopology, from?: string) {
  const folder = from ?? temporaryFolder('local-');
  const remove = () => {
    if (from === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (from === undefined) writeStacks(topology, folder);
    ensureSynthesized(folder);
    const stacks = new Stacks(readStacks(folder));
    let evaluated: Access | undefined;
    /** @param denied a table whose stream's policy allows nothing */
    const access = (denied?: TableReference): Access => {
      if (denied) return accessOf(stacks, topology, denied);
      evaluated ??= accessOf(stacks, topology);
      return evaluated;
    };
    return { ...readParts(topology, stacks, folder), access, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
