import { readFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import type { CodeFile } from '../../packaging/package-files';

/** A file that a runtime loads for a handler. */
export interface Module {
  readonly file: CodeFile;
  /** All in its folder. */
  readonly files: readonly CodeFile[];
  /** What is called: an export, or what is in one, such as `orders.handler`. */
  readonly name: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Why Node.js surely cannot load a module or has no such export; undefined if it may. What CommonJS exports
 * is known only when it runs.
 */
export function nodeProblem(module: Module): string | undefined {
  const { file } = module;
  const format = formatOf(module);
  const syntax = format && syntaxOf(file.source);
  if (!syntax) return undefined;
  if (format === 'commonjs') {
    return syntax.isEsModule
      ? `must be in a file that Node.js can load; ${file.name} has import or export, and is loaded as CommonJS: name it ${file.name.replace(/\.c?js$/, '.mjs')}`
      : undefined;
  }
  const source = readFileSync(file.source, 'utf8');
  const [wanted = ''] = module.name.split('.');
  if (syntax.exports.includes(wanted) || /\bexport\s*\*/.test(source)) return undefined;
  const exported = syntax.exports.join(', ') || 'nothing';
  const remedy = /\bexports\b/.test(source)
    ? `; exports is for CommonJS: write export, or name it ${file.name.replace(/\.m?js$/, '.cjs')}`
    : '';
  return `must name what its file exports; ${file.name} is loaded as an ES module, and exports ${exported}${remedy}`;
}

/**
 * Where Lambda turns off that Node.js loads a file by its syntax, unless `NODE_OPTIONS` turns it on.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
const DETECTS_NOTHING: ReadonlySet<string> = new Set(['nodejs20.x', 'nodejs22.x']);

/** As what Node.js loads a file; undefined where that depends on what is in it, or is not known. */
function formatOf(module: Module): 'module' | 'commonjs' | undefined {
  const { file, files, runtime, environment } = module;
  if (file.name.endsWith('.mjs')) return 'module';
  if (file.name.endsWith('.cjs')) return 'commonjs';
  const [nearest] = files
    .filter(({ name }) => /(^|\/)package\.json$/.test(name))
    .filter(({ name }) => file.name.startsWith(name.replace(/package\.json$/, '')))
    .sort((a, b) => b.name.length - a.name.length);
  try {
    const { type } = nearest ? JSON.parse(readFileSync(nearest.source, 'utf8')) : {};
    if (type === 'module' || type === 'commonjs') return type;
  } catch {
    return undefined;
  }
  const detects = !DETECTS_NOTHING.has(runtime) || environment.NODE_OPTIONS !== undefined;
  return detects ? undefined : 'commonjs';
}

/** What a file exports, and whether it has `import` or `export`, which only ES modules may. */
function syntaxOf(file: string) {
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
    return undefined;
  }
}
