import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { confinement } from '../../packaging/confinement';
import { packageFiles, readCodeFolder } from '../../packaging/package-files';
import { UserError } from '../../topology/problem';

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

const refusal = confinement(root);
const targets = (file: string) =>
  packageFiles(ENTRY, at(file), refusal).map(({ target }) => target);

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
      packageFiles(path.relative('.', ENTRY), path.relative('.', at('src/mail.html')), refusal),
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
    ['a folder of empty folders', 'src/empties', 'must have files in it'],
    ['index.mjs', 'src/index.mjs', TAKEN('index.mjs')],
    ['index.js', 'src/index.js', TAKEN('index.js')],
    ['a folder of the name index', 'src/index', TAKEN('index')],
    ['bundle.mjs', 'src/bundle.mjs', TAKEN('bundle.mjs')],
    ['bundle.mjs.map', 'src/bundle.mjs.map', TAKEN('bundle.mjs.map')],
    [
      'a file in a folder that only begins like the entry’s',
      'src-2/mail.html',
      `must be in the folder of the entry, ${at('src')}, as it is in the package relative to that; move it there, or prepare the package yourself with code`,
    ],
  ])('%s', (_, file, message) => {
    write('src-2/mail.html');
    write('src/index.mjs', 'src/index.js', 'src/index/a', 'src/bundle.mjs', 'src/bundle.mjs.map');
    mkdirSync(at('src/empties/empty'), { recursive: true });
    expect(() => targets(file)).toThrow(new UserError(message));
  });

  test('a name in a folder that is not UTF-8', () => {
    write('src/named/file');
    const name = Buffer.from([0xe4, 0x2e, 0x74, 0x78, 0x74]);
    writeFileSync(Buffer.concat([Buffer.from(`${at('src/named')}/`), name]), '');
    expect(() => targets('src/named')).toThrow(
      new UserError(
        `must have only files for the function in it; ${path.relative('.', at('src/named'))}/\\xe4.txt has a name that is not UTF-8; rename it`,
      ),
    );
  });

  test.each([
    ['a dangling link', 'dangling', 'nowhere'],
    ['a link to its own folder', 'circular', '.'],
  ])('%s in a folder', (_, folder, target) => {
    write(`src/${folder}/file`);
    symlinkSync(target, at(`src/${folder}/link`));
    expect(() => targets(`src/${folder}`)).toThrow(
      new UserError(
        `must have only files for the function in it; ${path.relative('.', at(`src/${folder}/link`))} is a link; write its content in its place`,
      ),
    );
  });

  test.each([
    [
      'outside',
      '/etc/hostname',
      'outside the project and the folder of the topology; copy it there',
    ],
    ['in a repository', at('.git/config'), 'and .git is never a part of a function; leave it out'],
    ['of the operating system', '/proc/self/environ', 'of the operating system; leave it out'],
  ])('a link to a file %s', (what, target, reason) => {
    write('.git/config');
    const link = `src/${what.replaceAll(' ', '-')}.txt`;
    symlinkSync(target, at(link));
    const attempt = () => targets(link);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(`must be a file for the function; ${path.relative('.', at(link))} is `);
    expect(attempt).toThrow(reason);
  });
});

describe('a prepared folder', () => {
  const files = (folder: string) => {
    const { files, problems } = readCodeFolder(path.resolve(root, folder), refusal);
    for (const problem of problems) throw new UserError(problem);
    return files.map(({ name }) => name);
  };

  test('has its files, and those that links in it lead to', () => {
    write('code/index.js', 'code/node_modules/.pnpm/a/index.js', 'shared/b/c.js', 'code/..x/y');
    symlinkSync('.pnpm/a', at('code/node_modules/a'));
    symlinkSync('../shared', at('code/shared'));
    expect(files('code')).toEqual([
      '..x/y',
      'index.js',
      'node_modules/.pnpm/a/index.js',
      'node_modules/a/index.js',
      'shared/b/c.js',
    ]);
  });

  test('may itself be a link to a folder of the project', () => {
    write('built/index.js');
    symlinkSync('built', at('latest'));
    expect(files('latest')).toEqual(['index.js']);
  });

  test.each<[string, string, string, string]>([
    ['a file elsewhere', 'data.txt', '/etc/hostname', 'outside the project'],
    ['a folder elsewhere', 'data', '/etc', 'outside the project'],
    ['the file system of processes', 'self', '/proc/self', 'of the operating system'],
    ['a repository in the project', 'hooks', '../../.git/hooks', 'and .git is never a part'],
    ['credentials in the project', 'c', '../../home/.aws/credentials', 'and .aws is never'],
    ['a state', 's', '../../terraform.tfstate.backup', 'and terraform.tfstate.backup is never'],
  ])('with a link to %s is refused, with its name', (_, name, target, reason) => {
    write('.git/hooks/x', 'home/.aws/credentials', 'terraform.tfstate.backup');
    write(`linked-${name}/deep/index.js`);
    const link = `linked-${name}/deep/${name}`;
    symlinkSync(target, at(link));
    const attempt = () => files(`linked-${name}`);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      `must have only files for the function in it; ${path.relative('.', at(link))} is `,
    );
    expect(attempt).toThrow(reason);
  });

  test.each(['.git', '.GIT/objects', '.aws', 'deep/.ssh/x', 'deep/.terraform'])(
    '%s is refused',
    (folder) => {
      write(`private/${folder}/file`);
      expect(() => files(`private/${folder}`)).toThrow('is never a part of a function');
      expect(() => files('private')).toThrow('is never a part of a function');
    },
  );

  test('with a name of several lines and a terminal’s escapes is refused on one line', () => {
    write('odd/a\n::warning::\x1b[31mb/.env');
    expect(() => files('odd')).toThrow('a\\u000a::warning::\\u001b[31mb/.env is never a part');
    expect(() => files('odd')).toThrow(/^[^\p{Cc}]+$/u);
  });
});
