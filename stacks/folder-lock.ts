import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs what only one process at a time may do in a folder. The lock is a file with the process's id, so
 * that one whose process was killed is known and taken over.
 *
 * @throws Error if another process has the lock
 */
export function withFolderLock(folder: string, action: () => void): void {
  const lock = path.join(folder, '.synth.lock');
  try {
    if (isLeftBehind(lock)) rmSync(lock, { force: true });
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(
      `another command writes there; run one command at a time for a folder. If none runs, delete ${lock}`,
    );
  }
  try {
    action();
  } finally {
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
