/** What `npm pack` runs first, and with `restore` last. It prints nothing, since npm may print JSON. */
import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeBundles } from './bundles';
import { notices, requireAllowedLicenses } from './licenses';
import { publishedManifest } from './manifest';
import { save, swapBack, swapIn } from './swap';
import { writeTypes } from './types';

const OUTDIR = path.join('dist', 'package');
const NOTICES = 'THIRD-PARTY-NOTICES';

async function prepare(): Promise<void> {
  requireDestination();
  save('.');
  try {
    await build();
  } catch (error) {
    await restore();
    throw error;
  }
}

/** Where npm cannot write the package, it does not come to `restore`. */
function requireDestination(): void {
  const { INIT_CWD = '.', npm_config_pack_destination: destination = '.' } = process.env;
  accessSync(path.resolve(INIT_CWD, destination), constants.W_OK);
}

/** Writes what the package has and the repository does not: JavaScript, types, notices, its package.json. */
async function build(): Promise<void> {
  const imported = await writeBundles(OUTDIR);
  const manifest = publishedManifest(imported);
  requireAllowedLicenses(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  writeTypes(path.join(OUTDIR, 'types'), imported);
  writeFileSync(NOTICES, notices());
  swapIn('.', manifest);
}

async function restore(): Promise<void> {
  swapBack('.');
  rmSync(NOTICES, { force: true });
}

const run = process.argv[2] === 'restore' ? restore : prepare;
run().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
