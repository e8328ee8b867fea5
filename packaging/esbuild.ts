import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { UserError } from '../topology/problem';
import { visible } from '../topology/unicode';
import { notUtf8 } from '../topology/utf8';
import type { Refusal } from './confinement';
import { type InputText, refusedSourceMap, textOfDataUrl } from './source-maps';

/** What esbuild says of a place in the code, on one line. */
export interface Message {
  readonly file?: string;
  readonly line?: number;
  /** From 0, as esbuild counts. */
  readonly column?: number;
  readonly text: string;
  /** esbuild's name of the kind, which warnings have. */
  readonly id?: string;
}

export interface Build {
  readonly warnings: readonly Message[];
  /** Paths of all files that the bundler read for it, relative to the working directory, with slashes. */
  readonly inputs: readonly string[];
  /** Those that it read as text, which is all but those with `{ type: 'bytes' }`. */
  readonly texts: readonly string[];
  /** Those of which something is in the bundle. */
  readonly sources: readonly string[];
  /** What the module exports. */
  readonly exports: readonly string[];
}

/** `lambda-src/orders.ts:3:9 Could not resolve "./nowhere"` */
export function formatMessage({ file, line, column, text }: Message): string {
  return visible(file === undefined ? text : `${file}:${line}:${column} ${text}`);
}

/** A module that is not in a file; its name is for messages and the source map. */
export interface Root {
  readonly name: string;
  readonly text: string;
}

/**
 * Bundles a module, with what it imports from the working directory. Runs esbuild's own program, which is done in a fraction of
 * the time of its synchronous API.
 *
 * @param refusal says which files it may not be made of
 * @throws UserError with the first error, or a file that is refused
 */
export function esbuild(
  root: Root,
  outfile: string,
  options: readonly string[],
  refusal: Refusal,
): Build {
  const metafile = `${outfile}.json`;
  const { status, error, stderr } = spawnSync(
    program(),
    [
      ...options,
      `--sourcefile=${root.name}`,
      `--outfile=${outfile}`,
      `--metafile=${metafile}`,
      '--log-level=warning',
      '--log-limit=0',
      '--color=false',
    ],
    {
      input: root.text,
      encoding: 'utf8',
      env: ENVIRONMENT,
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    },
  );
  if (error && 'code' in error && error.code === 'ETIMEDOUT') {
    throw new UserError(
      `cannot be bundled: the bundler was stopped after ${TIMEOUT / 1000} seconds; look for an import or a sourceMappingURL that leads to a pipe or a device`,
    );
  }
  if (error) throw error;
  if (status !== 0) throw new UserError(`cannot be bundled: ${firstError(stderr, root, refusal)}`);
  const { inputs, outputs }: Metafile = JSON.parse(readFileSync(metafile, 'utf8'));
  rmSync(metafile);
  const read = filesOf(inputs, root);
  for (const { file, importer } of read) {
    const reason = refusal(file);
    // Our root reads the entry alone.
    const where = importer === root.name ? 'it' : `${importer} reads a file that`;
    if (reason) throw new UserError(`cannot be bundled: ${where} ${reason}`);
  }
  const texts = read.filter(({ bytes }) => !bytes).map(({ file }) => file);
  const sourceMap = refusedSourceMap(
    [...texts.filter(isFile).map(textOf), ...dataUrls(inputs)],
    refusal,
  );
  if (sourceMap) {
    const { importer, reason } = sourceMap;
    throw new UserError(`cannot be bundled: ${importer} names a source map that ${reason}`);
  }
  const all = Object.values(outputs);
  return {
    warnings: messages('WARNING', stderr),
    inputs: read.map(({ file }) => file),
    texts,
    exports: all.flatMap((output) => output.exports),
    sources: all
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([source]) => source)
      .filter((source) => source !== root.name && existsSync(source)),
  };
}

/** A pipe is read until something writes to it, which may be never. Milliseconds; a bundle takes few seconds. */
const TIMEOUT = 120_000;

/**
 * The program itself. What the package has in its place, where no install script was run, is a script that starts it:
 * where that is stopped, the program goes on.
 */
function program(): string {
  const { platform, arch } = process;
  const file = platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild';
  try {
    return require.resolve(`@esbuild/${platform}-${arch}/${file}`, {
      paths: [require.resolve('esbuild')],
    });
  } catch {
    return require.resolve('esbuild/bin/esbuild');
  }
}

/** Nothing of the user's, whose secrets a bundle must not hold; what starts a program on Linux and on Windows. */
const ENVIRONMENT = Object.fromEntries(
  ['PATH', 'SystemRoot'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** The part of esbuild's metafile that is read. */
interface Metafile {
  readonly inputs: Readonly<Record<string, MetafileInput>>;
  readonly outputs: Readonly<Record<string, Output>>;
}

interface MetafileInput {
  readonly imports: readonly { path: string; original?: string }[];
  readonly with?: { readonly type?: string };
}

interface Output {
  readonly exports: readonly string[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

interface Input {
  readonly file: string;
  /** A file that imports it. */
  readonly importer: string;
  /** Whether it is read as bytes, not as text. */
  readonly bytes: boolean;
}

/**
 * What was read, without our root and `data:` URLs, unless there is a file of that name. Names of inputs may end with a query, `a.txt?x`, and where a
 * file is read in two ways also with how: `a.txt with { type: 'text' }`.
 */
function filesOf(inputs: Metafile['inputs'], root: Root): Input[] {
  const importers = new Map(
    Object.entries(inputs).flatMap(([importer, { imports }]) =>
      imports.map((imported) => [imported.path, importer]),
    ),
  );
  return Object.entries(inputs)
    .filter(([input]) => input !== root.name)
    .flatMap(([input, { with: attributes }]) => {
      const importer = importers.get(input) ?? input;
      const ends = [...input.matchAll(/[?#]| with \{|$/g)].map(({ index }) =>
        input.slice(0, index),
      );
      const found = ends.filter((file) => existsSync(file));
      const isData = found.length === 0 && input.startsWith('<data:');
      if (isData) return [];
      return (found.length > 0 ? found : [input]).map((file) => ({
        file,
        importer,
        bytes: attributes?.type === 'bytes',
      }));
    });
}

/** Where and why a file is no text in UTF-8; nothing if it is. */
export function whereNotUtf8(file: string): string | undefined {
  const invalid = notUtf8(readFileSync(file));
  return invalid && `${file}:${invalid.line} ${invalid.message}`;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function textOf(file: string): InputText {
  return { file, text: readFileSync(file, 'utf8') };
}

/** The text of all `data:` URLs. */
function dataUrls(inputs: Metafile['inputs']): InputText[] {
  return Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ original }) => original?.startsWith('data:'))
      .map(({ original = '' }) => ({ file, text: textOfDataUrl(original) })),
  );
}

/** All messages of a kind, of what esbuild prints. A name may have several lines. */
function messages(kind: 'WARNING' | 'ERROR', output: string): Message[] {
  const message = new RegExp(
    `\\[${kind}\\] (.*?)(?: \\[([a-z-]+)\\])?\\n(?:\\n {4}([^]+?):(\\d+):(\\d+):\\n)?`,
    'g',
  );
  return [...output.matchAll(message)].map(([, text = '', id, file, line, column]) =>
    file === undefined
      ? { text, id }
      : { file, line: Number(line), column: Number(column), text, id },
  );
}

/** Of a file that may not be read nothing is printed, which a message quotes. */
function firstError(output: string, root: Root, refusal: Refusal): string {
  const [first] = messages('ERROR', output);
  if (!first) return output.trim();
  const reason = first.file === undefined ? undefined : refusal(first.file);
  if (reason) return `it reads a file that ${reason}`;
  const invalid = first.file && existsSync(first.file) ? whereNotUtf8(first.file) : undefined;
  if (invalid) return invalid;
  const text = `${first.text}${remedy(first.text)}`;
  return first.file === root.name ? text : formatMessage({ ...first, text });
}

/** What helps, where esbuild itself says only what a caller of esbuild can do. */
function remedy(error: string): string {
  const [, name] = /^Could not resolve "((?:@[\w.-]+\/)?[a-z0-9][\w.-]*)/i.exec(error) ?? [];
  if (name) return `; run npm install ${name}`;
  if (!error.startsWith('No loader')) return '';
  return '; build the function yourself and name its folder in function.code';
}
