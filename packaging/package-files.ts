import { isUtf8 } from 'node:buffer';
import { accessSync, constants, existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../topology/problem';
import { isInside, type Refusal, realPath } from './confinement';

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

/**
 * The files that one element of `function.files` names: itself, or all in its folder.
 *
 * @throws UserError if there is none, if it is outside the entry's folder, has a name that is taken,
 * or may not be in a package
 */
export function packageFiles(entry: string, file: string, refusal: Refusal): PackageFile[] {
  if (!existsSync(file)) {
    throw new UserError('must be a file or a folder that exists, relative to cdktf.json');
  }
  const folder = path.dirname(path.resolve(entry));
  return wholly(readFiles(path.resolve(file), refusal, false)).map(({ source }) => {
    const target = relative(folder, source);
    if (target.startsWith('../') || path.isAbsolute(target)) {
      throw new UserError(
        `must be in the folder of the entry, ${path.dirname(entry)}, as it is in the package relative to that; move it there, or prepare the package yourself with code`,
      );
    }
    const [top = ''] = target.split('/');
    if (TAKEN.includes(top)) {
      throw new UserError(
        `must not have ${top} at the top of the package, where Lambda loads the function from ${PACKAGE.handler}; choose another name`,
      );
    }
    return { source, target };
  });
}

const NOT_UTF8 = 'has a name that is not UTF-8; rename it';

interface Name {
  /** Bytes that are no text are escaped: `a\\xff.py`. */
  readonly name: string;
  readonly isText: boolean;
}

/** The names in a folder. They are bytes, which are mostly UTF-8. */
function namesIn(folder: string): Name[] {
  return readdirSync(folder, { encoding: 'buffer' }).map((bytes) =>
    isUtf8(bytes)
      ? { name: bytes.toString(), isText: true }
      : { name: bytes.toString('latin1').replace(/[^ -~]/g, escapedByte), isText: false },
  );
}

function escapedByte(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A file of a prepared folder, as it is packed. */
export interface CodeFile {
  /** Path in the folder, with slashes. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

interface Found<T> {
  readonly files: readonly T[];
  /** All that is wrong: what it must be, without a full stop. */
  readonly problems: readonly string[];
}

/** @throws UserError with the first problem */
function wholly<T>({ files, problems: [problem] }: Found<T>): readonly T[] {
  if (problem !== undefined) throw new UserError(problem);
  return files;
}

/**
 * The files of a prepared folder, with those that links lead to, as they are packed.
 *
 * @returns their paths in the folder, with slashes
 * @throws UserError if there is none, or one that may not be in a package
 */
export function codeFiles(directory: string, refusal: Refusal): string[] {
  return wholly(readCodeFolder(directory, refusal)).map(({ name }) => name);
}

/** The same with sizes, and all that is wrong with the folder. */
export function readCodeFolder(directory: string, refusal: Refusal): Found<CodeFile> {
  const { files, problems } = readFiles(directory, refusal, true);
  const named = files.map(({ source, size }) => ({ name: relative(directory, source), size }));
  return { files: named, problems };
}

/** A file, or all in a folder and those in it, in the same order on every machine. */
function readFiles(
  root: string,
  refusal: Refusal,
  followsLinks: boolean,
): Found<{ readonly source: string; readonly size: number }> {
  const files: { source: string; size: number }[] = [];
  const problems: string[] = [];
  const isFile = statSync(root, { throwIfNoEntry: false })?.isFile() === true;
  const rule = isFile ? 'be a file for the function' : 'have only files for the function in it';
  const refuse = (place: string, reason: string) => {
    problems.push(`must ${rule}; ${relative('.', place)} ${reason}`);
  };
  /** @param above real paths of the folders that this place is in */
  const visit = (place: string, above: readonly string[]): void => {
    const real = realPath(place);
    const found = lookAt(place, followsLinks || place === root);
    const reason =
      typeof found === 'string'
        ? found
        : (refusal(place, true) ??
          (above.some((outer) => isInside(outer, real))
            ? 'is a link to a folder that it is in; leave it out'
            : undefined));
    if (reason !== undefined) {
      refuse(place, reason);
    } else if (Array.isArray(found)) {
      for (const { name, isText } of found) {
        if (isText) visit(path.join(place, name), [...above, real]);
        else refuse(path.join(place, name), NOT_UTF8);
      }
    } else if (typeof found === 'number') {
      files.push({ source: place, size: found });
    }
  };
  visit(root, []);
  files.sort((a, b) => (a.source < b.source ? -1 : 1));
  if (files.length === 0 && problems.length === 0) problems.push('must have files in it');
  return { files, problems };
}

/** The names in a folder, the bytes of a file, or why there is neither. */
function lookAt(place: string, followsLinks: boolean): Name[] | number | string {
  try {
    if (!followsLinks && lstatSync(place).isSymbolicLink()) {
      return 'is a link; write its content in its place';
    }
    const stats = statSync(place);
    if (stats.isDirectory()) return namesIn(place);
    if (!stats.isFile()) return 'is neither a file nor a folder';
    accessSync(place, constants.R_OK);
    return stats.size;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'is a link to what is not there';
    if (code === 'ELOOP') return 'is a link that leads to itself';
    return `cannot be read: ${message}`;
  }
}

function relative(from: string, file: string): string {
  return path.relative(from, file).split(path.sep).join('/');
}
