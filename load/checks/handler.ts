import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type NodeModule, nodeProblem } from './node-handler';
import { pythonProblem } from './python-handler';

interface Handler extends Pick<NodeModule, 'directory' | 'runtime' | 'environment'> {
  readonly handler: string;
}

type Check = (handler: Handler, files: ReadonlySet<string>) => string | undefined;

/** How the runtimes of a language find a handler. That of .NET is in what was compiled. */
const CHECKS: readonly (readonly [prefix: string, check: Check])[] = [
  ['nodejs', ofNode],
  ['python', ofPython],
  ['ruby', ofRuby],
  ['java', ofJava],
];

/** What is wrong with a handler, as the runtime would find out; undefined if nothing is known to be. */
export function handlerProblem(handler: Handler, files: readonly string[]): string | undefined {
  const [, check] = CHECKS.find(([prefix]) => handler.runtime.startsWith(prefix)) ?? [];
  return check?.(handler, new Set(files));
}

/**
 * The file's name ends at the first dot.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
 */
function ofNode(settings: Handler, files: ReadonlySet<string>): string | undefined {
  const [, module, name] = /^((?:.*\/)?[^./]+)\.([^/]+)$/.exec(normal(settings.handler)) ?? [];
  if (module === undefined || name === undefined) {
    return 'must be the path of a file and a name that it exports, such as index.handler';
  }
  // Lambda looks for it first, and requires it as it is.
  if (files.has(module)) return undefined;
  const candidates = ['.js', '.mjs', '.cjs'].map((suffix) => module + suffix);
  const file = candidates.find((candidate) => files.has(candidate));
  if (file === undefined) {
    const dots = name.includes('.')
      ? '; Lambda ends the name of a Node.js file at the first dot, so name the file without dots'
      : '';
    return `${missing(candidates)}${dots}`;
  }
  return nodeProblem({ ...settings, file, files, name });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html */
function ofPython({ directory, handler }: Handler, files: ReadonlySet<string>): string | undefined {
  const [, module, name = ''] = /^(.+)\.(\w+)$/.exec(normal(handler)) ?? [];
  if (module === undefined) {
    return 'must be the path of a module and the name of its function, such as index.handler';
  }
  const base = module.replaceAll('.', '/');
  const isCompiled = [...files].some(
    (file) => file === `${base}.pyc` || (file.startsWith(`${base}.`) && file.endsWith('.so')),
  );
  if (isCompiled) return undefined;
  // Python looks for them in this order.
  const source = [`${base}/__init__.py`, `${base}.py`].find((file) => files.has(file));
  if (source === undefined) return missing([`${base}.py`]);
  return pythonProblem(readFileSync(path.join(directory, source), 'utf8'), source, name);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html */
function ofRuby({ handler }: Handler, files: ReadonlySet<string>): string | undefined {
  const [file = '', ...rest] = normal(handler).split('.');
  if (rest.length === 0) {
    return 'must be the path of a file and the name of its method, such as index.handler';
  }
  return files.has(`${file}.rb`) ? undefined : missing([`${file}.rb`]);
}

/**
 * A class that implements an interface of Lambda needs no method.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/java-handler.html
 */
function ofJava({ handler }: Handler): string | undefined {
  const [, name, method] = /^(.*?)(?:::([^:]*))?$/.exec(handler) ?? [];
  return !name || name.includes('/') || name.includes('::') || method === ''
    ? 'must be a class, or a class and its method, such as example.Orders::handleRequest'
    : undefined;
}

/**
 * What is wrong with the program that a custom runtime starts.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
export function bootstrapProblem(
  { directory, runtime }: Pick<Handler, 'directory' | 'runtime'>,
  files: readonly string[],
): string | undefined {
  if (!runtime.startsWith('provided')) return undefined;
  if (!files.includes('bootstrap')) return `must have the file bootstrap, which ${runtime} runs`;
  const content = readFileSync(path.join(directory, 'bootstrap')).toString('latin1');
  if (content.startsWith('\x7fELF')) return undefined;
  if (!content.startsWith('#!')) {
    return 'must have a bootstrap that Linux can run: an ELF executable, or a script that begins with #!';
  }
  return /^[^\n]*\r/.test(content)
    ? 'must have a bootstrap that Linux can run; its first line ends with CR LF, as on Windows, and Linux takes the CR for a part of the command: save it with LF'
    : undefined;
}

function missing(files: readonly string[]): string {
  return `must be in a file of the folder of code: ${files.join(' or ')}`;
}

function normal(handler: string): string {
  return handler.replace(/^\.\//, '');
}
