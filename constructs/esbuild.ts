import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { UserError } from '../topology/problem';

/** A file that cannot be the entry of a function, and what to write. `bundle` puts the file before it. */
export class EntryError extends UserError {
  override readonly name = 'EntryError';
}

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
  /** Paths of the files that the bundle is made of, relative to the working directory, with slashes. */
  readonly sources: readonly string[];
  /** What the module exports. */
  readonly exports: readonly string[];
}

/** `lambda-src/orders.ts:3:9 Could not resolve "./nowhere"` */
export function formatMessage({ file, line, column, text }: Message): string {
  return file === undefined ? text : `${file}:${line}:${column} ${text}`;
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
 * @throws EntryError with the first error
 */
export function esbuild(root: Root, outfile: string, options: readonly string[]): Build {
  const metafile = `${outfile}.json`;
  const program = require.resolve('esbuild/bin/esbuild');
  const { status, error, stderr } = spawnSync(
    program,
    [
      ...options,
      `--sourcefile=${root.name}`,
      `--outfile=${outfile}`,
      `--metafile=${metafile}`,
      '--log-level=warning',
      '--log-limit=0',
      '--color=false',
    ],
    { input: root.text, encoding: 'utf8' },
  );
  if (error) throw error;
  if (status !== 0) throw new EntryError(`cannot be bundled: ${firstError(stderr)}`);
  const { outputs }: Metafile = JSON.parse(readFileSync(metafile, 'utf8'));
  rmSync(metafile);
  const all = Object.values(outputs);
  return {
    warnings: messages('WARNING', stderr),
    exports: all.flatMap((output) => output.exports),
    sources: all
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([source]) => source)
      .filter((source) => source !== root.name && existsSync(source)),
  };
}

/** The part of esbuild's metafile that is read. */
interface Metafile {
  readonly outputs: Readonly<Record<string, Output>>;
}

interface Output {
  readonly exports: readonly string[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** All messages of a kind, of what esbuild prints. */
function messages(kind: 'WARNING' | 'ERROR', output: string): Message[] {
  const message = new RegExp(
    `\\[${kind}\\] (.*?)(?: \\[([a-z-]+)\\])?\\n(?:\\n +(.+):(\\d+):(\\d+):\\n)?`,
    'g',
  );
  return [...output.matchAll(message)].map(([, text = '', id, file, line, column]) =>
    file === undefined
      ? { text, id }
      : { file, line: Number(line), column: Number(column), text, id },
  );
}

function firstError(output: string): string {
  const [first] = messages('ERROR', output);
  if (!first) return output.trim();
  return formatMessage({ ...first, text: `${first.text}${remedy(first.text)}` });
}

/** What helps, where esbuild itself says only what a caller of esbuild can do. */
function remedy(error: string): string {
  const [, name] = /^Could not resolve "((?:@[\w.-]+\/)?[a-z0-9][\w.-]*)/i.exec(error) ?? [];
  if (name) return `; run npm install ${name}`;
  if (!error.startsWith('No loader')) return '';
  return '; build the function yourself and name its folder in function.code';
}
