import { readFileSync } from 'node:fs';
import { type Module, nodeProblem } from './node-handler';

/** How the runtimes of a language find a handler. */
interface Language {
  readonly runtimes: string;
  /** A handler: its file without the ending, and what is called. */
  readonly form: RegExp;
  readonly rule: string;
  /** The files in which the runtime looks for it, in its order. */
  readonly sources?: (file: string) => string[];
  /** Whether a file has the handler in a way that cannot be read. */
  readonly isOpaque?: (name: string, file: string) => boolean;
  readonly problem?: (module: Module) => string | undefined;
}

/** That of .NET is in what was compiled. */
const LANGUAGES: readonly Language[] = [
  {
    // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
    // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
    runtimes: 'nodejs',
    form: /^((?:.*\/)?[^./]+)\.([^/]+)$/,
    rule: 'must be the path of a file and a name that it exports, such as index.handler',
    sources: (file) => ['.js', '.mjs', '.cjs'].map((ending) => file + ending),
    // Lambda looks for it first, and requires it as it is.
    isOpaque: (name, file) => name === file,
    problem: nodeProblem,
  },
  {
    // https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    runtimes: 'python',
    form: /^(.+)\.(\w+)$/,
    rule: 'must be the path of a module and the name of its function, such as index.handler',
    sources: (file) => ['/__init__.py', '.py'].map((ending) => file.replaceAll('.', '/') + ending),
    isOpaque: (name, file) =>
      name.startsWith(`${file.replaceAll('.', '/')}.`) && /\.(pyc|so)$/.test(name),
    problem: pythonProblem,
  },
  {
    // https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html
    runtimes: 'ruby',
    form: /^([^.]*)\./,
    rule: 'must be the path of a file and the name of its method, such as index.handler',
    sources: (file) => [`${file}.rb`],
  },
  {
    // A class that implements an interface of Lambda needs no method:
    // https://docs.aws.amazon.com/lambda/latest/dg/java-handler.html
    runtimes: 'java',
    form: /^[^/:]+(::[^:]+)?$/,
    rule: 'must be a class, or a class and its method, such as example.Orders::handleRequest',
  },
];

type Handler = Omit<Module, 'file' | 'name'> & { readonly handler: string };

/** What is wrong with a handler, as the runtime would find out; undefined if nothing is known to be. */
export function handlerProblem(settings: Handler): string | undefined {
  const language = LANGUAGES.find(({ runtimes }) => settings.runtime.startsWith(runtimes));
  if (!language) return undefined;
  const { form, rule, sources, isOpaque, problem } = language;
  const [found, place = '', name = ''] = form.exec(settings.handler.replace(/^\.\//, '')) ?? [];
  if (found === undefined) return rule;
  const named = new Map(settings.files.map((file) => [file.name, file]));
  if (!sources || [...named.keys()].some((each) => isOpaque?.(each, place))) return undefined;
  const [file] = sources(place).flatMap((source) => named.get(source) ?? []);
  if (file === undefined) {
    return `must be in a file of the folder of code: ${sources(place).join(' or ')}`;
  }
  return problem?.({ ...settings, file, name });
}

/**
 * What is wrong with the program that a custom runtime starts.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
export function bootstrapProblem(runtime: string, files: Module['files']): string | undefined {
  if (!runtime.startsWith('provided')) return undefined;
  const bootstrap = files.find(({ name }) => name === 'bootstrap');
  if (!bootstrap) return `must have the file bootstrap, which ${runtime} runs`;
  const content = readFileSync(bootstrap.source).toString('latin1');
  return /^(\x7fELF|#![^\r\n]*(\n|$))/.test(content)
    ? undefined
    : 'must have a bootstrap that Linux can run: an ELF executable, or a script whose first line begins with #! and ends with LF, not with CR LF';
}

/** Code that can make names of a module in a way that is not looked into. */
const DYNAMIC =
  /\bimport\s*\*|\b(globals|locals|vars|setattr|exec|eval|__getattr__|__dict__)\b|\bsys\s*\.\s*modules\b/;

/** @see https://docs.python.org/3/reference/lexical_analysis.html */
const COMMENT_OR_STRING =
  /#[^\n]*|'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/g;

/**
 * Why a Python module surely has no function of a name that Lambda can call; undefined if it may have one.
 * Whether the name is one of the top level is not looked into: there are too many ways to make it.
 */
function pythonProblem({ file, name }: Module): string | undefined {
  const source = readFileSync(file.source, 'utf8');
  const code = source.replaceAll(/\r\n?/g, '\n').replaceAll(COMMENT_OR_STRING, '');
  if (DYNAMIC.test(code)) return undefined;
  const uses = code.match(new RegExp(`\\b${name}\\b`, 'g')) ?? [];
  if (uses.length === 0) {
    return `must name a function that ${file.name} defines; there is no ${name} in its code`;
  }
  const definition = `async\\s+def\\s+${name}\\b`;
  const isAsync = new RegExp(`^${definition}`, 'm').test(code);
  // Lines that begin with a bracket or a space belong to a decorator above them.
  const isDecorated = new RegExp(`^@(.*\\n(?=[@\\s)\\]}]|async\\b))+${definition}`, 'm').test(code);
  if (!isAsync || isDecorated || uses.length > 1) return undefined;
  return `must name a function that Lambda can call; ${name} in ${file.name} is async, and Lambda for Python does not await it: name a function that calls it with asyncio.run`;
}
