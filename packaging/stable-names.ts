import { OWN_FOLDER } from '../topology/own-files';
import { isInside, realPath } from '../topology/paths';
import { projectOf } from './confinement';
import { relative } from './package-files';

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
