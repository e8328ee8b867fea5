import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../topology/problem';

/** @throws UserError if they cannot be written */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
  } catch (error) {
    throw new UserError(`the report cannot be written to ${folder}: ${(error as Error).message}`);
  }
}
