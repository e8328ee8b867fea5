/** What `npm pack` runs first, and with `restore` last. It prints nothing, since npm may print JSON. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED, writeBundles } from './bundles';
import { publishedManifest } from './manifest';
import { save, swapBack, swapIn } from './swap';

const OUTDIR = path.join('dist', 'package');
const NOTICES = 'THIRD-PARTY-NOTICES';

async function prepare(): Promise<void> {
  requireDestination();
  save();
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
  writeTypes(path.join(OUTDIR, 'types'));
  writeFileSync(NOTICES, BUNDLED.map(notice).join(`\n${'-'.repeat(80)}\n\n`));
  swapIn(publishedManifest(imported));
}

/** Of the entry points, and of all that they import: only what these lead to is read where the package is used. */
function writeTypes(outdir: string): void {
  const tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'package', '--outDir', outdir], {
    // What it prints goes where standard output stays that of npm pack --json.
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  for (const entry of ['index', 'lambda-src/processor', 'lambda-src/testing']) {
    const text = `export * from './${path.basename(entry)}.js';\n`;
    writeFileSync(path.join(outdir, `${entry}.d.mts`), text);
  }
}

function notice(name: string): string {
  const file = require.resolve(`${name}/package.json`);
  const { version, license, repository } = JSON.parse(readFileSync(file, 'utf8'));
  const address = repository.url.replace(/^git\+|\.git$/g, '');
  const text = readFileSync(path.join(path.dirname(file), 'LICENSE'), 'utf8');
  return `${name} ${version}
License: ${license}
Source: ${address}/tree/v${version}
        https://www.npmjs.com/package/${name}/v/${version}

dist/package/${path.basename(name)}/ has the files of this package that are used, under its license, and unmodified but
for esbuild, which makes one file of each class.

${text}`;
}

async function restore(): Promise<void> {
  swapBack();
  rmSync(NOTICES, { force: true });
}

const run = process.argv[2] === 'restore' ? restore : prepare;
run().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
