import { execFileSync } from 'node:child_process';
import fs, { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../../load/load';
import { synthesizeAt } from '../../../review/changes/at-ref';
import { codeOf } from '../../../review/changes/code';
import { differences } from '../../../review/changes/differences';
import { synthesizedStacks } from '../../helpers/review';

const FILE = 'topologies/orders.yaml';
const here = process.cwd();
const folder = fs.mkdtempSync(path.join(tmpdir(), 'at-ref-'));
/** The project is a folder of the repository, and packages are not in it. */
const project = path.join(folder, 'repository/streams');

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    encoding: 'utf8',
  }).trim();

beforeAll(() => {
  fs.mkdirSync(project, { recursive: true });
  for (const part of ['lambda-src', 'topologies', 'package.json', 'cdktf.json']) {
    cpSync(part, path.join(project, part), { recursive: true });
  }
  fs.symlinkSync(path.resolve('node_modules'), path.join(project, 'node_modules'));
  process.chdir(project);
  git('init', '--quiet', '--initial-branch=main', '..');
  writeFileSync('../.gitignore', 'node_modules\ndist\n');
  git('add', '..');
  git('commit', '--quiet', '--message=first');
});
afterEach(() => {
  process.chdir(project);
  git('checkout', '--quiet', '.');
});
afterAll(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

test('a commit has the stacks and the code of its own files', () => {
  const file = 'topologies/order-totals.yaml';
  const entry = 'lambda-src/examples/order-totals.ts';
  appendFileSync(entry, '// changed\n');
  writeFileSync(file, readFileSync(file, 'utf8').replace('TotalOrders', 'HandleOrders'));
  const { topology, stacks, code, ...others } = synthesizeAt('main', file);
  expect(others).toEqual({
    ref: 'main',
    commit: git('rev-parse', 'main').slice(0, 12),
    generator: [],
  });
  expect(topology?.consumers.map(({ function: { name } }) => name)).toEqual(['TotalOrders']);
  const [now] = codeOf(loadTopology(file));
  expect(
    Object.keys(now?.files ?? {}).filter((file) => now?.files[file] !== code[0]?.files[file]),
  ).toEqual([entry]);
  git('checkout', '--quiet', '.');
  const meant = loadTopology(file);
  expect(differences(stacks, synthesizedStacks(meant))).toEqual([]);
  expect(code).toEqual(codeOf(meant));
  expect(git('status', '--short')).toBe('');
});

test('a function with packages is the same as in the working directory', () => {
  const file = 'topologies/analytics-lake.yaml';
  expect(synthesizeAt('HEAD', file).code).toEqual(codeOf(loadTopology(file)));
});

test('a topology that is not there yet has no stacks', () => {
  cpSync(FILE, 'topologies/new.yaml');
  expect(synthesizeAt('main', 'topologies/new.yaml')).toMatchObject({ stacks: [], code: [] });
  rmSync('topologies/new.yaml');
});

test('files of the generator that differ are named', () => {
  appendFileSync('package.json', '\n');
  expect(synthesizeAt('main', FILE).generator).toEqual(['package.json']);
});

describe('is refused in one line:', () => {
  const refused = (ref: string, message: string, file = FILE) =>
    expect(() => synthesizeAt(ref, file)).toThrow(new Error(`--against${message}`));

  test.each(['nowhere', '--output=x', 'main:lambda-src', ''])('the commit %j', (ref) => {
    refused(ref, `: ${ref} is not a commit, branch or tag of this repository; run git fetch`);
  });

  test('a commit that a shallow clone lacks', () => {
    git('commit', '--quiet', '--allow-empty', '--message=second');
    const clone = path.join(folder, 'clone');
    git('clone', '--quiet', '--depth=1', `file://${path.dirname(project)}`, clone);
    process.chdir(path.join(clone, 'streams'));
    const remedy = 'run git fetch --unshallow, or set fetch-depth: 0 of actions/checkout';
    refused('HEAD~1', `: HEAD~1 is not in this shallow clone; ${remedy}`);
  });

  test('a folder that is in no repository', () => {
    process.chdir(folder);
    refused('main', ` needs a Git repository, and ${process.cwd()} is not in one`);
  });

  test('a topology outside of the repository', () => {
    const file = path.join(folder, 'outside.yaml');
    cpSync(FILE, file);
    const repository = path.dirname(process.cwd());
    refused('main', `: ${file} is not in the Git repository ${repository}`, file);
  });

  test('a commit whose topology is refused', () => {
    const right = readFileSync(FILE, 'utf8');
    writeFileSync(FILE, right.replace('name: orders', 'name: Orders'));
    git('commit', '--quiet', '--all', '--message=wrong');
    writeFileSync(FILE, right);
    expect(() => synthesizeAt('HEAD', FILE)).toThrow(
      /^--against: cannot be synthesized as of HEAD: topologies\/orders\.yaml:\d+ name must .*, got "Orders"$/,
    );
  });
});
