import path from 'node:path';
import { getTsconfig } from 'get-tsconfig';
import { isOwn } from '../topology/paths';
import { UserError } from '../topology/problem';
import type { Message } from './esbuild';
import type { InputText } from './source-maps';

/**
 * The bundler leaves the metadata of decorators out, without which a container for dependency injection
 * finds no types, and others are silently wrong.
 *
 * @see https://esbuild.github.io/content-types/#typescript-caveats
 * @throws UserError if the tsconfig.json of the entry, or of a file with decorators, asks for it
 */
export function requireNoDecoratorMetadata(entry: string, own: readonly InputText[]): void {
  const decorated = own.filter(({ text }) => /^\s*@[A-Za-z_$]/m.test(text));
  for (const source of new Set([entry, ...decorated.map(({ file }) => file)])) {
    const tsconfig = tsconfigOf(source);
    if (!tsconfig?.config.compilerOptions?.emitDecoratorMetadata) continue;
    throw new UserError(
      `cannot be bundled: ${path.relative('.', tsconfig.path)} turns on emitDecoratorMetadata, which the bundler does not write; build the function yourself and name its folder in function.code, or give ${path.dirname(source)} a tsconfig.json without it`,
    );
  }
}

function tsconfigOf(source: string) {
  try {
    return getTsconfig(path.dirname(path.resolve(source)));
  } catch (error) {
    throw new UserError(
      `cannot be bundled: its tsconfig.json cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** What to do where a file is read that is not in the bundle. */
const REMEDY =
  'name the files in function.files, or build the function yourself and name its folder in function.code';

/** A relative path that is written where a file is read. Lambda's working directory is the package. */
const READ_OF_PATH =
  /\b(?<call>(?:readFile|readdir|createReadStream)(?:Sync)?)\(\s*(?<path>'[^'\\\n/][^'\\\n]*'|"[^"\\\n/][^"\\\n]*"|`[^`\\$/][^`\\$]*`)/;

/** What looks for a file where the code is, but not where it is defined, as in `const __dirname = …`. */
const READ =
  /(?<read>(?<![\w$.])(?:__dirname|__filename|import\.meta\.(?:url|dirname|filename|resolve)|require\.resolve|new\s+(?:[\w$]+\.)*Worker)(?![\w$])(?!\s*=[^=]))/;

/** Comments and strings are skipped. Templates are not, since there is code in them. */
const SKIPPED = [/(?<!:)\/\/.*/, /\/\*[\s\S]*?\*\//, /'(?:\\.|[^'\\\n])*'/, /"(?:\\.|[^"\\\n])*"/];

const SKIPPED_OR_READ = new RegExp(
  [...SKIPPED, READ_OF_PATH, READ].map(({ source }) => source).join('|'),
  'g',
);

const FILE_SYSTEM = /['"](?:node:)?fs(?:\/promises)?['"]/;

/**
 * Warnings of code that probably reads files that are not in the package: the first place of each kind
 * in each file.
 */
export function runTimeReads(own: readonly InputText[]): Message[] {
  return own.flatMap(({ file, text }) => {
    const found = new Map<string, Message>();
    for (const { groups, index } of text.matchAll(SKIPPED_OR_READ)) {
      const { call, path: literal } = groups ?? {};
      const read = call ?? groups?.read?.replace(/^new\s.*/s, 'new Worker');
      if (read === undefined || found.has(read)) continue;
      // Classes and methods of these names are nothing special elsewhere.
      if (read === 'new Worker' && !text.includes('worker_threads')) continue;
      if (call !== undefined && !FILE_SYSTEM.test(text)) continue;
      const does = call === undefined ? meaning(read) : `reads ${literal?.slice(1, -1)}`;
      found.set(read, {
        file,
        ...placeOf(text, index),
        text: `${read} ${does}; the deployment package holds only the bundle: ${REMEDY}`,
      });
    }
    return [...found.values()];
  });
}

function meaning(read: string): string {
  if (read === 'new Worker') return 'starts a file';
  return /resolve$/.test(read) ? 'looks for a file' : 'is used, probably to find a file';
}

/** Kinds of esbuild's messages: an import that it cannot follow. It warns of them only if it is asked to. */
export const COMPUTED_IMPORTS = ['unsupported-dynamic-import', 'unsupported-require-call'] as const;

export function isComputedImport({ id }: Message): boolean {
  return COMPUTED_IMPORTS.some((computed) => computed === id);
}

/** Of esbuild's warnings, the imports in the user's own code that it cannot follow. */
export function computedImports(warnings: readonly Message[]): Message[] {
  return warnings
    .filter((warning) => isComputedImport(warning) && isOwn(warning.file ?? ''))
    .map((warning) => ({ ...warning, text: `${warning.text}: ${REMEDY}` }));
}

function placeOf(text: string, index: number) {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}
