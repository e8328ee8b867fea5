// node commands/start.mjs <script>.ts [arguments]: bundles a script of this project and runs it in this process, so
// that it gets the signals, from any working directory. It takes half the time of tsx.
// esbuild is looked for where Node.js looks for packages, also in a folder above.
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [script] = process.argv.splice(2, 1);
const project = fileURLToPath(new URL('..', import.meta.url));
const outfile = path.join(project, 'dist', script.replace(/\.ts$/, '.js'));
// Another run may import the file meanwhile: it never finds a part of it.
const unfinished = `${outfile}.${randomUUID()}`;
try {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path.join(project, script)],
    outfile: unfinished,
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  renameSync(unfinished, outfile);
  await import(pathToFileURL(outfile));
} catch (error) {
  const isGone = error.syscall === 'uv_cwd'; // as in run.ts, which is not loaded yet
  if (!isGone && !/^(ERR_)?MODULE_NOT_FOUND$/.test(error.code)) throw error;
  const missing = `${error.message.split('\n')[0]}; run npm ci`;
  console.error(isGone ? 'The working directory is no longer there; change to another' : missing);
  process.exitCode = 1;
}
