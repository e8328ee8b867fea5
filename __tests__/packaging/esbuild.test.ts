import childProcess from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { confinement } from '../../packaging/confinement';
import { esbuild, formatMessage } from '../../packaging/esbuild';
import { UserError } from '../../topology/problem';

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

function bundled(text: string, ...more: readonly string[]) {
  const options = ['--bundle', '--platform=node', '--format=esm', ...more];
  const outfile = path.join(root, 'out.mjs');
  return esbuild({ name: 'root.mjs', text }, outfile, options, confinement('.'));
}

/** Bundles an import of this file as text, in the project. */
function importing(file: string) {
  return bundled(`import x from ${JSON.stringify(file)} with { type: 'text' };\nexport default x;`);
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
    expect(() => importing('./<data:real/.env')).toThrow(UserError);
    expect(() => importing('./<data:real/.env')).toThrow('.env is never a part of a function');
  });
});

describe('a pipe, from which nothing comes, does not stop the command for ever', () => {
  const { spawnSync } = childProcess;
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ['an import', (pipe: string) => importing(pipe)],
    [
      'a source map',
      (pipe: string) => {
        write('mapped.js', `export default 1;\n//# sourceMappingURL=${pipe}\n`);
        return bundled("export { default } from './mapped.js';", '--sourcemap');
      },
    ],
  ])('%s', (_, attempt) => {
    const pipe = path.join(root, 'pipe.txt');
    rmSync(pipe, { force: true });
    spawnSync('mkfifo', [pipe]);
    const limits: unknown[] = [];
    jest.spyOn(childProcess, 'spawnSync').mockImplementation(((
      program: string,
      args: string[],
      options: childProcess.SpawnSyncOptions,
    ) => {
      limits.push(options.timeout);
      return spawnSync(program, args, { ...options, timeout: 1000 });
    }) as typeof spawnSync);
    expect(() => attempt(pipe)).toThrow(
      new UserError(
        'cannot be bundled: the bundler was stopped after 120 seconds; look for an import or a sourceMappingURL that leads to a pipe or a device',
      ),
    );
    expect(limits).toEqual([120_000]);
  });
});

describe('the name of a file with several lines and a terminal’s escapes', () => {
  const NAME = 'a\n::warning::\x1b[31mb.ts';
  const SHOWN = 'a\\u000a::warning::\\u001b[31mb.ts';

  test('is on one line, with escapes, in a warning', () => {
    write(NAME, "export default typeof process === 'nothing';\n");
    const { warnings } = bundled(`export { default } from ${JSON.stringify(`./${NAME}`)};`);
    expect(warnings.map(formatMessage)).toEqual([
      `${SHOWN}:1:34 The "typeof" operator will never evaluate to "nothing"`,
    ]);
  });

  test('is on one line, with escapes, in an error', () => {
    write(NAME, 'export default (;\n');
    const attempt = () => bundled(`export { default } from ${JSON.stringify(`./${NAME}`)};`);
    expect(attempt).toThrow(new UserError(`cannot be bundled: ${SHOWN}:1:16 Unexpected ";"`));
  });

  test('is on one line, with escapes, where it is refused', () => {
    write(path.join(root, `outside ${NAME}`), 'SECRET');
    expect(() => importing(path.join(root, `outside ${NAME}`))).toThrow(
      `cannot be bundled: it is ${root}/outside ${SHOWN}, outside the project`,
    );
  });
});
