import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../topology/problem';

/**
 * Takes a folder for one run: of two at once, one would lose what the other writes.
 *
 * @returns what leaves it to others. A run that was killed leaves it as well.
 * @throws UserError if another run has it
 */
export function lock(folder: string): () => void {
  const file = path.join(folder, '.pid');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, `${process.pid}`, { flag: 'wx' });
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'EEXIST') throw error;
    const pid = readFileSync(file, 'utf8');
    if (isRunning(Number(pid))) {
      throw new UserError(
        `another npm run local (process ${pid}) plays in ${folder}; wait for its end, or delete ${file} if there is none`,
      );
    }
    writeFileSync(file, `${process.pid}`);
  }
  return () => rmSync(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return Reflect.get(Object(error), 'code') === 'EPERM';
  }
}
