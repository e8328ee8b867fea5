import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writing } from '../topology/paths';

/** @throws UserError if they cannot be written */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  writing('the report', folder, () => {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
  });
}
