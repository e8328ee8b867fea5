import { loadTopology } from '../load/load';
import { entryProblems } from '../packaging/entry-problems';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import type { World } from './run';

/** The topology that the user asks for, with its functions checked; warnings are printed. */
export function readTopology({ topologyFile, stderr }: World): ResolvedTopology {
  if (topologyFile === '') {
    throw new UserError('TOPOLOGY is empty; set it to the path of a topology file, or unset it');
  }
  return loadTopology(topologyFile, entryProblems, (line) => stderr.write(`${line}\n`));
}
