import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { isInside, realPath } from '../../packaging/confinement';
import { isOwn, relative } from '../../packaging/package-files';
import { RUNTIME_FILES } from '../../packaging/runtime-files';
import { OWN_FOLDER, ownFile } from '../../topology/own-files';
import { foldersUpTo } from './packages';

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
  'package.json',
  'package-lock.json',
];

/** In a repository that has this project as a package: what says which version is installed. */
const VERSIONS = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
];

/** Files and folders of a repository, by which the generator of a commit differs from the one that runs; absolute. */
export function generatorFiles(root: string): string[] {
  if (isCloneIn(root)) return SOURCES.map(ownFile);
  const folders = foldersUpTo(root, realPath('.'));
  return folders.flatMap((folder) => VERSIONS.map((file) => path.join(root, folder, file)));
}

/**
 * Replaces what this project adds to functions in the files of a commit of its clone. The generator that runs
 * synthesizes both sides, so both have what it adds.
 *
 * @param root of the repository
 * @param tree where the commit's files are
 */
export function linkRuntime(root: string, tree: string): void {
  const inTree = (file: string) => path.join(tree, relative(root, ownFile(file)));
  // Nothing is removed through a link that the commit has.
  if (!isCloneIn(root) || realPath(inTree('lambda-src')) !== inTree('lambda-src')) return;
  for (const file of RUNTIME_FILES.filter((each) => existsSync(path.dirname(inTree(each))))) {
    rmSync(inTree(file), { recursive: true, force: true });
    symlinkSync(
      ownFile(file),
      inTree(file),
      statSync(ownFile(file)).isFile() ? 'file' : 'junction',
    );
  }
}

/** Whether this project is a part of a repository, not a package that is installed for it. */
function isCloneIn(root: string): boolean {
  const own = realPath(OWN_FOLDER);
  return isInside(own, root) && isOwn(relative(root, own));
}
