import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { bundle as bundleWithOrigin } from '../../packaging/bundle';
import { UserError } from '../../topology/problem';
import { environment, MACHINE_FOLDERS } from '../helpers/environment';
import { record } from '../helpers/records';
import { tree } from '../helpers/tree';

interface Entry {
  readonly text: string;
  /** The ending of the file's name. Default: ts. */
  readonly as?: string;
}

interface Entries {
  readonly answers: Readonly<Record<string, Entry & { readonly answer: unknown }>>;
  readonly warns: Readonly<Record<string, Entry & { readonly warning: string }>>;
  readonly silent: Readonly<Record<string, string>>;
  readonly refuses: Readonly<Record<string, Entry & { readonly line: string }>>;
  readonly outside: Readonly<Record<string, string>>;
  readonly sourceMaps: Readonly<Record<string, string>>;
}

// A process of its own takes a while to start.
jest.setTimeout(30_000);

const ENTRY = 'lambda-src/index.ts';
const ORDERS = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
const FILES = ['bundle.mjs', 'bundle.mjs.map', 'index.mjs'];
const ENTRIES: Entries = parse(readFileSync(path.join(__dirname, 'entries.yaml'), 'utf8'));
const PROCESSOR = "import { defineProcessor } from '../../lambda-src/processor';";
mkdirSync('dist', { recursive: true });
const sources = mkdtempSync(path.join('dist', 'bundle-test-'));

const warn = jest.spyOn(console, 'warn').mockImplementation();
beforeEach(() => warn.mockClear());

afterAll(() => rmSync(sources, { recursive: true }));

/** The folder of the package. */
function bundle(...of: Parameters<typeof bundleWithOrigin>): string {
  return bundleWithOrigin(...of).directory;
}

/** A file of this text, and of its own name, since a file is bundled once. */
function writeEntry(text: string, extension = 'ts'): string {
  const entry = path.join(sources, `${readdirSync(sources).length}-entry.${extension}`);
  writeFileSync(entry, text);
  return entry;
}

/** Writes files by their paths below the folder of the entries. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(sources, file)), { recursive: true });
    writeFileSync(path.join(sources, file), text);
  }
}

/** Bundles a file of this text; it must export a handler. */
function bundleOf(text: string, extension = 'ts', files: readonly string[] = []): string {
  const entry = writeEntry(text, extension);
  return bundle(entry, 'nodejs22.x', { files: files.map((file) => path.join(sources, file)) });
}

/** Bundles a file of this text for one table. */
function bundleOfOrders(text: string): string {
  return bundle(writeEntry(text), 'nodejs22.x', { tableArns: [ORDERS] });
}

/** Runs a program in a process of its own, as Lambda does; `load` imports the module of a package. */
function spawn(program: string, env: Readonly<Record<string, string>> = {}): string {
  const load = `const load = (folder) => import(new URL(folder + '/index.mjs', ${JSON.stringify(pathToFileURL('.').href)} + '/'));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', `${load}\n${program}`], {
    env: environment(env),
    encoding: 'utf8',
  }).stdout;
}

/** What the handlers answer to an event, or the message of what is thrown, also at the start. */
function answersOf(folders: readonly string[], event: object = { Records: [] }, env = {}) {
  const program = `
    const answers = [];
    for (const folder of ${JSON.stringify(folders)}) {
      try { answers.push(await (await load(folder)).handler(${JSON.stringify(event)}, { functionName: 'f' })) }
      catch ({ message }) { answers.push({ message }) }
    }
    process.stdout.write('\\n' + JSON.stringify(answers));`;
  return JSON.parse(spawn(program, env).split('\n').at(-1) ?? '');
}

const answerOf = (folder: string, event: object = {}, env = {}) =>
  answersOf([folder], event, env)[0];

const read = (folder: string, file: string) => readFileSync(path.join(folder, file), 'utf8');

describe('a bundle', () => {
  test('is what Lambda loads, a module and its source map', () => {
    const folder = bundle(ENTRY, 'nodejs22.x');
    expect(readdirSync(folder).sort()).toEqual(FILES);
    expect(read(folder, 'index.mjs')).toBe(
      "process.setSourceMapsEnabled(true);\nconst { handlerFor } = await import('./bundle.mjs');\nexport const handler = handlerFor();\n",
    );
  });

  test('of some tables is the same bundle, with their ARNs', () => {
    const arns = [ORDERS, 'arn:aws:dynamodb:us-east-1:777788889999:table/Orders'];
    const [any, some, none] = [
      bundle(ENTRY, 'nodejs22.x'),
      bundle(ENTRY, 'nodejs22.x', { tableArns: arns }),
      bundle(ENTRY, 'nodejs22.x', { tableArns: [] }),
    ];
    expect(read(some, 'index.mjs')).toContain(`handlerFor(${JSON.stringify(arns, null, 2)});`);
    expect(read(none, 'index.mjs')).toContain('handlerFor([]);');
    expect(new Set([any, some, none]).size).toBe(3);
    for (const file of ['bundle.mjs', 'bundle.mjs.map']) {
      expect([some, none].map((folder) => read(folder, file))).toEqual([
        read(any, file),
        read(any, file),
      ]);
    }
  });

  test('is in a folder that is named after its content', () => {
    const folder = bundle(ENTRY, 'nodejs22.x');
    const hash = createHash('sha256');
    for (const file of FILES) hash.update(`${file}\0`).update(read(folder, file));
    expect(path.basename(folder)).toBe(hash.digest('hex').slice(0, 16));
  });

  test('is the same each time', () => {
    const first = bundle(ENTRY, 'nodejs22.x');
    const files = FILES.map((name) => read(first, name));
    jest.isolateModules(() => {
      const another: typeof bundleWithOrigin = require('../../packaging/bundle').bundle;
      const { directory } = another(ENTRY, 'nodejs22.x');
      expect(FILES.map((name) => read(directory, name))).toEqual(files);
    });
  });

  test.each([
    ['nodejs22.x', /a\?\.b/],
    ['nodejs12.x', /a==null\?void 0:a\.b/],
  ])('is written for the Node.js of %s', (runtime, expected) => {
    const entry = writeEntry('declare const a: any;\nexport const handler = () => a?.b;\n');
    expect(read(bundle(entry, runtime), 'bundle.mjs')).toMatch(expected);
  });
});

describe('the deployed handler is', () => {
  const cases = Object.entries(ENTRIES.answers);
  let answers: readonly unknown[];
  let entries: readonly string[];

  beforeAll(() => {
    write({
      'other.ts':
        'export const run = async () => ({ v: 5 });\nexport const handler = async () => ({ v: 6 });\n',
      'common.js': 'exports.handler = async () => ({ v: 7 });\n',
      'processing.ts': `${PROCESSOR}\nexport default defineProcessor(() => {});`,
      'node_modules/library-of-both/index.js':
        "export default () => 1;\nif (typeof module !== 'undefined') module.exports = { handler: () => 2 };",
      'node_modules/library-of-common/index.js':
        'module.exports = () => 1;\nmodule.exports.handler = () => 2;',
      'node_modules/dual/package.json': '{ "main": "main.js", "module": "module.js" }',
      'node_modules/dual/main.js': "module.exports = () => 'main';",
      'node_modules/dual/module.js': "export default () => 'module';",
      'node_modules/conditional/package.json': JSON.stringify({
        exports: { module: './module.mjs', import: './import.mjs', require: './require.js' },
      }),
      'node_modules/conditional/require.js': "module.exports = () => 'require';",
      'node_modules/conditional/import.mjs': "export default () => 'import';",
      'node_modules/conditional/module.mjs': "export default () => 'module';",
      'node_modules/caller/index.js':
        "module.exports = () => [require('dual')(), require('conditional')()];",
    });
    entries = cases.map(([, { text, as }]) => writeEntry(text, as));
    answers = answersOf(entries.map((entry) => bundle(entry, 'nodejs22.x')));
  });

  test.each(cases.map(([title, { answer }], index) => [title, index, answer] as const))(
    '%s',
    (_, index, answer) => {
      const shown = JSON.stringify(answers[index]).replaceAll(entries[index] ?? '', '<entry>');
      expect(JSON.parse(shown)).toEqual(answer);
    },
  );

  test('of this project’s processor, wherever a package or a workspace imports it', () => {
    const text = "export { defineProcessor } from 'dynamodb-cross-account-streams/processor';";
    write({
      'node_modules/@acme/packaged/index.js': text,
      'packages/linked/index.ts': text,
      'node_modules/dynamodb-cross-account-streams/processor.js': 'throw new Error("installed");',
    });
    symlinkSync('../../packages/linked', path.join(sources, 'node_modules/@acme/linked'));
    for (const name of [
      '@acme/packaged',
      '@acme/linked',
      'dynamodb-cross-account-streams/processor',
    ]) {
      const entry = writeEntry(
        `import { defineProcessor } from '${name}';\nexport const handler = defineProcessor(() => {});`,
      );
      const { directory, ...facts } = bundleWithOrigin(entry, 'nodejs22.x');
      const { sources }: { sources: string[] } = JSON.parse(read(directory, 'bundle.mjs.map'));
      expect(sources.filter((source) => source.endsWith('handler.ts'))).toEqual([
        'lambda-src/runtime/handler.ts',
        'lambda-src/runtime/deployed-handler.ts',
      ]);
      expect(facts).toMatchObject({ hasOwnHandler: false, hasProcessor: true });
    }
  });

  test('of a copy of the processor in a package', () => {
    const copy = path.join(sources, 'node_modules', '@acme', 'streams');
    cpSync('lambda-src', copy, { recursive: true });
    const folder = bundleOf(
      "import { defineProcessor } from '@acme/streams/processor';\nexport default defineProcessor(() => {});",
    );
    expect(answerOf(folder, { Records: [] })).toEqual({ batchItemFailures: [] });
    const map: { sources: string[] } = JSON.parse(read(folder, 'bundle.mjs.map'));
    expect(map.sources.filter((source) => source.endsWith('/kept-alive.ts'))).toHaveLength(2);
  });
});

describe('a bundle for one table', () => {
  const event = (table: string) => ({ Records: [record(1, { eventSourceARN: streamOf(table) })] });
  const streamOf = (table: string) => `${table}/stream/2026-01-02T03:04:05.678`;
  const PAYROLL = ORDERS.replace('Orders', 'Payroll');

  test.each([
    ['default export', 'export default'],
    ['handler', 'export const handler ='],
  ])('refuses another, before its processor is called, as %s', (_, exported) => {
    const folder = bundleOfOrders(
      `${PROCESSOR}\n${exported} defineProcessor(({ table }) => { throw new Error(\`got \${table}\`); });`,
    );
    expect([ORDERS, PAYROLL].map((table) => answerOf(folder, event(table)))).toEqual([
      { message: 'got Orders' },
      {
        message: expect.stringMatching(/^a record of a table that this function is not subscribed/),
      },
    ]);
  });

  test('gives a handler of the user whatever comes', () => {
    const folder = bundleOfOrders(
      'export const handler = async ({ Records }) => ({ got: Records[0].eventSourceARN });',
    );
    expect(answerOf(folder, event(PAYROLL))).toEqual({ got: streamOf(PAYROLL) });
  });
});

describe('packages', () => {
  test('of CommonJS find require, __filename and __dirname', () => {
    // Of these, debug requires modules of Node.js, app-root-path takes __dirname, and dayjs is UMD.
    const folder = bundleOf(
      [
        "import root from 'app-root-path';",
        "import dayjs from 'dayjs';",
        "import debug from 'debug';",
        "debug.enable('test');",
        'export const handler = async () => ({',
        '  root: root.toString(),',
        "  day: dayjs('2026-01-02').add(1, 'month').format('YYYY-MM-DD'),",
        "  enabled: debug('test').enabled,",
        '  debugs: typeof debug.inspectOpts,',
        '});',
      ].join('\n'),
    );
    const ofLambda = { LAMBDA_TASK_ROOT: '/var/task', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
    expect(answerOf(folder, {}, ofLambda)).toEqual({
      root: '/var/task',
      day: '2026-02-02',
      enabled: true,
      debugs: 'object',
    });
  });

  test('that find credentials are bundled with an entry of the user', () => {
    const folder = bundleOf(
      "import { fromWebToken } from '@aws-sdk/credential-providers';\nexport const handler = async () => ({ v: typeof fromWebToken({ roleArn: 'r', webIdentityToken: 't' }) });",
    );
    expect(answerOf(folder)).toEqual({ v: 'function' });
    expect(read(folder, 'bundle.mjs')).not.toMatch(/import\("@aws-sdk/);
  });
});

describe('files that are read at run time', () => {
  test('have the same path from the folder of the entry', () => {
    write({
      'mail.html': '<p>mail</p>',
      'templates/a/order.txt': 'order',
      'templates/empty.txt': '',
    });
    const folder = bundleOf(
      [
        "import { readFileSync } from 'node:fs';",
        "import path from 'node:path';",
        "const mail = readFileSync(path.join(__dirname, 'mail.html'), 'utf8');",
        "const order = readFileSync(new URL('./templates/a/order.txt', import.meta.url), 'utf8');",
        'export const handler = async () => ({ mail, order });',
      ].join('\n'),
      'ts',
      ['mail.html', 'templates'],
    );
    expect(answerOf(folder)).toEqual({ mail: '<p>mail</p>', order: 'order' });
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      'bundle.mjs',
      'bundle.mjs.map',
      'index.mjs',
      'mail.html',
      'templates',
      'templates/a',
      'templates/a/order.txt',
      'templates/empty.txt',
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  test('make another folder where their content or name is another', () => {
    const text = 'export const handler = async () => null;';
    const folders = [
      ['x', 'a'],
      ['x', 'b'],
      ['y', 'a'],
    ].map(([name = '', content = ''], index) => {
      write({ [`${index}/entry.ts`]: text, [`${index}/${name}`]: content });
      const at = (file: string) => path.join(sources, `${index}`, file);
      return bundle(at('entry.ts'), 'nodejs22.x', { files: [at(name)] });
    });
    expect(new Set(folders).size).toBe(3);
  });
});

describe('prints a warning, with place and remedy, of', () => {
  const REMEDY =
    'name the files in function.files, or build the function yourself and name its folder in function.code';

  test.each(Object.entries(ENTRIES.warns))('%s', (_, { text, warning }) => {
    const entry = writeEntry(text);
    for (const runtime of ['nodejs22.x', 'nodejs20.x']) bundle(entry, runtime);
    expect(warn.mock.calls).toEqual([[`${entry}:${warning}: ${REMEDY}`]]);
  });

  test('what the bundler itself warns of, in one line', () => {
    const entry = writeEntry('export const handler = async (x: any) => x === NaN;\n');
    bundle(entry, 'nodejs22.x');
    expect(warn.mock.calls).toEqual([
      [`${entry}:1:43 Comparison with NaN using the "===" operator here is always false`],
    ]);
  });

  test.each(Object.entries(ENTRIES.silent))('nothing of %s', (_, text) => {
    write({
      'node_modules/reading/index.js':
        'module.exports = (x) => [__dirname, require(x), import(x)];',
    });
    bundleOf(text);
    expect(warn).not.toHaveBeenCalled();
  });
});

test('the source map names the sources without a folder of this machine', () => {
  const folder = bundle(ENTRY, 'nodejs22.x');
  expect(read(folder, 'bundle.mjs')).toMatch(/\n\/\/# sourceMappingURL=bundle\.mjs\.map\n$/);
  const text = read(folder, 'bundle.mjs.map');
  const map: { sources: string[]; sourcesContent?: string[] } = JSON.parse(text);
  const others = map.sources.filter((source) => !/^lambda-src\/(runtime|sinks)\//.test(source));
  expect(others.sort()).toEqual([
    '%3Centry%3E',
    'lambda-src/contract.ts',
    'lambda-src/index.ts',
    'lambda-src/processor.ts',
  ]);
  expect(map.sourcesContent).toBeUndefined();
  expect(MACHINE_FOLDERS.filter((place) => text.includes(place))).toEqual([]);
});

/** A project of a user in a folder, with its function; packages may be in a folder above. */
function project(folder: string, packages = folder): string {
  const files = {
    [`${folder}/package.json`]: '{ "name": "orders" }',
    [`${folder}/functions/mail.html`]: '<p>mail</p>',
    [`${folder}/functions/a b #1%20.ts`]: [
      "import { defineProcessor } from 'dynamodb-cross-account-streams/processor';",
      "import { writeOrder } from '../shared/write-order';",
      'export default defineProcessor(() => writeOrder());',
    ].join('\n'),
    [`${folder}/shared/write-order.ts`]: [
      "import { reason } from 'reasons';",
      'class Refused extends Error {}',
      'export function writeOrder(): never {',
      '  throw new Refused(reason());',
      '}',
    ].join('\n'),
    [`${packages}/node_modules/reasons/index.js`]: "exports.reason = () => 'out of space';",
  };
  write(files);
  return realpathSync(path.join(sources, folder));
}

const FUNCTION = 'functions/a b #1%20.ts';

describe('is the same to the byte', () => {
  const here = process.cwd();
  afterEach(() => process.chdir(here));

  test('wherever the project, its packages and the working directory are', () => {
    const made = [
      { root: project('place 1'), from: '.', topology: '.' },
      { root: project('another/place#2', 'another'), from: '.', topology: 'infra/orders' },
      { root: project('place3'), from: '..', topology: 'infra' },
      { root: project('place4'), from: tmpdir(), topology: '.' },
    ].map(({ root, from, topology }) => {
      mkdirSync(path.join(root, topology), { recursive: true });
      process.chdir(path.resolve(root, from));
      const at = (file: string) => path.relative('.', path.join(root, file));
      const options = { folder: at(topology), files: [at('functions/mail.html')] };
      return tree(bundle(at(FUNCTION), 'nodejs22.x', options));
    });
    expect(Object.keys(made[0] ?? {})).toEqual([...FILES, 'mail.html'].sort());
    expect(made).toEqual(made.map(() => made[0]));
  });
});

test('a stack trace gives file, line and names as they are in the source, without settings', () => {
  const root = project('traced');
  const made = bundle(path.join(root, FUNCTION), 'nodejs22.x', { folder: root });
  const task = path.join(sources, 'var/task');
  cpSync(made, task, { recursive: true });
  const program = `const { handler } = await load(${JSON.stringify(task)});
    const event = ${JSON.stringify({ Records: [record(1)] })};
    await handler(event, { functionName: 'f' }).catch(({ constructor, stack }) => {
      process.stdout.write('\\n' + constructor.name + ' ' + stack);
    });`;
  const [, ...lines] = spawn(program).replaceAll(path.resolve(task), '/var/task').split('\n\n');
  expect(lines.join().split('\n').slice(0, 4)).toEqual([
    'Refused Error: out of space',
    '    at writeOrder (/var/task/shared/write-order.ts:4:9)',
    '    at processor (/var/task/functions/a b #1%20.ts:3:38)',
    expect.stringContaining('/var/task/lambda-src/runtime/one-by-one.ts:'),
  ]);
});

describe('the default function', () => {
  const files = (folder: string): string[] => JSON.parse(read(folder, 'bundle.mjs.map')).sources;
  const sizeInKilobytes = (folder: string) => read(folder, 'bundle.mjs').length / 1024;
  const fromPackages = (file: string) => file.includes('node_modules');

  test('of the sink log is 40 KB at most, and has no package in it', () => {
    const folder = bundle('lambda-src/index.ts', 'nodejs22.x');
    expect(sizeInKilobytes(folder)).toBeLessThanOrEqual(40);
    expect(files(folder).filter(fromPackages)).toEqual([]);
    expect(read(folder, 'bundle.mjs')).not.toMatch(/aws-sdk/);
  });

  test('of the sink s3 is 400 KB at most, with the client of S3', () => {
    const folder = bundle('lambda-src/s3.ts', 'nodejs22.x');
    expect(sizeInKilobytes(folder)).toBeLessThanOrEqual(400);
    const packages = files(folder).map((file) => /.*node_modules\/(@[^/]+)/.exec(file)?.[1]);
    expect([...new Set(packages)].sort()).toEqual(['@aws', '@aws-sdk', '@smithy', undefined]);
  });

  test.each<[string, string, Record<string, string>]>([
    ['log', 'lambda-src/index.ts', {}],
    ['s3', 'lambda-src/s3.ts', { SINK_BUCKET: 'changes', AWS_REGION: 'us-east-1' }],
  ])('of the sink %s answers an empty batch', (_, entry, env) => {
    const answer = answerOf(bundle(entry, 'nodejs22.x'), { Records: [] }, env);
    expect(answer).toEqual({ batchItemFailures: [] });
  });
});

describe('what a bundle is made of', () => {
  const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
  afterAll(() => rmSync(outside, { recursive: true }));
  const secret = (name: string) => {
    const file = path.join(outside, name);
    writeFileSync(file, '"SECRET"');
    return file;
  };
  const OUTSIDE =
    /^\S+ cannot be bundled: (\S+ reads|it reads) a file that is (\S+), outside the project and the folder of the topology; copy it there, or make it a package and install that$/;
  const importing = (file: string, attribute = '') =>
    `import x from ${JSON.stringify(file)}${attribute};\nexport const handler = async () => x;\n`;

  /** A text of entries.yaml with the places of a file outside. */
  const about = (text: string, file: string) => {
    const fromEntry = path.relative(path.resolve(sources), file);
    return text
      .replaceAll('<file>', file)
      .replaceAll('<from the entry>', fromEntry)
      .replaceAll('<its folder>', path.dirname(fromEntry))
      .replaceAll('<escaped>', file.replace('secret', 'secr%65t'));
  };

  test.each(Object.entries(ENTRIES.outside))('is nothing outside the project: %s', (_, text) => {
    write({ 'a.txt': '' });
    const file = secret('secret.txt');
    const attempt = () => bundleOf(about(text, file));
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(OUTSIDE);
    expect(attempt).toThrow(file);
  });

  test('is nothing that a link, a tsconfig.json or a style sheet leads to outside', () => {
    const file = secret('linked.txt');
    symlinkSync(outside, path.join(sources, 'link'));
    write({
      'paths/tsconfig.json': JSON.stringify({
        compilerOptions: { paths: { 'lib/*': [`${outside}/*`] } },
      }),
      'paths/entry.ts': importing('lib/linked.txt'),
      'style.css': `@import "${secret('style.css')}";`,
    });
    expect(() => bundleOf(importing('./link/linked.txt'))).toThrow(OUTSIDE);
    expect(() => bundle(path.join(sources, 'paths/entry.ts'), 'nodejs22.x')).toThrow(OUTSIDE);
    expect(() => bundleOf("import './style.css';\nexport const handler = async () => 1;")).toThrow(
      OUTSIDE,
    );
    expect(() => bundle(file.replace('linked.txt', 'entry.ts'), 'nodejs22.x')).toThrow(UserError);
  });

  describe('is no source map outside the project, which the bundler reads for an input', () => {
    test.each(Object.entries(ENTRIES.sourceMaps))('%s', (_, text) => {
      const file = secret('secret.map');
      writeFileSync(file, '{"version":3,"sources":["SECRET"],"names":[],"mappings":"AAAA"}');
      write({
        'mapped.css': `a{color:red}\n/*# sourceMappingURL=${file} */`,
        'node_modules/mapped/index.js': `1;\n//# sourceMappingURL=${file}`,
      });
      mkdirSync(path.join(outside, 'below'), { recursive: true });
      const links = { 'linked.map': file, below: path.join(outside, 'below'), '\xff.map': file };
      for (const [name, target] of Object.entries(links)) {
        const link = Buffer.from(`${sources}/${name}`, 'latin1');
        rmSync(link, { force: true });
        symlinkSync(target, link);
      }
      const base64 = (_: string, inner: string) => Buffer.from(inner).toString('base64');
      const entry = about(text, file).replace(/<base64 (.*)>/s, base64);
      const attempt = () => bundleOf(`${entry}\nexport const handler = async () => 1;\n`);
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(`names a source map that is ${file}, outside the project`);
    });

    test('but one in the project, in a URL, or that is not there, as packages name them', () => {
      const map = '{"version":3,"sources":["original.ts"],"names":[],"mappings":"AAAA"}';
      write({ 'mapped.mjs': 'export const x = 1;\n//# sourceMappingURL=mapped.mjs.map' });
      write({ 'mapped.mjs.map': map });
      const url = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
      const folder = bundleOf(
        `export const handler = async () => 1;\nexport { x } from './mapped.mjs';\n//# sourceMappingURL=/nowhere/x.map\n//# sourceMappingURL=${url}\n`,
      );
      expect(JSON.parse(read(folder, 'bundle.mjs.map')).sources).toEqual(
        expect.arrayContaining([expect.stringMatching(/original\.ts$/)]),
      );
    });
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('is no environment of the process that bundles it', () => {
    const text = importing('/proc/self/environ', " with { type: 'text' }");
    expect(() => bundleOf(text)).toThrow(
      /-entry\.ts reads a file that is \/proc\/\w+\/environ of the operating system; leave it out$/,
    );
  });

  test('is not run', () => {
    const trace = path.join(outside, 'trace');
    const leave = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(trace)}, '');\n`;
    write({ 'left.ts': `${leave}export const x = 1;` });
    const folder = bundleOf(
      `import { x } from './left';\n${leave}export const handler = async () => ({ x });\n`,
    );
    expect(existsSync(trace)).toBe(false);
    expect(answerOf(folder)).toEqual({ x: 1 });
    expect(existsSync(trace)).toBe(true);
  });

  test('is no repository and no credentials in the project', () => {
    write({ '.git/config.txt': 'x', '.env': 'x' });
    expect(() => bundleOf(importing('./.git/config.txt'))).toThrow('.git is never a part');
    expect(() => bundleOf(importing('./.env', " with { type: 'text' }"))).toThrow(
      '.env is never a part',
    );
    const twice = [
      "import a from './.env' with { type: 'text' };",
      "import b from './.env' with { type: 'bytes' };",
      'export const handler = async () => [a, b];',
    ];
    expect(() => bundleOf(twice.join('\n'))).toThrow('.env is never a part');
  });

  test.each([
    ['a file that is refused', (file: string) => importing(file, " with { type: 'json' }")],
    ['a source map that is', (file: string) => `//# sourceMappingURL=${file}\n`],
  ])('is not quoted in messages about %s', (_, text) => {
    const file = secret('token');
    writeFileSync(file, 'SECRET');
    const attempt = () => bundleOf(text(file));
    expect(attempt).toThrow(OUTSIDE);
    expect(attempt).not.toThrow('SECRET');
  });

  test('is not named after a file of the bundler where the entry itself leads out', () => {
    const file = secret('linked.ts');
    const entry = path.join(sources, 'linked-entry.ts');
    symlinkSync(file, entry);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(
      new UserError(
        `${entry} cannot be bundled: it is ${file}, outside the project and the folder of the topology; copy it there, or make it a package and install that`,
      ),
    );
  });

  test('may be bytes that are no text', () => {
    writeFileSync(path.join(sources, 'bytes.txt'), Buffer.from([0xff, 0xfe]));
    const text = "import x from './bytes.txt' with { type: 'bytes' };";
    const folder = bundleOf(`${text}\nexport const handler = async () => ({ length: x.length });`);
    expect(read(folder, 'bundle.mjs')).toContain('//4=');
  });

  test('may be in the folder of the topology', () => {
    secret('entry.txt');
    const entry = path.join(outside, 'entry.ts');
    writeFileSync(entry, importing('./entry.txt'));
    const { own } = bundleWithOrigin(entry, 'nodejs22.x', { folder: outside });
    expect(own.slice(0, 2)).toEqual([
      path.relative('.', path.join(outside, 'entry.ts')),
      path.relative('.', path.join(outside, 'entry.txt')),
    ]);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(OUTSIDE);
  });

  test('is listed, but for packages and data in URLs', () => {
    write({
      'node_modules/reading/index.js': 'module.exports = 1;',
      'listed/a.txt': 'a',
      'listed/copied.html': 'b',
      'listed/entry.ts': [
        "import a from './a.txt?query';",
        "import reading from 'reading';",
        "import data from 'data:text/plain,x';",
        'export const handler = async () => [a, reading, data];',
      ].join('\n'),
    });
    const at = (file: string) => path.join(sources, 'listed', file);
    const { own } = bundleWithOrigin(at('entry.ts'), 'nodejs22.x', {
      files: [at('copied.html')],
    });
    expect(own).toEqual([at('a.txt'), at('copied.html'), at('entry.ts')]);
  });
});

describe('refuses', () => {
  test.each(Object.entries(ENTRIES.refuses))('%s', (_, { text, as, line }) => {
    write({ 'addon.node': '', 'node_modules/runs/index.js': 'exports.run = async () => null;' });
    const entry = writeEntry(text, as);
    const message = line.replaceAll('<entry>', entry).replaceAll('<folder>', sources);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(new UserError(message));
  });

  test('a file that is not there', () => {
    expect(() => bundle('lambda-src/nowhere.ts', 'nodejs22.x')).toThrow(
      new UserError(
        `lambda-src/nowhere.ts cannot be bundled: Could not resolve "${path.resolve('lambda-src/nowhere.ts')}"`,
      ),
    );
  });

  test.each([
    [
      'that does not compile',
      { 'latin-name.ts': 'export const handler = async () => gr\u00fcn;' },
      1,
    ],
    ['of the entry', { 'latin.ts': "export const handler = async () => 'Gr\u00fc\u00dfe';" }, 1],
    [
      'that the entry imports',
      {
        'entry-of-latin.ts':
          "import { x } from './imported';\nexport const handler = async () => x;",
        'imported.ts': "\n// Fran\u00e7ais\nexport const x = '';",
      },
      2,
    ],
    [
      'of data that it imports',
      {
        'entry-of-text.ts': "import x from './mail.txt';\nexport const handler = async () => x;\n",
        'mail.txt': 'Hello\n\nF\u00fcr',
      },
      3,
    ],
  ])('text %s that is not UTF-8, which the bundler replaces', (_, files, line) => {
    const at = (file: string) => path.join(sources, file);
    for (const [file, text] of Object.entries(files)) writeFileSync(at(file), text, 'latin1');
    const [entry = '', wrong = entry] = Object.keys(files).map(at);
    const attempt = () => bundle(entry, 'nodejs22.x');
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(`${entry} cannot be bundled: ${wrong}:${line} is not UTF-8 (byte 0x`);
  });

  test.each(['tsconfig.json', 'jsconfig.json'])(
    'JSX for development, which has paths in it, for a %s',
    (name) => {
      const folder = `jsx-${name}`;
      write({
        [`${folder}/${name}`]: '{ "compilerOptions": { "jsx": "react-jsxdev" } }',
        [`${folder}/entry.ts`]: "export { page as handler } from './page';",
        [`${folder}/page.tsx`]: 'export const page = async () => <b />;',
        'node_modules/react/jsx-dev-runtime.js': 'exports.jsxDEV = (...all) => all;',
      });
      const entry = path.join(sources, folder, 'entry.ts');
      expect(() => bundle(entry, 'nodejs22.x')).toThrow(
        new UserError(
          `${entry} cannot be bundled: ${sources}/${folder}/page.tsx has its path in the bundle, for "jsx": "react-jsxdev" in its tsconfig.json; write "react-jsx"`,
        ),
      );
    },
  );

  const DECORATED = { compilerOptions: { emitDecoratorMetadata: true } };
  test.each<[string, Record<string, object>, string]>([
    ['in the folder', { 'deco/a/tsconfig.json': DECORATED }, 'deco/a'],
    ['in a folder above', { 'deco/tsconfig.json': DECORATED, 'deco/b/x.json': {} }, 'deco/b'],
    [
      'that another extends',
      { 'base.json': DECORATED, 'deco/c/tsconfig.json': { extends: '../../base.json' } },
      'deco/c',
    ],
  ])('metadata of decorators that a tsconfig.json %s asks for', (_, files, folder) => {
    for (const [file, content] of Object.entries(files)) write({ [file]: JSON.stringify(content) });
    write({ [`${folder}/entry.ts`]: 'export const handler = async () => null;\n' });
    const entry = path.join(sources, folder, 'entry.ts');
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(UserError);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(
      /turns on emitDecoratorMetadata, which the bundler does not write; build the function yourself and name its folder in function\.code, or give \S+ a tsconfig\.json without it$/,
    );
  });

  test('a tsconfig.json that extends what is not there', () => {
    write({
      'broken/tsconfig.json': '{ "extends": "./nowhere.json" }',
      'broken/entry.ts': 'export const handler = async () => null;',
    });
    const entry = path.join(sources, 'broken/entry.ts');
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(
      new UserError(
        `${entry} cannot be bundled: its tsconfig.json cannot be read: File './nowhere.json' not found.`,
      ),
    );
  });

  test('metadata of decorators that the tsconfig.json of an imported file asks for', () => {
    write({
      'library/tsconfig.json': `// comments are fine\n${JSON.stringify(DECORATED)}`,
      'library/index.ts': 'const d = (c: any) => c;\n@d\nexport class Billing {}\n',
    });
    const entry = writeEntry(
      "import { Billing } from './library';\nexport const handler = async () => new Billing();\n",
    );
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(/library\/tsconfig\.json turns on/);
  });
});
