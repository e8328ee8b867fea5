import {
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';

const CURRENT = 'package.json';

/** The repository's package.json while npm packs. Whoever creates it packs; the others do not. */
const SAVED = 'package.json.before-pack';

/** @throws Error if another npm pack runs or was cut off, or if package.json is the package's */
export function save(): void {
  if (existsSync(SAVED)) {
    throw new Error(
      `${SAVED} exists: another npm pack runs, or one was cut off; then run node commands/start.mjs package/pack.ts restore`,
    );
  }
  if (!isOfRepository()) {
    throw new Error("package.json is the package's; run git checkout package.json");
  }
  copyFileSync(CURRENT, SAVED, constants.COPYFILE_EXCL);
}

/**
 * Puts the package's package.json in the place of the repository's. One that is cut off leaves one or the other.
 *
 * @throws Error if the repository's has changed since it was saved
 */
export function swapIn(manifest: object): void {
  requireSame();
  const unfinished = `${SAVED}.new`;
  writeFileSync(unfinished, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(unfinished, CURRENT);
}

/** @throws Error if none is saved, or if someone has put back another one */
export function swapBack(): void {
  if (isOfRepository()) requireSame();
  renameSync(SAVED, CURRENT);
}

function requireSame(): void {
  if (readFileSync(CURRENT).equals(readFileSync(SAVED))) return;
  throw new Error(`package.json is not as in ${SAVED}; remove that once package.json is right`);
}

/** The package's has none. */
function isOfRepository(): boolean {
  return 'devDependencies' in JSON.parse(readFileSync(CURRENT, 'utf8'));
}
