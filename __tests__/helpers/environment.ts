import { realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The environment of a process that a test starts: where programs and temporary files are, and what the
 * test sets. Colours, the width of the terminal, `TOPOLOGY` and credentials of whoever runs the tests
 * are not in it, so they change no outcome.
 */
export function environment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, ...variables };
}

/** Folders of this machine, which nothing that is synthesized may name. The root is in every path. */
export const MACHINE_FOLDERS = [process.cwd(), homedir(), tmpdir(), realpathSync(tmpdir())].filter(
  (folder) => folder !== path.parse(folder).root,
);
