import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { isInside, realPath, relative } from '../topology/paths';
import { UserError } from '../topology/problem';
import type { Refusal } from './confinement';

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

/**
 * The files that one element of `function.files` names: itself, or all in its folder.
 *
 * @returns each with its path in the package, as from the folder of the entry
 * @throws UserError if there is none, if it is outside the entry's folder, has a name that is taken,
 * or may not be in a package
 */
export function packageFiles(entry: string, file: string, refusal: Refusal) {
  if (!existsSync(file)) {
    throw new UserError(
      `must be a file or a folder that exists, relative to the topology's file: ${file}`,
    );
  }
  const folder = path.dirname(path.resolve(entry));
  const { files, problems } = readFiles(path.resolve(file), refusal, false);
  for (const problem of problems) throw new UserError(problem);
  return files.map(({ source }) => {
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

/** A file as it is packed: where it is, its path in the folder, with slashes, and its bytes. */
export type CodeFile = Readonly<{ source: string; name: string; size: number }>;

/**
 * The files of a prepared folder, with those that links lead to, as they are packed; and all that is wrong with it:
 * what it must be, without a full stop.
 *
 * @param refusal default: every file may be in it
 */
export function readCodeFolder(directory: string, refusal: Refusal = () => undefined) {
  return readFiles(directory, refusal, true);
}

/** SHA-256 of the names and the content of the files in a folder, in hexadecimal. */
export function packageHash(folder: string): string {
  const hash = createHash('sha256');
  for (const { name, source } of readCodeFolder(folder).files) {
    hash.update(`${name}\0`).update(readFileSync(source));
  }
  return hash.digest('hex');
}

/** A file, or all in a folder and those in it, in the same order on every machine. */
function readFiles(root: string, refusal: Refusal, followsLinks: boolean) {
  const files: CodeFile[] = [];
  const problems: string[] = [];
  const isFile = statSync(root, { throwIfNoEntry: false })?.isFile() === true;
  const rule = isFile ? 'be a file for the function' : 'have only files for the function in it';
  const refuse = (place: string, reason: string) => {
    const at = reason === LOOP ? loopOf(place) : place;
    const problem = `must ${rule}; ${relative('.', at)} ${reason}`;
    // Each link of a loop leads to the same.
    if (!problems.includes(problem)) problems.push(problem);
  };
  /** @param above real paths of the folders that this place is in */
  const visit = (place: string, above: readonly string[]): void => {
    const real = realPath(place);
    const stats = lookAt(place, followsLinks || place === root);
    const reason =
      refusal(place, true) ??
      (above.some((outer) => isInside(outer, real))
        ? 'is a link to a folder that it is in; leave it out'
        : undefined);
    if (typeof stats === 'string') refuse(place, stats);
    else if (reason !== undefined) refuse(place, reason);
    else if (stats.isFile())
      files.push({ source: place, name: relative(root, place), size: stats.size });
    else {
      for (const name of readdirSync(place, { encoding: 'buffer' })) {
        if (isUtf8(name)) visit(path.join(place, name.toString()), [...above, real]);
        else refuse(path.join(place, escaped(name)), 'has a name that is not UTF-8; rename it');
      }
    }
  };
  visit(root, []);
  files.sort((a, b) => (a.source < b.source ? -1 : 1));
  if (files.length === 0 && problems.length === 0) problems.push('must have files in it');
  return { files, problems };
}

const LOOP = 'is a link that leads to itself';

/** One link of the loop that a link leads to, the same for each of them; itself where that cannot be said. */
function loopOf(link: string): string {
  const inRealFolder = (place: string) =>
    path.join(realPath(path.dirname(place)), path.basename(place));
  const links: string[] = [];
  let at = inRealFolder(link);
  try {
    while (!links.includes(at)) {
      links.push(at);
      at = inRealFolder(path.resolve(path.dirname(at), readlinkSync(at)));
    }
  } catch {
    // A folder on the way is a link of a loop, which is refused itself; or links are too many.
    return link;
  }
  const [first = link] = links.slice(links.indexOf(at)).sort();
  return first;
}

/** What a place is that can be read, or why it cannot. */
function lookAt(place: string, followsLinks: boolean): Stats | string {
  try {
    if (!followsLinks && lstatSync(place).isSymbolicLink()) {
      return 'is a link; write its content in its place';
    }
    const stats = statSync(place);
    if (!stats.isFile() && !stats.isDirectory()) return 'is neither a file nor a folder';
    accessSync(place, constants.R_OK);
    return stats;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'is a link to what is not there';
    if (code === 'ELOOP') return LOOP;
    return `cannot be read: ${message}`;
  }
}

/** Bytes that are no text: `a\\xff.py`. */
function escaped(name: Buffer): string {
  const byte = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return name.toString('latin1').replace(/[^ -~]/g, byte);
}
