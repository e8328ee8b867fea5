import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Handler {
  readonly directory: string;
  readonly handler: string;
  readonly runtime: string;
}

type Check = (handler: Handler, files: ReadonlySet<string>) => string | undefined;

/** How the runtimes of a language find a handler. Those of Java and .NET are in what was compiled. */
const CHECKS: readonly (readonly [prefix: string, check: Check])[] = [
  ['nodejs', ofNode],
  ['python', ofPython],
  ['ruby', ofRuby],
  ['provided', ofCustomRuntime],
];

/** What is wrong with a handler, as the runtime would find out; undefined if nothing is known to be. */
export function handlerProblem(handler: Handler, files: readonly string[]): string | undefined {
  const [, check] = CHECKS.find(([prefix]) => handler.runtime.startsWith(prefix)) ?? [];
  return check?.(handler, new Set(files));
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
function ofNode({ handler }: Handler, files: ReadonlySet<string>): string | undefined {
  const [, module, name] = /^((?:.*\/)?[^./]+)\.([^/]+)$/.exec(normal(handler)) ?? [];
  if (module === undefined || name === undefined) {
    return 'must be the path of a file and a name that it exports, such as index.handler';
  }
  const candidates = ['.js', '.mjs', '.cjs'].map((suffix) => module + suffix);
  return [module, ...candidates].some((file) => files.has(file)) ? undefined : missing(candidates);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html */
function ofPython({ directory, handler }: Handler, files: ReadonlySet<string>): string | undefined {
  const [, module, name = ''] = /^(.+)\.(\w+)$/.exec(normal(handler)) ?? [];
  if (module === undefined) {
    return 'must be the path of a module and the name of its function, such as index.handler';
  }
  const base = module.replaceAll('.', '/');
  const sources = [`${base}.py`, `${base}/__init__.py`];
  const source = sources.find((file) => files.has(file));
  if (source === undefined) {
    const compiled = [...files].some(
      (file) => file === `${base}.pyc` || (file.startsWith(`${base}.`) && file.endsWith('.so')),
    );
    return compiled ? undefined : missing(sources.slice(0, 1));
  }
  return defines(readFileSync(path.join(directory, source), 'utf8'), name)
    ? undefined
    : `must name a function that ${source} defines; it has no ${name} at its top level`;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html */
function ofRuby({ handler }: Handler, files: ReadonlySet<string>): string | undefined {
  const [file = '', ...rest] = normal(handler).split('.');
  if (rest.length === 0) {
    return 'must be the path of a file and the name of its method, such as index.handler';
  }
  return files.has(`${file}.rb`) ? undefined : missing([`${file}.rb`]);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html */
function ofCustomRuntime(
  { directory, runtime }: Handler,
  files: ReadonlySet<string>,
): string | undefined {
  if (!files.has('bootstrap')) {
    return `must have the file bootstrap in the folder of code, which ${runtime} runs`;
  }
  const start = readFileSync(path.join(directory, 'bootstrap')).toString('latin1', 0, 4);
  return start === '\x7fELF' || start.startsWith('#!')
    ? undefined
    : 'must have a bootstrap that Linux can run: an ELF executable, or a script that begins with #!';
}

function missing(files: readonly string[]): string {
  return `must be in a file of the folder of code: ${files.join(' or ')}`;
}

function normal(handler: string): string {
  return handler.replace(/^\.\//, '');
}

/** Blocks of Python in which a definition is still one of the module. */
const TRANSPARENT = /^(if|elif|else|try|except|finally|with|for|while)\b/;

/** Whether a Python module has a name, by a definition, an assignment or an import of its top level. */
function defines(source: string, name: string): boolean {
  if (/^\s*from\s+\S+\s+import\s+\*/m.test(source)) return true;
  const word = new RegExp(`\\b${name}\\b`);
  const imported = /^[ \t]*(?:from\s+\S+\s+)?import\s+(\([^)]*\)|(?:[^\n\\]|\\\n)*)/gm;
  if ([...source.matchAll(imported)].some(([, names = '']) => word.test(names))) return true;
  const lines = source.split(/\r?\n/).filter((line) => line.trim() !== '');
  const defined = new RegExp(
    `^\\s*((async\\s+)?def|class)\\s+${name}\\b|^\\s*${name}\\s*(:[^=]+)?=(?!=)|^\\s*[\\w\\s,]*\\b${name}\\s*(,[\\w\\s,]*)?=(?!=)`,
  );
  return lines.some((line, index) => defined.test(line) && isOfTopLevel(lines, index));
}

function isOfTopLevel(lines: readonly string[], index: number): boolean {
  let depth = indentation(lines[index] ?? '');
  for (let above = index - 1; above >= 0 && depth > 0; above -= 1) {
    const line = lines[above] ?? '';
    if (indentation(line) >= depth) continue;
    if (!TRANSPARENT.test(line.trim())) return false;
    depth = indentation(line);
  }
  return true;
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}
