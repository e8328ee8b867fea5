import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { RUNTIME_FILES } from '../../packaging/origins';
import { OWN_FOLDER, ownFile } from '../../topology/own-files';
import { isInside, realPath, relative } from '../../topology/paths';
import { foldersUpTo, isInModules, isOfRepository } from './packages';

/** In a clone: what makes stacks of a topology. Functions and topologies are read at the commit. */
const SOURCES = [
  'main.ts',
  'topology',
  'load',
  'policies',
  'constructs',
  'stacks',
  'packaging',
  ...RUNTIME_FILES,
];

/** What npm, pnpm, Yarn, Bun and patch-package install packages by, from the folder where they are installed. */
const INSTALLED_BY = new RegExp(
  `^(${[
    /package\.json|package-lock\.json|npm-shrinkwrap\.json|\.npmrc/,
    /pnpm-lock\.yaml|pnpm-workspace\.yaml|\.pnpmfile\.[cm]?js/,
    /yarn\.lock|\.yarnrc(?:\.yml)?|\.yarn\/.*|\.pnp\..*/,
    /bun\.lockb?|bunfig\.toml|patches\/.*|.*\.patch/,
  ]
    .map(({ source }) => source)
    .join('|')})$`,
  'is',
);

/** Whether this project is a part of a repository, not a package that is installed for it. */
const isClone = (root: string) => isOfRepository(root, realPath(OWN_FOLDER));

/**
 * Whether the generator that runs, or a package that is installed, is made of a file.
 *
 * @param folders where packages are installed; those above them in the repository count as well
 * @param copied folders of which copies are installed, relative to the root
 * @returns takes paths relative to the root
 */
export function isOfGenerator(root: string, folders: readonly string[], copied: readonly string[]) {
  const places = [...new Set(foldersUpTo(root, OWN_FOLDER, ...folders))];
  const own = isClone(root) ? SOURCES.map((file) => relative(root, ownFile(file))) : [];
  const sources = [...own, ...copied];
  return (file: string) =>
    isInModules(file) ||
    sources.some((source) => isInside(file, source)) ||
    places.some((place) => INSTALLED_BY.test(relative(place, file)));
}

/**
 * Replaces what this project adds to functions in the files of a commit of its clone. The generator that runs
 * synthesizes both sides, so both have what it adds.
 */
export function linkRuntime(root: string, tree: string): void {
  const inTree = (file: string) => path.join(tree, relative(root, ownFile(file)));
  // Nothing is removed through a link that the commit has.
  if (!isClone(root) || realPath(inTree('lambda-src')) !== inTree('lambda-src')) return;
  for (const file of RUNTIME_FILES.filter((each) => existsSync(path.dirname(inTree(each))))) {
    rmSync(inTree(file), { recursive: true, force: true });
    symlinkSync(
      ownFile(file),
      inTree(file),
      statSync(ownFile(file)).isFile() ? 'file' : 'junction',
    );
  }
}
