import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import { PACKAGE_NAME } from '../topology/own-files';
import { isOwn } from '../topology/paths';
import { UserError } from '../topology/problem';
import { visible } from '../topology/unicode';
import { notUtf8 } from '../topology/utf8';
import { elsewhere, type Refusal } from './confinement';
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

export type Build = ReturnType<typeof esbuild>;

/** A module that is not in a file; its name is for messages and the source map. */
type Root = Readonly<Record<'name' | 'text', string>>;

/** `lambda-src/orders.ts:3:9 Could not resolve "./nowhere"` */
export function formatMessage({ file, line, column, text }: Message): string {
  return visible(file === undefined ? text : `${file}:${line}:${column} ${text}`);
}

/**
 * Bundles a module, with what it imports from the working directory. Runs esbuild's own program, which is done in a fraction of
 * the time of its synchronous API.
 *
 * @param refusal says which files it may not be made of
 * @throws UserError with the first error, or a file that is refused
 */
export function esbuild(root: Root, outfile: string, options: readonly string[], refusal: Refusal) {
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
      // What starts a program on Linux and on Windows, and no secrets of the user's, which a bundle must not hold.
      env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
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
    const reason =
      refusal(file) ??
      (isFile(file) ? undefined : `is ${file}, which is not a file on disk; leave it out`);
    // Our root reads the entry alone.
    const where = importer === root.name ? 'it' : `${importer} reads a file that`;
    if (reason) throw new UserError(`cannot be bundled: ${where} ${reason}`);
  }
  // JSX of the user's that is compiled with the places of elements, which depend on the working directory.
  const [development] =
    Object.entries(inputs).find(
      ([input, { imports }]) =>
        isOwn(input) && imports.some(({ original }) => original?.endsWith('/jsx-dev-runtime')),
    ) ?? [];
  if (development !== undefined) {
    throw new UserError(
      `cannot be bundled: ${development} has its path in the bundle, for "jsx": "react-jsxdev" in its tsconfig.json; write "react-jsx"`,
    );
  }
  const texts = read.filter(({ bytes }) => !bytes).map(textOf);
  const sourceMap = refusedSourceMap([...texts, ...dataUrls(inputs)], refusal);
  if (sourceMap) {
    const { importer, reason } = sourceMap;
    throw new UserError(`cannot be bundled: ${importer} names a source map that ${reason}`);
  }
  // The bundler replaces what is not UTF-8, without a word.
  const [invalid] = texts.filter(({ file }) => isOwn(file)).flatMap(whereNotUtf8);
  if (invalid) throw new UserError(`cannot be bundled: ${invalid}`);
  const all = Object.values(outputs);
  return {
    warnings: messages('WARNING', stderr),
    /** Paths of all files that the bundler read for it, relative to the working directory, with slashes. */
    inputs: read.map(({ file }) => file),
    exports: all.flatMap((output) => output.exports),
    /** Those of which something is in the bundle. */
    sources: all
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(
        ([file, { bytesInOutput }]) => bytesInOutput > 0 && file !== root.name && isFile(file),
      )
      .map(([file]) => textOf({ file })),
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

/**
 * What was read, without our root and `data:` URLs, unless there is a file of that name.
 *
 * @returns each with a file that imports it, and whether it is read as bytes, not as text
 */
function filesOf(inputs: Metafile['inputs'], root: Root) {
  const importers = new Map(
    Object.entries(inputs).flatMap(([importer, { imports }]) =>
      imports.map((imported) => [imported.path, importer]),
    ),
  );
  return Object.entries(inputs)
    .filter(([input]) => input !== root.name)
    .flatMap(([input, { with: attributes }]) =>
      filesNamed(input).map((file) => ({
        file,
        importer: importers.get(input) ?? input,
        bytes: attributes?.type === 'bytes',
      })),
    );
}

/**
 * The files that an input, or one that a message names, may be; one that is not there, if none is. A name may end with a
 * query, `a.txt?x`, and where a file is read in two ways also with how: `a.txt with { type: 'text' }`.
 */
function filesNamed(input: string): string[] {
  if (elsewhere(input)) return [input];
  const ends = [...input.matchAll(/[?#]| with \{|$/g)];
  const found = ends.map(({ index }) => input.slice(0, index)).filter(existsSync);
  return found.length > 0 || input.startsWith('<data:') ? found : [input];
}

function whereNotUtf8({ file }: { file: string }): string[] {
  const invalid = notUtf8(readFileSync(file));
  return invalid ? [`${file}:${invalid.line} ${invalid.message}`] : [];
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

function textOf({ file }: { file: string }): InputText {
  return { file, text: readFileSync(file, 'utf8') };
}

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
  return [...output.matchAll(message)].map(([, text = '', id, file, line, column]) => {
    return { file, line: Number(line), column: Number(column), text, id };
  });
}

/** Of a file that may not be read nothing is printed, which a message quotes. */
function firstError(output: string, root: Root, refusal: Refusal): string {
  const [first] = messages('ERROR', output);
  if (!first) return output.trim();
  const reason = filesNamed(first.file ?? root.name)
    .map((file) => refusal(file))
    .find(Boolean);
  if (reason) return `it reads a file that ${reason}`;
  const [invalid] = first.file && existsSync(first.file) ? whereNotUtf8({ file: first.file }) : [];
  if (invalid) return invalid;
  const text = `${first.text}${remedy(first.text)}`;
  return first.file === root.name ? text : formatMessage({ ...first, text });
}

/** What helps, where esbuild itself says only what a caller of esbuild can do. */
function remedy(error: string): string {
  if (error.includes(`(originally "${PACKAGE_NAME}`)) return `; import ${PACKAGE_NAME}/processor`;
  const [, name] = /^Could not resolve "((?:@[\w.-]+\/)?[a-z0-9][\w.-]*)/i.exec(error) ?? [];
  if (name) return `; run npm install ${name}`;
  if (!error.startsWith('No loader')) return '';
  return '; build the function yourself and name its folder in function.code';
}
