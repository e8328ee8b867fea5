import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { isInside, realPath } from '../../packaging/confinement';
import { isOwn, relative } from '../../packaging/package-files';

/** These folders of a repository and all above them in it, relative to its own. */
export function foldersUpTo(root: string, ...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    isInside(folder, root)
      ? [relative(root, folder), ...foldersUpTo(root, path.dirname(folder))]
      : [],
  );
}

/**
 * Links the packages that a repository has installed into the files of a commit, which has none. Where a workspace
 * links to a package in the repository, that is the commit's.
 *
 * @param root of the repository
 * @param tree where the commit's files are
 * @param folders where packages may be installed, relative to the root
 */
export function linkPackages(root: string, tree: string, folders: readonly string[]): void {
  const installed = [...new Set(folders)].filter((folder) =>
    existsSync(path.join(root, folder, MODULES)),
  );
  for (const folder of installed) linkFolder(root, tree, folder);
  // What a link to a package leads to must be in a folder where packages are looked for.
  const [outermost] = installed.sort((a, b) => a.length - b.length);
  if (outermost === undefined) return;
  symlinkSync(path.join(root, outermost, MODULES), path.join(tree, '..', MODULES), 'junction');
}

const MODULES = 'node_modules';

function linkFolder(root: string, tree: string, folder: string): void {
  const from = path.join(root, folder, MODULES);
  const to = path.join(tree, folder, MODULES);
  const parent = path.dirname(to);
  // Nothing is written through a link that the commit has.
  if (existsSync(to) || !existsSync(parent) || realPath(parent) !== parent) return;
  const isOfCommit = (place: string) => isInside(place, root) && isOwn(relative(root, place));
  const packages = packagesIn(from).map((name) => ({
    name,
    place: realPath(path.join(from, name)),
  }));
  if (!packages.some(({ place }) => isOfCommit(place))) {
    symlinkSync(from, to, 'junction');
    return;
  }
  for (const { name, place } of packages) {
    const target = isOfCommit(place) ? path.join(tree, relative(root, place)) : place;
    mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    symlinkSync(target, path.join(to, name), 'junction');
  }
}

/** Names of packages, those with a scope among them. */
function packagesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) => {
    if (!name.startsWith('@')) return [name];
    return readdirSync(path.join(folder, name)).map((inner) => `${name}/${inner}`);
  });
}
