import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Refusal, realPath } from './confinement';
import { UserError } from './problem';

/** The deployment package's own files: what Lambda loads, what that loads, and its source map. */
export const PACKAGE = {
  handler: 'index.mjs',
  bundle: 'bundle.mjs',
  sourceMap: 'bundle.mjs.map',
} as const;

/**
 * Names that a file of the user's must not have at the top of the package. Lambda loads `index` and
 * `index.js` before it looks for `index.mjs`.
 *
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
 */
const TAKEN: readonly string[] = [...Object.values(PACKAGE), 'index', 'index.js'];

/** A file that is copied into the deployment package. */
export interface PackageFile {
  readonly source: string;
  /** Path in the package, with slashes: as from the folder of the entry. */
  readonly target: string;
}

/** Why something of `files` or `code` cannot be in the package: what it must be, without a full stop. */
export class PackageFileError extends UserError {}

/**
 * The files that one element of `function.files` names: itself, or all in its folder.
 *
 * @throws PackageFileError if there is none, if it is outside the entry's folder, has a name that is taken,
 * or may not be in a package
 */
export function packageFiles(entry: string, file: string, refusal: Refusal): PackageFile[] {
  const folder = path.dirname(path.resolve(entry));
  const found = filesIn(path.resolve(file)).map((source) => ({
    source,
    target: path.relative(folder, source).split(path.sep).join('/'),
  }));
  if (found.length === 0) throw new PackageFileError('must have files in it');
  for (const { source, target } of found) {
    const reason = refusal(source);
    if (reason) {
      throw new PackageFileError(`must be a file for the function; ${nameOf(source)} ${reason}`);
    }
    if (target.startsWith('../') || path.isAbsolute(target)) {
      throw new PackageFileError(
        `must be in the folder of the entry, ${path.dirname(entry)}, as it is in the package relative to that; move it there, or prepare the package yourself with code`,
      );
    }
    const [top = ''] = target.split('/');
    if (TAKEN.includes(top)) {
      throw new PackageFileError(
        `must not have ${top} at the top of the package, where Lambda loads the function from ${PACKAGE.handler}; choose another name`,
      );
    }
  }
  return found;
}

function filesIn(root: string): string[] {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats?.isFile()) return [root];
  if (stats?.isDirectory()) return filesBelow(root);
  throw new PackageFileError('must be a file or a folder that exists, relative to cdktf.json');
}

/** All files in a folder and the folders in it, in the same order on every machine. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const found = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(found);
    if (entry.isFile()) return [found];
    const what = entry.isSymbolicLink() ? 'a link' : 'neither';
    throw new PackageFileError(
      `must have only files and folders in it; ${nameOf(found)} is ${what}`,
    );
  });
}

/**
 * The files of a prepared folder, with those that links lead to, as they are packed.
 *
 * @returns their paths in the folder, with slashes
 * @throws PackageFileError if there is none, or one that may not be in a package
 */
export function codeFiles(directory: string, refusal: Refusal): string[] {
  const files = [...filesOfCode(directory, refusal, [])];
  if (files.length === 0) {
    throw new PackageFileError('must have files in it, which become the deployment package');
  }
  return files.map((file) => path.relative(directory, file).split(path.sep).join('/')).sort();
}

/** @param above real paths of the folders that this one is in */
function* filesOfCode(
  folder: string,
  refusal: Refusal,
  above: readonly string[],
): Generator<string> {
  const real = realPath(folder);
  const refuse = (reason: string) => {
    throw new PackageFileError(
      `must have only files for the function in it; ${nameOf(folder)} ${reason}`,
    );
  };
  const reason = refusal(folder);
  if (reason) refuse(reason);
  if (above.includes(real)) refuse('is a link to a folder that it is in; leave it out');
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats?.isFile()) yield folder;
  else if (stats?.isDirectory()) {
    for (const name of readdirSync(folder)) {
      yield* filesOfCode(path.join(folder, name), refusal, [...above, real]);
    }
  } else refuse(stats ? 'is neither a file nor a folder' : 'is a link to what is not there');
}

function nameOf(file: string): string {
  return path.relative('.', file).split(path.sep).join('/');
}
