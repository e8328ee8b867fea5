import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../topology/problem';

/** @throws UserError if they cannot be written */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  writing('the report', folder, () => {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
  });
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
