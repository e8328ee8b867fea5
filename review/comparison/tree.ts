import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface TreeDifference {
  readonly file: string;
  readonly expected?: Dirent;
  readonly found?: Dirent;
}

/**
 * Where two folders differ in names, kinds or bytes. A folder that only one of them has is one difference,
 * and links are not followed.
 */
export function treeDifferences(expected: string, found: string, place = ''): TreeDifference[] {
  const [own, other] = [entries(expected, place), entries(found, place)];
  return [...new Set([...own.keys(), ...other.keys()])].sort().flatMap((name) => {
    const file = path.join(place, name);
    const [before, after] = [own.get(name), other.get(name)];
    if (before?.isDirectory() && after?.isDirectory()) {
      return treeDifferences(expected, found, file);
    }
    const read = (root: string) => readFileSync(path.join(root, file));
    const isSame = before?.isFile() && after?.isFile() && read(expected).equals(read(found));
    return isSame ? [] : [{ file, expected: before, found: after }];
  });
}

function entries(root: string, place: string): Map<string, Dirent> {
  const all = readdirSync(path.join(root, place), { withFileTypes: true });
  return new Map(all.map((entry) => [entry.name, entry]));
}
