import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../constructs/bundle';

// A process of its own takes a while to start.
jest.setTimeout(30_000);

const ENTRY = 'lambda-src/index.ts';
mkdirSync('dist', { recursive: true });
const sources = mkdtempSync(path.join('dist', 'bundle-test-'));
const made = new Set<string>();

afterAll(() => {
  for (const folder of [sources, ...made]) rmSync(folder, { recursive: true, force: true });
});

/** Bundles a file of this text. */
function bundleOf(text: string, runtime = 'nodejs22.x'): string {
  const entry = path.join(sources, 'entry.ts');
  writeFileSync(entry, text);
  const folder = bundle(entry, runtime);
  made.add(folder);
  return folder;
}

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
    const [first, second] = [1, 2].map(() => {
      const folder = bundle(ENTRY, 'nodejs22.x');
      return [folder, read(folder, 'index.js'), read(folder, 'index.js.map')];
    });
    expect(second).toEqual(first);
  });

  test('of other content is in another folder', () => {
    const folders = ['export const a = 1;', 'export const a = 2;'].map((text) => bundleOf(text));
    expect(new Set(folders).size).toBe(2);
  });

  test('exports the handler, for CommonJS', () => {
    const script = path.resolve(bundle(ENTRY, 'nodejs22.x'), 'index.js');
    const program = `require(${JSON.stringify(script)}).handler({ Records: [] }).then((r) => console.log(JSON.stringify(r)))`;
    expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe(
      '{"batchItemFailures":[]}\n',
    );
  });

  test.each([
    ['nodejs22.x', /\ba\?\.b/],
    ['nodejs12.x', /a == null \? void 0 : a\.b/],
  ])('is written for the Node.js of %s', (runtime, expected) => {
    const folder = bundleOf('declare const a: any;\nexport const b = a?.b;\n', runtime);
    expect(read(folder, 'index.js')).toMatch(expected);
  });
});

test('the source map names the sources without a folder of this machine', () => {
  const folder = bundle(ENTRY, 'nodejs22.x');
  expect(read(folder, 'index.js')).toMatch(/\n\/\/# sourceMappingURL=index\.js\.map\n$/);
  const text = read(folder, 'index.js.map');
  const map: { sources: string[]; sourcesContent: string[] } = JSON.parse(text);
  expect(map.sources.filter((source) => path.isAbsolute(source))).toEqual([]);
  expect(map.sources).toContain('../../../lambda-src/handler.ts');
  expect(map.sourcesContent).toContain(readFileSync('lambda-src/handler.ts', 'utf8'));
  expect([process.cwd(), homedir(), tmpdir()].filter((place) => text.includes(place))).toEqual([]);
});

describe('refuses', () => {
  test.each([
    ['a syntax error', 'export const handler = (;\n', 'Unexpected ";"', 'entry.ts:1:24:'],
    [
      'an import of nothing',
      "\nimport './nowhere';\n",
      'Could not resolve "./nowhere"',
      'entry.ts:2:7:',
    ],
  ])('%s, and says where it is', (_, text, message, place) => {
    const entry = path.join(sources, 'entry.ts');
    writeFileSync(entry, text);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(message);
    expect(() => bundle(entry, 'nodejs22.x')).toThrow(`${sources}/${place}`);
  });
});
