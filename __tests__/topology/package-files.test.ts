import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PackageFileError, packageFiles } from '../../topology/package-files';

const root = mkdtempSync(path.join(tmpdir(), 'package-files-'));
afterAll(() => rmSync(root, { recursive: true }));

const at = (file: string) => path.join(root, file);
const ENTRY = at('src/entry.ts');

function write(...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), file);
  }
}

const targets = (file: string) => packageFiles(ENTRY, at(file)).map(({ target }) => target);

describe('the files of the package', () => {
  test.each([
    ['a file', 'src/mail.html', ['mail.html']],
    ['a file further down', 'src/mail/de/mail.html', ['mail/de/mail.html']],
    ['a folder, sorted', 'src/mail', ['mail/Z.html', 'mail/a.html', 'mail/de/mail.html']],
    ['a folder with a slash', 'src/mail/', ['mail/Z.html', 'mail/a.html', 'mail/de/mail.html']],
    ['a name that begins like one that is taken', 'src/index.html', ['index.html']],
    ['a name that is taken only at the top', 'src/pages/index.js', ['pages/index.js']],
    ['a name that begins with two dots', 'src/..hidden', ['..hidden']],
  ])('are %s', (_, file, expected) => {
    write('src/mail.html', 'src/mail/de/mail.html', 'src/mail/a.html', 'src/mail/Z.html');
    write('src/index.html', 'src/pages/index.js', 'src/..hidden');
    expect(targets(file)).toEqual(expected);
  });

  test('have the path of their source', () => {
    write('src/mail.html');
    expect(
      packageFiles(path.relative('.', ENTRY), path.relative('.', at('src/mail.html'))),
    ).toEqual([{ source: at('src/mail.html'), target: 'mail.html' }]);
  });

  test('are what a link names', () => {
    write('other/template.html');
    symlinkSync(at('other/template.html'), at('src/linked.html'));
    expect(targets('src/linked.html')).toEqual(['linked.html']);
  });
});

describe('refuses', () => {
  const TAKEN = (name: string) =>
    `must not have ${name} at the top of the package, where Lambda loads the function from index.mjs; choose another name`;

  test.each([
    [
      'what is not there',
      'src/nowhere',
      'must be a file or a folder that exists, relative to cdktf.json',
    ],
    ['an empty folder', 'src/empty', 'must have files in it'],
    ['a folder of empty folders', 'src/empties', 'must have files in it'],
    ['index.mjs', 'src/index.mjs', TAKEN('index.mjs')],
    ['index.js', 'src/index.js', TAKEN('index.js')],
    ['a folder of the name index', 'src/index', TAKEN('index')],
    ['bundle.mjs', 'src/bundle.mjs', TAKEN('bundle.mjs')],
    ['bundle.mjs.map', 'src/bundle.mjs.map', TAKEN('bundle.mjs.map')],
  ])('%s', (_, file, message) => {
    write('src/index.mjs', 'src/index.js', 'src/index/a', 'src/bundle.mjs', 'src/bundle.mjs.map');
    mkdirSync(at('src/empty'), { recursive: true });
    mkdirSync(at('src/empties/empty'), { recursive: true });
    expect(() => targets(file)).toThrow(new PackageFileError(message));
  });

  test('a file in a folder that only begins like the entry’s', () => {
    write('src-2/mail.html');
    expect(() => targets('src-2/mail.html')).toThrow(/^must be in the folder of the entry, /);
  });

  test.each([
    ['a dangling link', 'dangling', 'nowhere'],
    ['a link to its own folder', 'circular', '.'],
  ])('%s in a folder', (_, folder, target) => {
    write(`src/${folder}/file`);
    symlinkSync(target, at(`src/${folder}/link`));
    expect(() => targets(`src/${folder}`)).toThrow(
      new PackageFileError(
        `must have only files and folders in it; ${path.relative('.', at(`src/${folder}/link`))} is a link`,
      ),
    );
  });
});
