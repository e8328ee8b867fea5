import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { confinement, projectOf } from '../../packaging/confinement';

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'confinement-')));
afterAll(() => rmSync(root, { recursive: true }));

const at = (file: string) => path.join(root, file);

function write(file: string, text = ''): void {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
}

function link(from: string, to: string): void {
  mkdirSync(path.dirname(at(from)), { recursive: true });
  rmSync(at(from), { recursive: true, force: true });
  symlinkSync(to, at(from));
}

/** The same tree for all: a working directory in a monorepo, and a topology elsewhere. */
beforeAll(() => {
  write('.git/HEAD');
  write('repo/package.json', '{ "workspaces": ["apps/*", "packages/*"] }');
  write('repo/node_modules/hoisted/index.js');
  write('repo/packages/shared/package.json', '{}');
  write('repo/packages/shared/src/index.ts');
  write('repo/packages/other/package.json', '{}');
  write('repo/packages/other/index.ts');
  write('repo/secrets/token');
  write('repo/apps/infra/src/entry.ts');
  write('repo/apps/infra/node_modules/own/index.js');
  write('elsewhere/package.json', '{}');
  write('elsewhere/file');
  write('topology/functions/entry.ts');
  link('repo/node_modules/@org/shared', '../../packages/shared');
  link('repo/node_modules/secrets', '../secrets');
  link('repo/node_modules/outside', at('elsewhere'));
  link('repo/node_modules/repo', '..');
  link('repo/apps/infra/linked', '../../packages');
});

const refusal = (file: string, here = 'repo/apps/infra') =>
  confinement(at('topology'), at(here))(at(file));

describe('a file may be', () => {
  test.each([
    ['in the working directory', 'repo/apps/infra/src/entry.ts'],
    ['in the folder of the topology', 'topology/functions/entry.ts'],
    ['of a package of the project', 'repo/apps/infra/node_modules/own/index.js'],
    ['of a package that is hoisted', 'repo/node_modules/hoisted/index.js'],
    ['of a linked package of the workspace', 'repo/packages/shared/src/index.ts'],
    ['the same by its link', 'repo/node_modules/@org/shared/src/index.ts'],
  ])('%s', (_, file) => {
    expect(refusal(file)).toBeUndefined();
  });

  test('of a package of a pnpm workspace, which the project links to', () => {
    write('pnpm/pnpm-workspace.yaml');
    write('pnpm/packages/shared/package.json', '{}');
    write('pnpm/packages/shared/index.ts');
    write('pnpm/node_modules/.pnpm/a@1/node_modules/a/index.js');
    write('pnpm/infra/entry.ts');
    link('pnpm/infra/node_modules/shared', '../../packages/shared');
    link('pnpm/infra/node_modules/a', '../../node_modules/.pnpm/a@1/node_modules/a');
    expect(refusal('pnpm/infra/node_modules/shared/index.ts', 'pnpm/infra')).toBeUndefined();
    expect(refusal('pnpm/infra/node_modules/a/index.js', 'pnpm/infra')).toBeUndefined();
  });

  test('of a package where node_modules itself is a link to another', () => {
    write('image/node_modules/a/index.js');
    write('copy/entry.ts');
    link('copy/node_modules', at('image/node_modules'));
    expect(refusal('copy/node_modules/a/index.js', 'copy')).toBeUndefined();
  });
});

describe('the project of a topology is', () => {
  test.each([
    ['the nearest folder with a package.json', 'repo/apps/infra/topologies', 'repo'],
    ['that of the topology itself', 'repo/packages/shared', 'repo/packages/shared'],
    ['the folder of the topology, where none has one', 'topology', 'topology'],
    ['the same, where only a folder above the repository has one', 'repo/clone/a', 'repo/clone/a'],
  ])('%s', (_, folder, expected) => {
    write('repo/apps/infra/topologies/orders.yaml');
    write('repo/clone/.git/HEAD');
    write('repo/clone/a/orders.yaml');
    expect(projectOf(at(folder))).toBe(at(expected));
  });

  describe('outside a repository', () => {
    const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'home-')));
    const [notes, app] = [path.join(home, 'notes.txt'), path.join(home, 'app')];
    afterAll(() => rmSync(home, { recursive: true }));
    mkdirSync(path.join(app, 'topologies'), { recursive: true });
    for (const folder of [home, app]) writeFileSync(path.join(folder, 'package.json'), '{}');
    for (const file of [notes, path.join(app, 'entry.ts')]) writeFileSync(file, '');

    test.each([
      ['a file around its folder', app, notes],
      ['its project, from elsewhere', path.join(app, 'topologies'), path.join(app, 'entry.ts')],
    ])('not where files may be, since it may be a home folder: %s', (_, folder, file) => {
      expect(confinement(folder, folder)(file)).toBe(
        `is ${file}, outside the project and the folder of the topology; copy it there, or make it a package and install that`,
      );
    });

    test('where files may be if it is the working directory, as in a container', () => {
      const refuses = confinement(path.join(app, 'topologies'), app);
      expect(refuses(path.join(app, 'entry.ts'))).toBeUndefined();
    });
  });

  test('where its functions and their packages may be, from any working directory', () => {
    const refuses = confinement(at('repo/apps/infra/src'), at('elsewhere'));
    for (const file of ['apps/infra/file', 'secrets/token', 'node_modules/hoisted/index.js']) {
      expect(refuses(at(`repo/${file}`))).toBeUndefined();
    }
  });
});

describe('refuses', () => {
  const OUTSIDE =
    'outside the project and the folder of the topology; copy it there, or make it a package and install that';

  test.each([
    ['a file elsewhere', 'elsewhere/file'],
    ['a folder around the project', 'repo'],
    ['a folder that only begins like the topology’s', 'topology-2'],
    ['a file of the monorepo', 'repo/secrets/token'],
    ['the same through a link in the project', 'repo/apps/infra/linked/other/index.ts'],
    ['a package of the workspace that is not linked', 'repo/packages/other/index.ts'],
    ['a link in node_modules to what is no package', 'repo/node_modules/secrets/token'],
    ['a link in node_modules that leaves the workspace', 'repo/node_modules/outside/file'],
    ['a link in node_modules to the workspace itself', 'repo/node_modules/repo/secrets/token'],
  ])('%s', (_, file) => {
    const real = realpathSync.native(path.dirname(at(file)));
    expect(refusal(file)).toBe(`is ${path.join(real, path.basename(file))}, ${OUTSIDE}`);
  });

  test('a link of a node_modules without a workspace', () => {
    write('single/entry.ts');
    link('single/node_modules/outside', at('elsewhere'));
    expect(refusal('single/node_modules/outside/file', 'single')).toBe(
      `is ${at('elsewhere/file')}, ${OUTSIDE}`,
    );
  });

  test('a node_modules that is a link to what is none', () => {
    write('odd/src/entry.ts');
    link('odd/node_modules', at('elsewhere'));
    expect(refusal('odd/node_modules/file', 'odd')).toBe(`is ${at('elsewhere/file')}, ${OUTSIDE}`);
  });

  test.each([
    ['.git/config', '.git'],
    ['src/.git', '.git'],
    ['.Git/HEAD', '.Git'],
    ['.env', '.env'],
    ['src/.env.production', '.env.production'],
    ['src/.env.local/file', '.env.local'],
    ['.env.example.local', '.env.example.local'],
    ['src/.npmrc', '.npmrc'],
    ['.netrc', '.netrc'],
    ['.git-credentials', '.git-credentials'],
    ['.pypirc', '.pypirc'],
    ['.docker/config.json', '.docker'],
    ['home/.kube/config', '.kube'],
    ['keys/id_rsa', 'id_rsa'],
    ['keys/id_ed25519', 'id_ed25519'],
    ['keys/id_ecdsa', 'id_ecdsa'],
    ['keys/id_ecdsa_sk', 'id_ecdsa_sk'],
    ['prod.tfvars', 'prod.tfvars'],
    ['prod.auto.tfvars.json', 'prod.auto.tfvars.json'],
    ['home/.aws/credentials', '.aws'],
    ['.ssh/id_rsa', '.ssh'],
    ['out/stacks/a/.terraform/terraform.tfstate', '.terraform'],
    ['terraform.tfstate', 'terraform.tfstate'],
    ['node_modules/own/.git/config', '.git'],
  ])('%s of the project', (file, part) => {
    write(`repo/apps/infra/${file}`);
    expect(refusal(`repo/apps/infra/${file}`)).toBe(
      `is ${at(`repo/apps/infra/${file}`)}, and ${part} is never a part of a function; leave it out`,
    );
  });

  test.each([
    ['.env', 'is never a part of a function; leave it out'],
    ['.git/config', 'is in .git, which is never a part of a function; leave it out'],
    ['../../secrets/token', `is ${OUTSIDE}`],
  ])('%s without its path, where the message shows it', (file, message) => {
    write(`repo/apps/infra/${file}`);
    const refuses = confinement(at('topology'), at('repo/apps/infra'));
    expect(refuses(at(`repo/apps/infra/${file}`), true)).toBe(message);
  });

  test('a link with where it leads, where the message shows its path', () => {
    write('repo/apps/infra/.env');
    link('repo/apps/infra/environment', '.env');
    const refuses = confinement(at('topology'), at('repo/apps/infra'));
    expect(refuses(at('repo/apps/infra/environment'), true)).toBe(
      `is ${at('repo/apps/infra/.env')}, and .env is never a part of a function; leave it out`,
    );
  });

  test.each(['/proc/self/environ', '/dev/null', '/sys/kernel'])(
    '%s, even with a topology at the root',
    (file) => {
      expect(confinement('/')(file)).toMatch(/^is \/\S+ of the operating system; leave it out$/);
    },
  );

  test('nothing that only looks like it', () => {
    for (const file of [
      '.github/x',
      '.gitignore',
      '.environment',
      '.env.example',
      '.env.sample',
      '.env.template',
      'a.env.ts',
      '.dockerignore',
      '.npmrc.md',
      'keys/id_rsa.pub',
      'grid_rsa',
      'tfvars.ts',
      '..git/x',
      'proc/self/environ',
    ]) {
      expect(refusal(`repo/apps/infra/${file}`)).toBeUndefined();
    }
  });
});
