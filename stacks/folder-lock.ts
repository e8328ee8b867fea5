import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writing } from '../topology/paths';
import { UserError } from '../topology/problem';

/** Locks of this process, which needs none again for a part of what it does. */
const held = new Set<string>();

/**
 * Takes a lock, which is a file with the process's id, so that one whose process was killed is known and taken over.
 *
 * @param refusal what is said where another process, of this id, has it
 * @throws UserError if another process has it
 */
export function takeLock(lock: string, refusal: (owner: string) => string): void {
  mkdirSync(path.dirname(lock), { recursive: true });
  if (isLeftBehind(lock)) rmSync(lock, { force: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UserError(refusal(readFileSync(lock, 'utf8')));
  }
}

/**
 * Runs what only one process at a time may do in a folder.
 *
 * @throws UserError if another process has the lock
 */
export async function withFolderLock<T>(folder: string, action: () => T | Promise<T>): Promise<T> {
  const lock = path.join(folder, '.synth.lock');
  const id = path.resolve(lock);
  if (held.has(id)) return action();
  writing('the stacks', folder, () => {
    takeLock(
      lock,
      () =>
        `another command runs in ${folder}; run one at a time for a folder. If none runs, delete ${lock}`,
    );
  });
  held.add(id);
  try {
    return await action();
  } finally {
    held.delete(id);
    rmSync(lock, { force: true });
  }
}

function isLeftBehind(lock: string): boolean {
  try {
    // A file that is still empty is 0, which is this group of processes.
    const owner = Number(readFileSync(lock, 'utf8'));
    // In containers a process often has the id of the one before it. The signal 0 sends nothing.
    return owner === process.pid || !process.kill(owner, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
