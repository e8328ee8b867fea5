import { OWN_FOLDER, ownFile } from '../topology/own-files';
import { isInside, realPath, relative } from '../topology/paths';
import { DEFAULT_ENTRIES } from '../topology/sinks';
import { projectOf } from './confinement';

/** What this project adds to functions, in its own folder. The rest of `lambda-src` is the user's. */
export const RUNTIME_FILES: readonly string[] = [
  'lambda-src/contract.ts',
  'lambda-src/processor.ts',
  'lambda-src/runtime',
  'lambda-src/sinks',
  ...DEFAULT_ENTRIES.map((entry) => relative(OWN_FOLDER, entry)),
];

const PLACES = RUNTIME_FILES.map(ownFile).map(realPath);

/** Whether this project added a file to a function, by whatever path or link. */
export function isOfRuntime(file: string): boolean {
  const real = realPath(file);
  return PLACES.some((place) => isInside(real, place));
}

/**
 * Names files in a bundle and its source map, so that both are the same wherever the project is: those of this project
 * from its own folder, those of a package from `node_modules`, all others from the project of the topology.
 *
 * @param folder of the topology file
 */
export function stableNames(folder: string): (file: string) => string {
  const project = projectOf(folder);
  // Either may be in the other: this project in `node_modules`, or a project in a folder of the clone.
  const roots = [realPath(OWN_FOLDER), project].sort((a, b) => b.length - a.length);
  return (file) => {
    const real = realPath(file);
    const root = roots.find((place) => isInside(real, place)) ?? project;
    return relative(root, real).replace(/^.*\/(?=node_modules\/)/s, '');
  };
}
