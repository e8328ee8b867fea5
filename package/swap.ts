import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from './manifest';

/** Where package.json is while npm packs. */
const SAVED = 'package.json.before-pack';

/** Puts the package's package.json in the place of the repository's. One that is cut off leaves one or the other. */
export function swapIn(folder: string, manifest: Manifest): void {
  const [current, saved] = placesIn(folder);
  copyFileSync(current, saved);
  const unfinished = `${saved}.new`;
  writeFileSync(unfinished, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(unfinished, current);
}

/** Puts the repository's package.json back, if it is not there. */
export function swapBack(folder: string): void {
  const [current, saved] = placesIn(folder);
  if (!existsSync(saved)) return;
  // Only the repository's has scripts. Someone may have put it back, and changed it since.
  if ('scripts' in JSON.parse(readFileSync(current, 'utf8'))) rmSync(saved);
  else renameSync(saved, current);
}

function placesIn(folder: string): [current: string, saved: string] {
  return [path.join(folder, 'package.json'), path.join(folder, SAVED)];
}
