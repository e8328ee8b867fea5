import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { MARK_NAME, MISSING_HANDLER, UNWRAPPED_DEFAULT } from '../lambda-src/contract';
import { ownFile, PACKAGE_NAME } from '../topology/own-files';
import { isOwn, realPath, relative, temporaryFolder, withSlashes } from '../topology/paths';
import { UserError } from '../topology/problem';
import type { Entry } from '../topology/resolve';
import { isDefaultEntry } from '../topology/sinks';
import {
  COMPUTED_IMPORTS,
  computedImports,
  isComputedImport,
  requireNoDecoratorMetadata,
  runTimeReads,
} from './bundled-sources';
import { confinement } from './confinement';
import { type Build, esbuild, formatMessage, type Message } from './esbuild';
import { isOfRuntime, stableNames } from './origins';
import { PACKAGE, packageFiles, packageHash } from './package-files';
import { type InputText, renameSources } from './source-maps';

/** What picks the handler of an entry; it is bundled with it. */
const DEPLOYED_HANDLER = ownFile('lambda-src/runtime/deployed-handler.ts');

/** The rest of the package has no place in a function: an import of it is resolved to this, which is not there. */
const NOT_FOR_FUNCTIONS = `${PACKAGE_NAME}/not-for-functions`;

/** What makes the handler of a processor; it is bundled where a processor is defined. */
const PROCESSOR = realPath(ownFile('lambda-src/runtime/handler.ts'));

const isProcessor = ({ file }: InputText) => realPath(file) === PROCESSOR;

/** Name of the module that is bundled, in messages and the source map; there is no such file. */
const ROOT = '<entry>';

/** What Lambda loads. Source maps are read for files that are loaded after the first line, so the rest is another file. */
function handlerModule(tableArns?: readonly string[]): string {
  return `process.setSourceMapsEnabled(true);
const { handlerFor } = await import('./${PACKAGE.bundle}');
export const handler = handlerFor(${tableArns ? JSON.stringify(tableArns, null, 2) : ''});
`;
}

/** What CommonJS packages expect, and an ES module does not have. The imports' names are nobody else's. */
const BANNER = [
  "import { createRequire as __bundle_createRequire } from 'node:module';",
  "import { dirname as __bundle_dirname } from 'node:path';",
  "import { fileURLToPath as __bundle_fileURLToPath } from 'node:url';",
  'const require = __bundle_createRequire(import.meta.url);',
  'const __filename = __bundle_fileURLToPath(import.meta.url);',
  'const __dirname = __bundle_dirname(__filename);',
].join('');

const OPTIONS = [
  '--bundle',
  '--platform=node',
  '--format=esm',
  `--banner:js=${BANNER}`,
  '--minify',
  // Names of errors and classes, for the log.
  '--keep-names',
  '--sourcemap',
  '--sources-content=false',
  `--alias:${PACKAGE_NAME}/processor=${withSlashes(ownFile('lambda-src/processor.ts'))}`,
  `--alias:${PACKAGE_NAME}=${NOT_FOR_FUNCTIONS}`,
  ...COMPUTED_IMPORTS.map((id) => `--log-override:${id}=warning`),
];

/** Packages are found as Node.js finds them: esbuild by itself would take the condition `module` as well. */
const AS_NODE_DOES = ['--conditions='];

/**
 * The AWS SDK imports these on demand, and never does in Lambda, where credentials are in variables and
 * those come first. Without them the client of S3 is a quarter smaller.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const UNUSED_CREDENTIAL_PROVIDERS = ['ini', 'sso', 'login', 'process', 'web-identity'];

/** For the default functions, whose packages are known: smaller builds of the AWS SDK. */
const SMALLER = [
  '--main-fields=module,main',
  ...UNUSED_CREDENTIAL_PROVIDERS.map((name) => `--external:@aws-sdk/credential-provider-${name}`),
];

/** Default: no files to copy, and the working directory as the folder of the topology file (see `confinement`). */
export interface BundleOptions extends Partial<Pick<Entry, 'files' | 'folder'>> {
  /** Tables whose changes a processor takes. Default: any. */
  readonly tableArns?: readonly string[];
}

export interface Bundle {
  /** Its folder, named after its content. */
  readonly directory: string;
  /** The user's files that it is made of, without packages, relative to the working directory, sorted. */
  readonly own: readonly string[];
  /** Whether the entry exports a handler as `handler` that is not of a processor, as far as that can be known. */
  readonly hasOwnHandler: boolean;
  /** Whether `defineProcessor` or `defineBatchProcessor` is in it, which read LOG_LEVEL. */
  readonly hasProcessor: boolean;
}

/**
 * Bundles a TypeScript or JavaScript file into a deployment package for the Node.js of a Lambda runtime
 * such as `nodejs24.x`: `index.mjs`, whose `handler` is the one of the file (see `deployedHandler`), the
 * bundle with its source map, and the files that are read at run time. Prints the bundler's warnings.
 *
 * Nothing of the file is run.
 *
 * @throws UserError if the file does not compile, and says where; if it has no handler; or if it is made of
 * a file that may not be in a package
 */
export function bundle(entry: string, runtime: string, options: BundleOptions = {}): Bundle {
  const key = JSON.stringify([process.cwd(), entry, runtime, options]);
  const known = bundles.get(key);
  if (known !== undefined && existsSync(known.directory)) return known;
  const { tableArns, ...others } = options;
  const made = tableArns
    ? narrow(bundle(entry, runtime, others), tableArns)
    : build(entry, runtime, others);
  bundles.set(key, made);
  return made;
}

/** By what they are made from: many consumers have the same function, which is bundled once. */
const bundles = new Map<string, Bundle>();

/** Where the code may have changed: the next call of `bundle` bundles it again. */
export function forgetBundles(): void {
  bundles.clear();
}

/** The same package for these tables alone. */
function narrow({ directory, ...others }: Bundle, tableArns: readonly string[]): Bundle {
  return packaged((folder) => {
    cpSync(directory, folder, { recursive: true });
    writeFileSync(path.join(folder, PACKAGE.handler), handlerModule(tableArns));
    return others;
  });
}

function build(
  entry: string,
  runtime: string,
  { files = [], folder: ofTopology = '.' }: BundleOptions,
): Bundle {
  const refusal = confinement(ofTopology);
  const options = [
    ...OPTIONS,
    ...(isDefaultEntry(entry) ? SMALLER : AS_NODE_DOES),
    `--target=node${Number.parseInt(runtime.slice('nodejs'.length), 10)}`,
  ];
  try {
    return packaged((folder) => {
      const outfile = path.join(folder, PACKAGE.bundle);
      const nameOf = stableNames(ofTopology);
      const root = { name: ROOT, text: rootModule(entry, nameOf(entry)) };
      const built = esbuild(root, outfile, options, refusal);
      const sourceMap = path.join(folder, PACKAGE.sourceMap);
      renameSources(sourceMap, (file) => (file === path.resolve(ROOT) ? ROOT : nameOf(file)));
      const code = readFileSync(outfile, 'utf8');
      const exportsHandler = requireHandler(built, code);
      warn(built, entry, files);
      writeFileSync(path.join(folder, PACKAGE.handler), handlerModule());
      const copied = files.flatMap((file) => packageFiles(entry, file, refusal));
      for (const { source, target } of copied) cpSync(source, path.join(folder, target));
      const sources = copied.map(({ source }) => relative('.', source));
      return {
        own: [...new Set([...built.inputs, ...sources])].filter(isOfUser).sort(),
        hasOwnHandler: exportsHandler && !exportsProcessor(code),
        hasProcessor: built.sources.some(isProcessor),
      };
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${entry} ${error.message}`);
  }
}

function packaged(fill: (folder: string) => Omit<Bundle, 'directory'>): Bundle {
  const folder = mkdtempSync(path.join(outputFolder(), 'build-'));
  try {
    const others = fill(folder);
    const directory = path.join(outputFolder(), packageHash(folder).slice(0, 16));
    if (!existsSync(directory)) renameSync(folder, directory);
    return { directory, ...others };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const OUTPUT = Symbol.for(`${PACKAGE_NAME}/functions`);

/** The process itself: jest gives each test file another one, which emits no `exit`. */
const host: NodeJS.Process & { [OUTPUT]?: string } = runInThisContext('process');

/**
 * Where packages are until the stacks, which get copies of them, are written.
 *
 * @throws UserError if there can be no such folder
 */
export function outputFolder(): string {
  if (host[OUTPUT] !== undefined) return host[OUTPUT];
  const folder = temporaryFolder('functions-');
  host.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  host[OUTPUT] = folder;
  return folder;
}

/**
 * Takes the handler out of the entry's exports, whatever module kind the entry is.
 *
 * @param name of the entry in what the handler says
 */
function rootModule(entry: string, name: string): string {
  const [entryModule, handlerModule] = [path.resolve(entry), DEPLOYED_HANDLER].map((file) =>
    JSON.stringify(withSlashes(file)),
  );
  return `import * as entry from ${entryModule};
export * from ${entryModule}; // for messages: the bundle exports what the entry does
import { deployedHandler } from ${handlerModule};
const exports = { handler: entry.handler, default: entry.default };
export const handlerFor = (tableArns) => deployedHandler(exports, ${JSON.stringify(name)}, tableArns);`;
}

const isOfUser = (file: string) => isOwn(file) && !isOfRuntime(file);

/** The bundler warns of each export that rootModule takes and the entry does not have. */
const ofRoot = ({ file }: Message) => file === ROOT;

/**
 * @returns whether the entry exports `handler`
 * @throws UserError if it is known to have no handler
 */
function requireHandler({ warnings, sources, exports }: Build, code: string): boolean {
  const [missing, more] = warnings.filter(ofRoot);
  if (missing && (more || missing.text.includes('has no exports'))) {
    throw new UserError(
      `${MISSING_HANDLER}; it exports ${exports.filter((name) => name !== 'handlerFor').join(', ') || 'nothing'}`,
    );
  }
  const exportsHandler = missing?.text.includes('"handler"') !== true;
  // What picks the handler has the mark, and what makes a processor: ours, or another copy of it.
  const canBeMarked = sources.some(isProcessor) || code.split(MARK_NAME).length > 2;
  if (!canBeMarked) {
    if (!exportsHandler) throw new UserError(UNWRAPPED_DEFAULT);
    // What CommonJS exports is known only when it is run.
    const isKnown = !warnings.some(isComputedImport);
    const others = sources.filter(({ file }) => !isOfRuntime(file));
    if (isKnown && !others.some(({ text }) => text.includes('handler'))) {
      throw new UserError(MISSING_HANDLER);
    }
  }
  return exportsHandler;
}

/** Prints the warnings, each once. */
function warn({ warnings, sources }: Build, entry: string, files: readonly string[]): void {
  const own = sources.filter(({ file }) => isOwn(file) && /\.[cm]?[jt]sx?$/.test(file));
  if (!isDefaultEntry(entry)) requireNoDecoratorMetadata(relative('.', entry), own);
  const others = warnings.filter((warning) => !ofRoot(warning) && !isComputedImport(warning));
  const reads = [...computedImports(warnings), ...runTimeReads(own)];
  for (const line of [...others, ...(files.length > 0 ? [] : reads)].map(formatMessage)) {
    if (!printed.has(line)) console.warn(line);
    printed.add(line);
  }
}

const printed = new Set<string>();

/**
 * Whether the bundle exports as `handler` what `defineProcessor` or `defineBatchProcessor` returns. Both have short
 * names in it; `--keep-names` writes their own behind those: `a(f,"defineProcessor")`.
 */
function exportsProcessor(bundle: string): boolean {
  const handler = /\bexport\{(?:[^}]*,)?([\w$]+) as handler\b/.exec(bundle)?.[1];
  const definers = bundle.matchAll(/\(([\w$]+),"define(?:Batch)?Processor"\)/g);
  return [...definers].some(([, definer]) =>
    [' ', ','].some((before) => bundle.includes(`${before}${handler}=${definer}(`)),
  );
}
