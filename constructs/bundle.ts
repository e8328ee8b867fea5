import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';

const OUTPUT = 'dist/functions';

/**
 * The AWS SDK imports these on demand, and never does in Lambda, where credentials are in variables and
 * those come first. Without them the client of S3 is a quarter smaller.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const UNUSED_CREDENTIAL_PROVIDERS = ['ini', 'sso', 'login', 'process', 'web-identity'];

const OPTIONS = [
  '--bundle',
  '--platform=node',
  // ES modules, of which esbuild leaves out what is not used.
  '--main-fields=module,main',
  '--minify',
  // Names of errors and classes, for the log.
  '--keep-names',
  '--sourcemap',
  '--sources-content=false',
  '--log-level=warning',
  // `export default defineProcessor(…)` is a handler as well.
  '--footer:js=module.exports.handler ??= module.exports.default;',
  ...UNUSED_CREDENTIAL_PROVIDERS.map((name) => `--external:@aws-sdk/credential-provider-${name}`),
];

/**
 * Bundles a TypeScript file into a deployment package: `index.js` with its source map, CommonJS, for
 * the Node.js of a Lambda runtime such as `nodejs22.x`. The file exports a `handler`, or has one as its
 * default export.
 *
 * Runs esbuild's own program, which is done in a quarter of the time of its synchronous API.
 *
 * @returns the folder, named after its content
 * @throws if the file does not compile, the message says where; or if it has no handler
 */
export function bundle(entry: string, runtime: string): string {
  const key = `${entry} ${runtime}`;
  const known = bundles.get(key);
  if (known !== undefined && existsSync(known)) return known;
  const made = build(entry, runtime);
  bundles.set(key, made);
  return made;
}

/** Folders by entry and runtime: many consumers have the same function, and a file is bundled once. */
const bundles = new Map<string, string>();

function build(entry: string, runtime: string): string {
  mkdirSync(OUTPUT, { recursive: true });
  const folder = mkdtempSync(path.join(OUTPUT, 'build-'));
  try {
    esbuild(
      entry,
      ...OPTIONS,
      `--target=node${Number.parseInt(runtime.slice('nodejs'.length), 10)}`,
      `--outfile=${path.join(folder, 'index.js')}`,
    );
    const exported = exportsOf(entry);
    if (!exported.includes('handler') && !exported.includes('default')) {
      throw new Error(
        `${entry} must export a handler: write export default defineProcessor(…), or export const handler; it exports ${exported.join(', ') || 'nothing'}`,
      );
    }
    return keep(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function esbuild(entry: string, ...options: string[]): void {
  execFileSync('node_modules/.bin/esbuild', [entry, ...options], { stdio: 'pipe' });
}

/**
 * esbuild tells the exports of an ES module only, so this is another build. It is without packages, and
 * done as soon as it is started.
 */
function exportsOf(entry: string): string[] {
  const scratch = mkdtempSync(path.join(OUTPUT, 'exports-'));
  const [outfile = '', metafile = ''] = ['index.mjs', 'meta.json'].map((name) =>
    path.join(scratch, name),
  );
  try {
    esbuild(
      entry,
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--packages=external',
      '--log-level=error',
      `--outfile=${outfile}`,
      `--metafile=${metafile}`,
    );
    const outputs: Record<string, { exports: string[] }> = JSON.parse(
      readFileSync(metafile, 'utf8'),
    ).outputs;
    return Object.values(outputs).flatMap((output) => output.exports);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Moves a finished build to the folder named after its content, unless that is there already. */
function keep(build: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(build).sort()) hash.update(readFileSync(path.join(build, file)));
  const directory = path.join(OUTPUT, hash.digest('hex').slice(0, 16));
  try {
    renameSync(build, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  }
  return directory;
}
