/** What `npm pack` runs first, and with `restore` last. It prints nothing, since npm may print JSON. */
import { accessSync, constants, rmSync } from 'node:fs';
import path from 'node:path';
import { buildPackage } from './build';
import { save, swapBack, swapIn } from './swap';

async function prepare(): Promise<void> {
  requireDestination();
  save('.');
  try {
    swapIn('.', await buildPackage('.'));
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

async function restore(): Promise<void> {
  swapBack('.');
  rmSync('THIRD-PARTY-NOTICES', { force: true });
}

const run = process.argv[2] === 'restore' ? restore : prepare;
run().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
