import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Contents of all files of a folder, by their path in it. */
export function tree(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(root, file)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(path.join(root, file), 'latin1')]),
  );
}
