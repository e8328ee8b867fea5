/** What `npm pack` runs first. It prints nothing, since npm may print JSON. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { buildPackage } from './build';
import { swapBack, swapIn } from './swap';

async function prepack(): Promise<void> {
  swapBack('.');
  requireDestination();
  swapIn('.', await buildPackage('.'));
}

/** Where npm cannot write the package, it does not run postpack. */
function requireDestination(): void {
  const { INIT_CWD = '.', npm_config_pack_destination: destination = '.' } = process.env;
  accessSync(path.resolve(INIT_CWD, destination), constants.W_OK);
}

prepack().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
