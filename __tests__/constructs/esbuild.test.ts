import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EntryError, esbuild } from '../../constructs/esbuild';
import { confinement } from '../../topology/confinement';

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'esbuild-')));
const project = path.join(root, 'project');
const started = process.cwd();

beforeAll(() => {
  mkdirSync(project);
  process.chdir(project);
});

afterAll(() => {
  process.chdir(started);
  rmSync(root, { recursive: true });
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Bundles an import of this file as text, in the project. */
function importing(file: string) {
  const text = `import x from ${JSON.stringify(file)} with { type: 'text' };\nexport default x;`;
  const options = ['--bundle', '--platform=node', '--format=esm'];
  const outfile = path.join(root, 'out.mjs');
  return esbuild({ name: 'root.mjs', text }, outfile, options, confinement('.'));
}

describe('a folder whose name begins like that of a URL in messages', () => {
  test('has inputs', () => {
    write('<data:real/a.txt', 'a');
    expect(importing('./<data:real/a.txt').inputs).toEqual(['<data:real/a.txt']);
    expect(importing('./<data:real/a.txt?x').inputs).toEqual(['<data:real/a.txt']);
    expect(importing('data:text/plain,a').inputs).toEqual([]);
  });

  test('may not hold credentials', () => {
    write('<data:real/.env', 'SECRET');
    expect(() => importing('./<data:real/.env')).toThrow(EntryError);
    expect(() => importing('./<data:real/.env')).toThrow('.env is never a part of a function');
  });
});
