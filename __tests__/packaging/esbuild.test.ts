import childProcess from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

describe('refuses what the bundler reads elsewhere than at its path', () => {
  /** With `SECRET` in z.txt. */
  const ARCHIVE = Buffer.from(
    'UEsDBBQAAAAAAAAAIQBjL1qsBgAAAAYAAAAFAAAAei50eHRTRUNSRVRQSwECFAMUAAAAAAAAACEAYy9arAYAAAAGAAAABQAAAAAAAAAAAAAAgAEAAAAAei50eHRQSwUGAAAAAAEAAQAzAAAAKQAAAAAA',
    'base64',
  );
  const MAP = '{"version":3,"sources":["SECRET"],"names":[],"mappings":"AAAA"}';
  const VIRTUAL =
    /^cannot be bundled: .* the bundler reads another file, as Yarn does; leave it out$/;
  const PACKED = /\.zip\/z\.txt\S* in a ZIP archive; unpack that$/;

  beforeAll(() => {
    write(path.join(root, 'secret.txt'), 'SECRET');
    write(path.join(root, 'secret.map'), MAP);
    write('a.txt', 'harmless');
    write('<data:x/a.txt', 'harmless');
    for (const place of ['inside.zip', '../backup.zip']) writeFileSync(place, ARCHIVE);
    for (const link of ['link.zip', 'a.txt?x.zip', '<data:x.zip'])
      symlinkSync('../backup.zip', link);
  });

  test.each([
    ['a virtual path', './__virtual__/x/1/secret.txt', VIRTUAL],
    ['one as older versions of Yarn write it', './$$virtual/x/1/secret.txt', VIRTUAL],
    ['one from the root', `${project}/__virtual__/x/9/${root}/secret.txt`, VIRTUAL],
    ['one in node_modules', './node_modules/__virtual__/x/2/secret.txt', VIRTUAL],
    ['one after the name of a file with a query', './a.txt?x/__virtual__/x/2/secret.txt', VIRTUAL],
    ['one like a URL', './<data:x/__virtual__/x/2/secret.txt', VIRTUAL],
    ['one with backslashes', './a\\__virtual__\\x\\2/secret.txt', VIRTUAL],
    ['one to an archive', './__virtual__/x/1/backup.zip/z.txt', VIRTUAL],
    ['an archive', './inside.zip/z.txt', PACKED],
    ['a link to an archive', './link.zip/z.txt', PACKED],
    ['a link to an archive, after a query', './a.txt?x.zip/z.txt', PACKED],
    ['a link to an archive, like a URL', './<data:x.zip/z.txt', PACKED],
  ])('%s', (_, file, message) => {
    expect(() => importing(file)).toThrow(UserError);
    expect(() => importing(file)).toThrow(message);
    expect(() => bundled(`import x from ${JSON.stringify(file)} with { type: 'json' };`)).toThrow(
      message,
    );
  });

  test.each(['__virtual__', '$$virtual'])('a path with %s where a harmless file is', (part) => {
    write(`decoy/${part}/x/2/secret.txt`, 'harmless');
    symlinkSync(`${part}/x`, 'decoy/link');
    expect(() => importing(`./decoy/${part}/x/2/secret.txt`)).toThrow(VIRTUAL);
    expect(() => importing('./decoy/link/2/secret.txt')).toThrow(VIRTUAL);
    rmSync('decoy', { recursive: true });
  });

  test.each([
    ['by a virtual path', './__virtual__/x/1/secret.map', VIRTUAL],
    ['by one with escapes', './%5f_virtual__/x/1/secret.map', VIRTUAL],
    ['by one with backslashes', './a\\__virtual__\\x\\2\\secret.map', VIRTUAL],
    ['by one with a way back', `${project}/__virtual__/x/1/a/../../secret.map`, VIRTUAL],
    ['in an archive', './link.zip/z.txt', PACKED],
  ])('a source map %s', (_, url, message) => {
    write('mapped.js', `export default 1;\n//# sourceMappingURL=${url}\n`);
    const attempt = () => bundled("export { default } from './mapped.js';", '--sourcemap');
    expect(attempt).toThrow(message);
  });

  test('but no folder whose name only looks like that of an archive', () => {
    write('folder.zip/a.txt', 'a');
    expect(importing('./folder.zip/a.txt').inputs).toEqual(['folder.zip/a.txt']);
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
