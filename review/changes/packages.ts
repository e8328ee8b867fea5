import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { isInside, isOwn, realPath, relative } from '../../topology/paths';

/** These folders of a repository and all above them in it, relative to its own. */
export function foldersUpTo(root: string, ...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    isInside(folder, root)
      ? [relative(root, folder), ...foldersUpTo(root, path.dirname(folder))]
      : [],
  );
}

/** Also where the file system takes no notice of case. */
export function isInModules(file: string): boolean {
  return /(^|\/)node_modules(\/|$)/i.test(file);
}

const MODULES = 'node_modules';

/**
 * Links the packages that a repository has installed into the files of a commit. Where a workspace links to a package
 * in the repository, that is the commit's. What Git has is not installed: the commit has its own, or none.
 *
 * @param tree where the commit's files are
 * @param folders where packages may be installed, relative to the root
 * @param tracked files that Git has in the working directory, relative to the root
 * @returns where packages are linked from; real paths
 */
export function linkPackages(
  root: string,
  tree: string,
  folders: readonly string[],
  tracked: readonly string[],
): string[] {
  const files = tracked.filter(isInModules);
  const isTracked = (place: string) => {
    const own = relative(root, place);
    return files.some((file) => isInside(file, own) || isInside(own, file));
  };
  return [...new Set(folders)].flatMap((folder) => {
    const installed = realPath(path.join(root, folder));
    const from = path.join(installed, MODULES);
    const to = path.join(tree, folder, MODULES);
    const parent = path.dirname(to);
    if (!existsSync(from) || !existsSync(parent)) return [];
    // Nothing is written through a link that the commit has.
    if ([parent, to].some((place) => realPath(place) !== place)) return [];
    const committed = existsSync(to) ? readdirSync(to) : [];
    for (const name of packagesIn(from)) {
      const place = realPath(path.join(from, name));
      const isOfCommit = isOfRepository(root, place);
      if (committed.some((each) => isInside(name, each)) || isTracked(path.join(from, name)))
        continue;
      if (!isOfCommit && isTracked(place)) continue;
      mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
      symlinkSync(
        isOfCommit ? path.join(tree, relative(root, place)) : place,
        path.join(to, name),
        'junction',
      );
    }
    return [installed];
  });
}

/**
 * Folders of a repository of which copies are installed, as with Yarn, Bun, npm's `install-links` and pnpm's `injected`.
 *
 * @param tree where the files of a commit are, which says their names
 * @param folders of packages, relative to the root
 * @param linked where packages are installed
 */
export function copiedFolders(
  root: string,
  tree: string,
  folders: readonly string[],
  linked: readonly string[],
): string[] {
  return folders.filter((folder) => {
    const name = nameIn(path.join(tree, folder, 'package.json'));
    const places = name ? linked.map((each) => path.join(each, MODULES, name)) : [];
    return places.some((place) => existsSync(place) && !isOfRepository(root, realPath(place)));
  });
}

function nameIn(manifest: string): string | undefined {
  try {
    return String(JSON.parse(readFileSync(manifest, 'utf8')).name);
  } catch {
    return undefined;
  }
}

export function isOfRepository(root: string, place: string): boolean {
  return isInside(place, root) && isOwn(relative(root, place));
}

/** Names of packages, those with a scope among them. */
function packagesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) => {
    if (!name.startsWith('@')) return [name];
    return readdirSync(path.join(folder, name)).map((inner) => `${name}/${inner}`);
  });
}
