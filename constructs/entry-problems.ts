import type { Problem } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { bundle, EntryError } from './bundle';

/** What is wrong with the files that functions are bundled from. */
export function entryProblems({ consumers }: ResolvedTopology): Problem[] {
  return consumers.flatMap(({ name, function: { code, runtime } }) => {
    if (!('entry' in code)) return [];
    try {
      bundle(code.entry, runtime, { files: code.files, folder: code.folder });
      return [];
    } catch (error) {
      if (!(error instanceof EntryError)) throw error;
      return [{ path: ['consumers', name, 'function', 'entry'], message: error.message }];
    }
  });
}
