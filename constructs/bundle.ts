import { spawnSync } from 'node:child_process';
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
import { UserError } from '../topology/problem';

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

/** A file that cannot be the entry of a function; the message names it and says what to write. */
export class EntryError extends UserError {
  override readonly name = 'EntryError';
}

/** What makes a handler of a processor. A default export without it would take whole events. */
const PROCESSOR = 'lambda-src/processor.ts';

/**
 * Bundles a TypeScript file into a deployment package: `index.js` with its source map, CommonJS, for
 * the Node.js of a Lambda runtime such as `nodejs22.x`. The file exports a `handler`, or has one as its
 * default export.
 *
 * Runs esbuild's own program, which is done in a quarter of the time of its synchronous API.
 *
 * @returns the folder, named after its content
 * @throws EntryError if the file does not compile, and says where; or if it has no handler
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
    requireHandler(entry);
    return keep(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function esbuild(entry: string, ...options: string[]): void {
  const program = 'node_modules/.bin/esbuild';
  const { status, error, stderr } = spawnSync(program, [entry, ...options], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new EntryError(`${entry} cannot be bundled: ${firstError(stderr)}`);
}

/** `lambda-src/orders.ts:3:9: Could not resolve "./nowhere"`, of what esbuild prints. */
function firstError(output: string): string {
  const [, text, place] = /\[ERROR\] (.*)\n(?:\n +(.+:\d+:\d+:)\n)?/.exec(output) ?? [];
  return [place, text ?? output].filter(Boolean).join(' ');
}

function requireHandler(entry: string): void {
  const { exported, files } = contentOf(entry);
  if (exported.includes('handler')) return;
  const what = `it exports ${exported.join(', ') || 'nothing'}`;
  if (!exported.includes('default')) {
    throw new EntryError(
      `${entry} must export a handler: write export default defineProcessor(…), or export const handler; ${what}`,
    );
  }
  if (!files.includes(PROCESSOR)) {
    throw new EntryError(
      `${entry} must wrap its default export, as in export default defineProcessor(…), or export it as handler if it takes whole events`,
    );
  }
}

/**
 * What the file exports, and the files of this project it is made of. esbuild tells the exports of an
 * ES module only, so this is another build. It is without packages, and done as soon as it is started.
 */
function contentOf(entry: string): { exported: string[]; files: string[] } {
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
    const outputs: Record<string, { exports: string[]; inputs: object }> = JSON.parse(
      readFileSync(metafile, 'utf8'),
    ).outputs;
    const all = Object.values(outputs);
    return {
      exported: all.flatMap((output) => output.exports),
      files: all.flatMap(({ inputs }) => Object.keys(inputs)),
    };
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
