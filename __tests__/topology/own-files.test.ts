import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OWN_FOLDER, ownFile, ownFolder, ownPage, PACKAGE_NAME } from '../../topology/own-files';

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'own-files-')));
afterAll(() => rmSync(root, { recursive: true }));

function write(folder: string, manifest: object): void {
  mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, folder, 'package.json'), JSON.stringify(manifest));
}

test('an own file is in the folder of this project, from any working directory', () => {
  const started = process.cwd();
  process.chdir(root);
  try {
    const files = ['lambda-src/index.ts', 'help', 'review/report/page.css'].map(ownFile);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect(OWN_FOLDER).toBe(path.resolve(__dirname, '../..'));
    expect(existsSync(ownPage('review.md'))).toBe(true);
  } finally {
    process.chdir(started);
  }
});

test('a page of the documentation is named as from the working directory', () => {
  expect(ownPage('review.md')).toBe('docs/review.md');
});

test.each([
  ['of the sources in a clone', 'clone/topology', 'clone'],
  ['of what is built in a clone', 'clone/dist/commands', 'clone'],
  [
    'of an installed package, in a project of another name',
    `user/node_modules/${PACKAGE_NAME}/dist/commands`,
    `user/node_modules/${PACKAGE_NAME}`,
  ],
  ['that has a package.json without a name in between', 'clone/dist/esm', 'clone'],
])('the own folder is that %s', (_, from, expected) => {
  write('clone', { name: PACKAGE_NAME });
  write('clone/dist/esm', { type: 'module' });
  write('user', { name: 'streams-of-orders' });
  write(`user/node_modules/${PACKAGE_NAME}`, { name: PACKAGE_NAME });
  expect(ownFolder(path.join(root, from))).toBe(path.join(root, expected));
});

test('a place outside of any is an error', () => {
  expect(() => ownFolder(root)).toThrow(`is not in a folder of ${PACKAGE_NAME}`);
});
