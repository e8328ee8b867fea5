import fs, { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../../load/load';
import type * as atRef from '../../../review/changes/at-ref';
import { synthesizeAt } from '../../../review/changes/at-ref';
import { codeOf } from '../../../review/changes/code';
import { differences } from '../../../review/changes/differences';
import { gitIn } from '../../helpers/git';
import { synthesizedStacks } from '../../helpers/review';
import { topology } from '../../helpers/topology';

const FILE = 'topologies/orders.yaml';
const here = process.cwd();
const folder = fs.mkdtempSync(path.join(tmpdir(), 'at-ref-'));
/** The project is a folder of the repository, and packages are not in it. */
const project = path.join(folder, 'repository/streams');

const git = (...args: string[]) => gitIn('.', ...args);

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
  git('checkout', '--quiet', ':/');
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
  const file = path.resolve('topologies/analytics-lake.yaml');
  const { code } = synthesizeAt('HEAD', file);
  expect(code).toEqual(codeOf(loadTopology(file)));
  expect(code.map(({ source }) => source)).toEqual(['lambda-src/s3.ts']);
});

test('a topology that is not there yet has no stacks', () => {
  cpSync(FILE, 'topologies/new.yaml');
  expect(synthesizeAt('main', 'topologies/new.yaml')).toMatchObject({ stacks: [], code: [] });
  rmSync('topologies/new.yaml');
});

describe('in a repository that has this project as a package', () => {
  const file = 'infra/topology.yaml';

  beforeAll(() => {
    const orders = { entry: '../functions/orders.ts', files: ['../functions/mail.html'] };
    const content = topology({
      'consumers.process-orders.function': { name: 'ProcessOrders', ...orders },
    });
    for (const folder of ['infra', 'functions']) fs.mkdirSync(folder);
    writeFileSync(file, JSON.stringify(content, null, 2));
    writeFileSync('functions/mail.html', '<p>mail</p>');
    writeFileSync(
      'functions/orders.ts',
      "import { defineProcessor } from 'dynamodb-cross-account-streams/processor';\nexport default defineProcessor(() => {});\n",
    );
    writeFileSync('../pnpm-lock.yaml', 'packages: 1.0.0\n');
    git('add', '..');
    git('commit', '--quiet', '--message=topology');
  });

  test('its version is named where that may differ, and nothing else of the repository', () => {
    for (const changed of ['package.json', '../pnpm-lock.yaml']) appendFileSync(changed, '\n');
    appendFileSync('lambda-src/processor.ts', '// not this project’s\n');
    const { generator } = synthesizeAt('HEAD', file);
    expect([...generator].sort()).toEqual(['../pnpm-lock.yaml', 'package.json']);
  });

  test('a function is the same to the byte as in the working directory, and so from any other', () => {
    const { code, generator, stacks } = synthesizeAt('HEAD', file);
    const now = codeOf(loadTopology(file));
    expect({ code, generator }).toEqual({ code: now, generator: [] });
    expect(Object.keys(now[0]?.files ?? {})).toEqual([
      'functions/mail.html',
      'functions/orders.ts',
    ]);
    process.chdir('infra');
    expect(synthesizeAt('HEAD', 'topology.yaml').stacks).toEqual(stacks);
  });
});

test('packages in the folder of the topology are found', () => {
  fs.mkdirSync('team/node_modules/small', { recursive: true });
  writeFileSync('team/node_modules/small/index.js', 'module.exports = 5;\n');
  writeFileSync(
    'team/orders.ts',
    "import x from 'small';\nexport const handler = async () => x;\n",
  );
  const entry = { 'consumers.process-orders.function.entry': 'orders.ts' };
  writeFileSync('team/topology.yaml', JSON.stringify(topology(entry)));
  git('add', '.');
  git('commit', '--quiet', '--message=team');
  const code = codeOf(loadTopology('team/topology.yaml'));
  expect(synthesizeAt('HEAD', 'team/topology.yaml').code).toEqual(code);
});

describe('another package is never silent:', () => {
  const file = 'nested/topology.yaml';
  const small = 'nested/node_modules/small/index.js';
  const INSTALLED_BY = [
    'fixes/small.patch',
    'nested/.npmrc',
    'nested/.pnp.cjs',
    'nested/.yarn/patches/small.patch',
    'nested/.yarnrc.yml',
    'nested/bun.lock',
    'nested/bun.lockb',
    'nested/functions/yarn.lock',
    'nested/patches/small+1.0.0.patch',
    'nested/pnpm-workspace.yaml',
    'patches/small+1.0.0.patch',
  ];
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, text);
  };

  beforeAll(() => {
    const entry = { 'consumers.process-orders.function.entry': 'functions/orders.ts' };
    write(file, JSON.stringify(topology(entry)));
    const text = 'export const handler = async () => ';
    write(
      'nested/functions/orders.ts',
      `import x from 'small';\nimport y from 'deep';\nimport z from 'next';\n${text}x + y + z;\n`,
    );
    for (const folder of ['nested', 'nested/functions', 'unused']) {
      write(`${folder}/package.json`, '{}');
      write(`${folder}/package-lock.json`, '{ "packages": {} }');
    }
    for (const name of INSTALLED_BY) write(name, 'first\n');
    write('copied/package.json', '{ "name": "small" }');
    write('copied/index.js', 'module.exports = 1;\n');
    write(small, 'module.exports = 1;\n');
    write('nested/functions/node_modules/deep/index.js', 'module.exports = 2;\n');
    write('nested/node_modules/next/index.js', 'module.exports = 4;\n');
    git('add', '.');
    git('commit', '--quiet', '--message=nested');
  });

  test('packages in folders within each other are found', () => {
    const { code, generator } = synthesizeAt('HEAD', file);
    expect({ code, generator }).toEqual({ code: codeOf(loadTopology(file)), generator: [] });
  });

  test('another lock file, patch or setting next to the topology or the function', () => {
    const LOCK = 'nested/package-lock.json';
    for (const name of [...INSTALLED_BY, 'unused/package-lock.json']) appendFileSync(name, 'x');
    // Git would name the new place alone.
    git('mv', LOCK, 'nested/moved.json');
    const { generator } = synthesizeAt('HEAD', file);
    git('reset', '--quiet', '--hard');
    expect(generator.toSorted()).toEqual([...INSTALLED_BY, LOCK].toSorted());
  });

  test('a package of the repository of which a copy is installed', () => {
    appendFileSync('copied/index.js', '// another\n');
    expect(synthesizeAt('HEAD', file).generator).toEqual(['copied/index.js']);
  });

  test('a package that was committed since', () => {
    write('../node_modules/small/index.js', 'module.exports = 3;\n');
    git('add', '--force', small);
    git('commit', '--quiet', '--message=small');
    const before = synthesizeAt('HEAD~1', file);
    expect(before.generator).toEqual([small]);
    expect(before.code).not.toEqual(codeOf(loadTopology(file)));
    rmSync('../node_modules', { recursive: true });
    const refusal = `--against: the generator or its dependencies differ from HEAD~1: ${small}`;
    expect(() => synthesizeAt('HEAD~1', file)).toThrow(refusal);
    // Next to it is one that is installed.
    expect(synthesizeAt('HEAD', file).code).toEqual(codeOf(loadTopology(file)));
  });
});

test('a package of the workspace is that of the commit', () => {
  const entry = 'topologies/entry.ts';
  const content = topology({ 'consumers.process-orders.function.entry': 'entry.ts' });
  writeFileSync('topologies/workspace.yaml', JSON.stringify(content, null, 2));
  writeFileSync(entry, "export { handler } from '@org/shared';\n");
  fs.mkdirSync('../shared');
  writeFileSync('../package.json', '{ "workspaces": ["streams", "shared"] }');
  writeFileSync('../shared/package.json', '{ "main": "index.ts" }');
  writeFileSync('../shared/index.ts', 'export const handler = async () => 1;\n');
  fs.mkdirSync('../node_modules/@org', { recursive: true });
  fs.symlinkSync('../../shared', '../node_modules/@org/shared');
  git('add', '..');
  git('commit', '--quiet', '--message=workspace');
  const { code } = synthesizeAt('HEAD', 'topologies/workspace.yaml');
  expect(code).toEqual(codeOf(loadTopology('topologies/workspace.yaml')));
  expect(Object.keys(code[0]?.files ?? {})).toEqual(['../shared/index.ts', entry]);
  writeFileSync('../shared/index.ts', 'export const handler = async () => 2;\n');
  expect(synthesizeAt('HEAD', 'topologies/workspace.yaml').code).toEqual(code);
});

describe('in a clone', () => {
  const file = 'topologies/order-totals.yaml';
  const entry = 'lambda-src/examples/order-totals.ts';
  const isLink = (found: fs.Dirent) => found.isSymbolicLink();
  let clone: typeof atRef;
  let ofClone: typeof codeOf;

  beforeAll(() => {
    const text = readFileSync(entry, 'utf8');
    const byPath = text.replace('dynamodb-cross-account-streams/processor', '../processor');
    expect(byPath).not.toBe(text);
    writeFileSync(entry, byPath);
    git('commit', '--quiet', '--all', '--message=imported by its path');
    jest.isolateModules(() => {
      jest.doMock('../../../topology/own-files', () => ({
        ...jest.requireActual('../../../topology/own-files'),
        OWN_FOLDER: fs.realpathSync(project),
        ownFile: (file: string) => path.join(fs.realpathSync(project), file),
      }));
      clone = require('../../../review/changes/at-ref');
      ofClone = require('../../../review/changes/code').codeOf;
    });
  });

  test('both sides have the runtime that synthesizes, whose differences are named', () => {
    appendFileSync('lambda-src/processor.ts', 'export const added = 1;\n');
    appendFileSync('lambda-src/runtime/handler.ts', "console.log('another');\n");
    const { code, generator } = clone.synthesizeAt('main', file);
    expect(generator).toEqual(['lambda-src/processor.ts', 'lambda-src/runtime/handler.ts']);
    expect(code).toEqual(ofClone(loadTopology(file)));
    expect(Object.keys(code[0]?.files ?? {})).toEqual([entry]);
  });

  test('another lock file or committed package next to the topology is not silent', () => {
    const changed = ['nested/node_modules/small/index.js', 'nested/package-lock.json'];
    for (const name of changed) appendFileSync(name, '\n');
    expect(clone.synthesizeAt('main', 'nested/topology.yaml').generator).toEqual(changed);
  });

  test('a function next to the runtime is that of the commit', () => {
    appendFileSync(entry, "console.log('another');\n");
    const before = clone.synthesizeAt('main', file);
    expect(before.generator).toEqual([]);
    git('commit', '--quiet', '--all', '--message=another');
    const after = clone.synthesizeAt('HEAD', file);
    expect(after.code[0]?.hash).not.toBe(before.code[0]?.hash);
    expect(clone.synthesizeAt('HEAD~1', file).code).toEqual(before.code);
  });

  test('nothing is removed where the commit has a link in the place of its folder', () => {
    const outside = path.join(folder, 'outside');
    cpSync('lambda-src', outside, { recursive: true });
    git('checkout', '--quiet', '-b', 'linked');
    rmSync('lambda-src', { recursive: true });
    fs.symlinkSync(outside, 'lambda-src');
    git('add', '--all');
    git('commit', '--quiet', '--message=link');
    git('checkout', '--quiet', 'main');
    expect(clone.synthesizeAt('linked', FILE).code).toHaveLength(1);
    const replaced = fs.readdirSync(outside, { withFileTypes: true }).filter(isLink);
    expect(replaced).toEqual([]);
  });
});

test('the name of a repository may have a line break', () => {
  const repository = path.join(folder, 'line\nbreak\n');
  git('clone', '--quiet', path.dirname(project), repository);
  process.chdir(path.join(repository, 'streams'));
  expect(synthesizeAt('HEAD', FILE).code).toEqual(codeOf(loadTopology(FILE)));
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
