import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle, forgetBundles } from '../packaging/bundle';
import { makesFunction, type ResolvedTopology } from '../topology/resolve';

/** Milliseconds between two looks at the files. */
const PAUSE = 300;

/** The files that functions are made of, without packages. */
export function codeFiles({ consumers }: ResolvedTopology): string[] {
  return consumers.filter(makesFunction).flatMap(({ function: { code, runtime } }) => {
    if (code.type === 'folder') {
      const names = readdirSync(code.directory, { recursive: true, encoding: 'utf8' });
      return [code.directory, ...names.map((name) => path.join(code.directory, name))];
    }
    const { entry, files, folder } = code;
    return bundle(entry, runtime, { files, folder }).own;
  });
}

/**
 * Waits until one of the files is written, removed or replaced.
 *
 * @param since milliseconds since 1970: what was written later is a change as well
 * @returns whether one was; false once the signal is aborted
 */
export async function changed(
  files: readonly string[],
  since: number,
  signal: AbortSignal,
): Promise<boolean> {
  const look = () => files.map(stateOf).join('\n');
  const before = look();
  const isLate = files.some((file) => modified(file) > since);
  while (!signal.aborted) {
    if (isLate || look() !== before) {
      forgetBundles();
      return true;
    }
    await sleep(PAUSE, undefined, { signal }).catch(() => {});
  }
  return false;
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function stateOf(file: string): string {
  const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
}

/**
 * Takes the files of a folder, without those of folders in it.
 *
 * @returns what puts them back, and removes all others
 */
export function snapshot(folder: string): () => void {
  const filesNow = () =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .map((name) => path.join(folder, name))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  const files = filesNow().map((file) => ({ file, content: readFileSync(file) }));
  return () => {
    for (const file of filesNow()) rmSync(file);
    mkdirSync(folder, { recursive: true });
    for (const { file, content } of files) writeFileSync(file, content);
  };
}
