import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from './problem';

/**
 * Where a file or a folder that a topology names is, seen from the working directory. Topologies name them relative
 * to their own folder, or absolutely.
 *
 * @param folder of the topology file, relative to the working directory or absolute
 */
export function placeNamed(file: string, folder: string): string {
  return path.isAbsolute(file) ? file : path.join(folder, file);
}

/** Where links lead; a path that is not there stays as it is. */
export function realPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}

/** Whether a path is a folder's own or below it. */
export function isInside(file: string, folder: string): boolean {
  const below = path.relative(folder, file);
  return below.split(path.sep)[0] !== '..' && !path.isAbsolute(below);
}

/**
 * Makes an empty folder, which whoever calls this removes.
 *
 * @returns its real path
 * @throws UserError if the system's folder for temporary files is missing or may not be written to
 */
export function temporaryFolder(prefix: string): string {
  try {
    return realPath(mkdtempSync(path.join(tmpdir(), prefix)));
  } catch (error) {
    throw new UserError(
      `TMPDIR must be a folder that can be written to: ${(error as Error).message}`,
    );
  }
}

/** With slashes. */
export function relative(from: string, file: string): string {
  return withSlashes(path.relative(from, file));
}

export function withSlashes(file: string): string {
  return file.split(path.sep).join('/');
}

/** Whether no package brought a file, whose path has slashes. */
export function isOwn(file: string): boolean {
  return !file.split('/').includes('node_modules');
}

/**
 * @param write what it throws of files becomes one line
 * @throws UserError if something cannot be written
 */
export function writing(what: string, folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${what} cannot be written to ${folder}: ${(error as Error).message}`);
  }
}
