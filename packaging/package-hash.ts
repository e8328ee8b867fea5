import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { codeFiles } from './package-files';

/**
 * SHA-256 of the names and the content of the files in a folder, in hexadecimal.
 *
 * @param except a file that is left out
 */
export function packageHash(folder: string, except?: string): string {
  const hash = createHash('sha256');
  for (const file of codeFiles(folder, () => undefined).filter((name) => name !== except)) {
    hash.update(`${file}\0`).update(readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex');
}
