import {
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** The repository's package.json while npm packs. Whoever creates it packs; the others do not. */
const SAVED = 'package.json.before-pack';

/**
 * Saves the repository's package.json.
 *
 * @throws Error if another npm pack runs or was cut off, or if package.json is the package's
 */
export function save(folder: string): void {
  const [current, saved] = placesIn(folder);
  if (existsSync(saved)) {
    throw new Error(
      `${SAVED} exists: another npm pack runs, or one was cut off; then run node commands/start.mjs package/pack.ts restore`,
    );
  }
  if (!isOfRepository(current)) {
    throw new Error("package.json is the package's; run git checkout package.json");
  }
  copyFileSync(current, saved, constants.COPYFILE_EXCL);
}

/**
 * Puts the package's package.json in the place of the repository's. One that is cut off leaves one or the other.
 *
 * @throws Error if the repository's has changed since it was saved
 */
export function swapIn(folder: string, manifest: object): void {
  const [current, saved] = placesIn(folder);
  requireSame(current, saved);
  const unfinished = `${saved}.new`;
  writeFileSync(unfinished, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(unfinished, current);
}

/**
 * Puts the repository's package.json back.
 *
 * @throws Error if none is saved, or if someone has put back another one
 */
export function swapBack(folder: string): void {
  const [current, saved] = placesIn(folder);
  if (isOfRepository(current)) requireSame(current, saved);
  renameSync(saved, current);
}

function requireSame(current: string, saved: string): void {
  if (readFileSync(current).equals(readFileSync(saved))) return;
  throw new Error(`package.json is not as in ${SAVED}; remove that once package.json is right`);
}

/** The package's has none. */
function isOfRepository(file: string): boolean {
  return 'devDependencies' in JSON.parse(readFileSync(file, 'utf8'));
}

function placesIn(folder: string): [current: string, saved: string] {
  return [path.join(folder, 'package.json'), path.join(folder, SAVED)];
}
