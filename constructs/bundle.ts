import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

const OUTPUT = 'dist/functions';

/**
 * Bundles a TypeScript file into a deployment package: `index.js` with its source map, CommonJS, for
 * the Node.js of a Lambda runtime such as `nodejs22.x`.
 *
 * @returns the folder, named after its content
 * @throws if the file does not compile; esbuild has printed where
 */
export function bundle(entry: string, runtime: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    outfile: `${OUTPUT}/build/index.js`,
    bundle: true,
    platform: 'node',
    target: `node${Number.parseInt(runtime.slice('nodejs'.length), 10)}`,
    sourcemap: 'linked',
    write: false,
  });
  const hash = createHash('sha256');
  for (const { contents } of outputFiles) hash.update(contents);
  const directory = path.join(OUTPUT, hash.digest('hex').slice(0, 16));
  mkdirSync(directory, { recursive: true });
  for (const { path: file, contents } of outputFiles) {
    writeFileSync(path.join(directory, path.basename(file)), contents);
  }
  return directory;
}
