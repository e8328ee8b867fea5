import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** A module that Node.js loads for a handler. */
export interface NodeModule {
  /** The folder of code. */
  readonly directory: string;
  /** Paths in the folder, with slashes. */
  readonly file: string;
  readonly files: ReadonlySet<string>;
  /** What is called: an export, or what is in one, such as `orders.handler`. */
  readonly name: string;
  readonly runtime: string;
  /** Of the function. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Why Node.js surely cannot load a module or has no such export; undefined if it may. What CommonJS exports
 * is known only when it runs.
 */
export function nodeProblem(module: NodeModule): string | undefined {
  const { file, name } = module;
  const format = formatOf(module);
  if (format === undefined) return undefined;
  const source = readFileSync(path.join(module.directory, file), 'utf8');
  if (format === 'commonjs' && !/\b(import|export)\b/.test(source)) return undefined;
  const syntax = syntaxOf(path.join(module.directory, file));
  if (!syntax) return undefined;
  if (format === 'commonjs') {
    return syntax.isEsModule
      ? `must be in a file that Node.js can load; ${file} has import or export, and is loaded as CommonJS: name it ${file.replace(/\.c?js$/, '.mjs')}`
      : undefined;
  }
  const [wanted = ''] = name.split('.');
  if (syntax.exports.includes(wanted) || /\bexport\s*\*/.test(source)) return undefined;
  const exported = syntax.exports.join(', ') || 'nothing';
  const remedy = /\bexports\b/.test(source)
    ? `; exports is for CommonJS: write export, or name it ${file.replace(/\.m?js$/, '.cjs')}`
    : '';
  return `must name what its file exports; ${file} is loaded as an ES module, and exports ${exported}${remedy}`;
}

/** As what Node.js loads a file; undefined where that depends on what is in it. */
function formatOf(module: NodeModule): 'module' | 'commonjs' | undefined {
  const { file, runtime, environment } = module;
  if (file.endsWith('.mjs')) return 'module';
  if (file.endsWith('.cjs')) return 'commonjs';
  const type = typeOf(module);
  if (type !== 'none') return type;
  return DETECTS_NOTHING.has(runtime) && environment.NODE_OPTIONS === undefined
    ? 'commonjs'
    : undefined;
}

/**
 * Where Lambda turns off that Node.js loads a file by its syntax, unless `NODE_OPTIONS` turns it on.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
const DETECTS_NOTHING: ReadonlySet<string> = new Set(['nodejs20.x', 'nodejs22.x']);

/** `type` of the nearest package.json; undefined if it cannot be read. */
function typeOf({
  directory,
  file,
  files,
}: NodeModule): 'module' | 'commonjs' | 'none' | undefined {
  let folder = file;
  do {
    folder = path.posix.dirname(folder);
    const name = path.posix.join(folder, 'package.json');
    if (!files.has(name)) continue;
    try {
      const { type } = JSON.parse(readFileSync(path.join(directory, name), 'utf8'));
      return type === 'module' || type === 'commonjs' ? type : 'none';
    } catch {
      return undefined;
    }
  } while (folder !== '.' && path.posix.basename(folder) !== 'node_modules');
  return 'none';
}

interface Syntax {
  /** Whether it has `import` or `export`, which only ES modules may. */
  readonly isEsModule: boolean;
  readonly exports: readonly string[];
}

function syntaxOf(file: string): Syntax | undefined {
  try {
    const { outputs } = buildSync({
      entryPoints: [file],
      loader: { '.cjs': 'js' },
      tsconfigRaw: {},
      write: false,
      metafile: true,
      outfile: 'module.js',
      logLevel: 'silent',
    }).metafile;
    const all = Object.values(outputs);
    const exports = all.flatMap((output) => output.exports);
    const imports = all.flatMap((output) => output.imports);
    const isEsModule =
      exports.length > 0 || imports.some(({ kind }) => kind === 'import-statement');
    return { isEsModule, exports };
  } catch {
    // Whether Node.js can read it is not known.
    return undefined;
  }
}
