import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle, EntryError } from '../../constructs/bundle';
import { environment, MACHINE_FOLDERS } from '../helpers/environment';

// A process of its own takes a while to start.
jest.setTimeout(30_000);

const ENTRY = 'lambda-src/index.ts';
const PROCESSOR = "import { defineProcessor } from '../../lambda-src/processor';";
mkdirSync('dist', { recursive: true });
const sources = mkdtempSync(path.join('dist', 'bundle-test-'));
const made = new Set<string>();

afterAll(() => {
  for (const folder of [sources, ...made]) rmSync(folder, { recursive: true, force: true });
});

/** A file of this text, and of its own name, since a file is bundled once. */
function writeEntry(text: string): string {
  const entry = path.join(sources, `${readdirSync(sources).length}-entry.ts`);
  writeFileSync(entry, text);
  return entry;
}

/** Bundles a file of this text; it must export a handler. */
function bundleOf(text: string, runtime = 'nodejs22.x'): string {
  const folder = bundle(writeEntry(text), runtime);
  made.add(folder);
  return folder;
}

/** Runs a program that has the bundle's handler, as Lambda does. */
function spawn(folder: string, program: string, env: Readonly<Record<string, string>> = {}) {
  const script = JSON.stringify(path.resolve(folder, 'index.js'));
  return spawnSync(
    process.execPath,
    ['-e', `const { handler } = require(${script});\n${program}`],
    {
      env: environment({ NODE_OPTIONS: '--enable-source-maps', ...env }),
      encoding: 'utf8',
    },
  );
}

const run = (folder: string, program: string) => spawn(folder, program).stdout;
const read = (folder: string, file: string) => readFileSync(path.join(folder, file), 'utf8');

describe('a bundle', () => {
  test('is a script and its source map', () => {
    expect(readdirSync(bundle(ENTRY, 'nodejs22.x')).sort()).toEqual(['index.js', 'index.js.map']);
  });

  test('is in a folder that is named after its content', () => {
    const folder = bundle(ENTRY, 'nodejs22.x');
    const hash = createHash('sha256');
    for (const file of ['index.js', 'index.js.map']) hash.update(read(folder, file));
    expect(folder).toBe(path.join('dist', 'functions', hash.digest('hex').slice(0, 16)));
  });

  test('is the same each time', () => {
    const first = bundle(ENTRY, 'nodejs22.x');
    const files = ['index.js', 'index.js.map'].map((name) => read(first, name));
    jest.isolateModules(() => {
      const another: typeof bundle = require('../../constructs/bundle').bundle;
      expect(another(ENTRY, 'nodejs22.x')).toBe(first);
    });
    expect(['index.js', 'index.js.map'].map((name) => read(first, name))).toEqual(files);
  });

  test('of other content is in another folder', () => {
    const folders = [1, 2].map((value) => bundleOf(`export const handler = () => ${value};`));
    expect(new Set(folders).size).toBe(2);
  });

  test.each([
    [
      'the default export',
      `${PROCESSOR}\nexport default Object.assign(() => 1, { defineProcessor });`,
      1,
    ],
    ['a handler', 'export const handler = () => 2;', 2],
    ['a handler beside a default export', 'export const handler = () => 3;\nexport default 4;', 3],
    ['a handler of another file', "export { run as handler } from './other';", 5],
    ['all exports of another file', "export * from './other';", 6],
  ])('has %s as its handler, for CommonJS', (_, text, expected) => {
    writeFileSync(
      path.join(sources, 'other.ts'),
      'export const run = () => 5;\nexport const handler = () => 6;\n',
    );
    expect(run(bundleOf(text), 'console.log(handler())')).toBe(`${expected}\n`);
  });

  test.each([
    ['nodejs22.x', /=a\?\.b/],
    ['nodejs12.x', /=a==null\?void 0:a\.b/],
  ])('is written for the Node.js of %s', (runtime, expected) => {
    const folder = bundleOf('declare const a: any;\nexport const handler = a?.b;\n', runtime);
    expect(read(folder, 'index.js')).toMatch(expected);
  });
});

test('the source map names the sources without a folder of this machine', () => {
  const folder = bundle(ENTRY, 'nodejs22.x');
  expect(read(folder, 'index.js')).toMatch(/\n\/\/# sourceMappingURL=index\.js\.map\n$/);
  const text = read(folder, 'index.js.map');
  const map: { sources: string[]; sourcesContent?: string[] } = JSON.parse(text);
  expect(map.sources.filter((source) => path.isAbsolute(source))).toEqual([]);
  expect(map.sources).toContain('../../../lambda-src/handler.ts');
  expect(map.sourcesContent).toBeUndefined();
  expect(MACHINE_FOLDERS.filter((place) => text.includes(place))).toEqual([]);
});

test('a stack trace tells file, line and names as they are in the source', () => {
  const folder = bundleOf(
    [
      'class Refused extends Error {}',
      'function writeOrder(): never {',
      "  throw new Refused('out of space');",
      '}',
      'export const handler = () => writeOrder();',
    ].join('\n'),
  );
  const program =
    'try { handler() } catch (error) { console.log(error.constructor.name, error.stack) }';
  expect(run(folder, program)).toMatch(
    /^Refused Error: out of space\n +at writeOrder \(.*entry\.ts:3:9\)\n/,
  );
});

describe('the default function', () => {
  const files = (folder: string): string[] => JSON.parse(read(folder, 'index.js.map')).sources;
  const sizeInKilobytes = (folder: string) => read(folder, 'index.js').length / 1024;
  const fromPackages = (file: string) => file.includes('node_modules');

  test('of the sink log is 40 KB at most, and has no package in it', () => {
    const folder = bundle('lambda-src/index.ts', 'nodejs22.x');
    expect(sizeInKilobytes(folder)).toBeLessThanOrEqual(40);
    expect(files(folder).filter(fromPackages)).toEqual([]);
    expect(read(folder, 'index.js')).not.toMatch(/aws-sdk/);
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
    const program =
      "handler({ Records: [] }, { functionName: 'f' }).then((r) => console.error(JSON.stringify(r)))";
    const { stderr } = spawn(bundle(entry, 'nodejs22.x'), program, env);
    expect(stderr.split('\n')).toContain('{"batchItemFailures":[]}');
  });
});

describe('refuses', () => {
  test.each([
    ['a syntax error', 'export const handler = (;\n', ':1:24: Unexpected ";"'],
    ['an import of nothing', "\nimport './nowhere';\n", ':2:7: Could not resolve "./nowhere"'],
    ['a top-level await', 'await 1;\nexport const handler = 1;\n', ':1:0: Top-level await is'],
  ])('%s, and says where it is, in one line', (_, text, message) => {
    const entry = writeEntry(text);
    const attempt = () => bundle(entry, 'nodejs22.x');
    expect(attempt).toThrow(EntryError);
    expect(attempt).toThrow(/^[^\n]*$/);
    expect(attempt).toThrow(`${entry} cannot be bundled: ${entry}${message}`);
  });

  test('a file that is not there', () => {
    expect(() => bundle('lambda-src/nowhere.ts', 'nodejs22.x')).toThrow(
      new EntryError(
        'lambda-src/nowhere.ts cannot be bundled: Could not resolve "lambda-src/nowhere.ts"',
      ),
    );
  });

  test.each([
    ['a function', 'export default (change: unknown) => console.log(change);\n'],
    ['a number', 'export default 42;\n'],
    [
      'a processor of a type only',
      `${PROCESSOR}\nexport default (p: typeof defineProcessor) => p;\n`,
    ],
  ])('a default export that is not wrapped: %s', (_, text) => {
    const entry = writeEntry(text);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(
      new EntryError(
        `${entry} must wrap its default export, as in export default defineProcessor(…), or export it as handler if it takes whole events`,
      ),
    );
  });

  test.each([
    ['no export', 'const handler = 1;\n', 'nothing'],
    ['other exports only', 'export const run = 1;\nexport const other = 2;\n', 'other, run'],
    ['a type as its handler', 'export type handler = string;\n', 'nothing'],
  ])('a file with %s, and says what to write', (_, text, exported) => {
    const entry = writeEntry(text);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(
      new EntryError(
        `${entry} must export a handler: write export default defineProcessor(…), or export const handler; it exports ${exported}`,
      ),
    );
  });
});
