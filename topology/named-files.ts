import path from 'node:path';

/**
 * Where a file or a folder that a topology names is, seen from the working directory. Topologies name them relative
 * to their own folder, or absolutely.
 *
 * @param folder of the topology file, relative to the working directory or absolute
 */
export function placeNamed(file: string, folder: string): string {
  return path.isAbsolute(file) ? file : path.join(folder, file);
}
