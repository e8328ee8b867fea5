import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../../commands/init';
import settings from '../../init/.vscode/settings.json';
import template from '../../init/package.json';
import { compilerOptions } from '../../init/tsconfig.json';
import own from '../../package.json';
import { ownFile, ownPage } from '../../topology/own-files';
import project from '../../tsconfig.json';
import { environment } from '../helpers/environment';
import { runCommand } from '../helpers/run-command';

const FILES = [
  '.github/workflows/deploy.yml',
  '.github/workflows/drift.yml',
  '.github/workflows/plan.yml',
  '.gitignore',
  '.vscode/extensions.json',
  '.vscode/settings.json',
  '__tests__/process-orders.test.ts',
  '__tests__/topology.test.ts',
  'cdktf.json',
  'functions/process-orders.ts',
  'jest.config.cjs',
  'topology.yaml',
  'tsconfig.json',
];

const started = process.cwd();
/** What npm install <tarball> writes in an empty folder. */
const INSTALLED = { dependencies: { 'dynamodb-cross-account-streams': 'file:../package.tgz' } };
beforeEach(() => {
  process.chdir(mkdtempSync(path.join(tmpdir(), 'init test-')));
  writeFileSync('package.json', JSON.stringify(INSTALLED));
});
afterEach(() => {
  const folder = process.cwd();
  process.chdir(started);
  rmSync(folder, { recursive: true });
});

/** The files of the working directory. */
function files(): string[] {
  const names = readdirSync('.', { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !lstatSync(name).isDirectory()).sort();
}

test('where the package is installed, init writes a project and names its files and the next commands', async () => {
  expect(await runCommand(command)).toEqual({
    code: 0,
    stdout: `Written:
${[...FILES, 'package.json'].map((file) => `  ${file}`).join('\n')}

Next:
  npm install && npm run synth   the topology as Terraform configuration, in cdktf.out/
  npm run local                  changes on their way from its table to its function, without AWS
  npm test                       what must stay true of it, and of its function
Then write your account IDs into topology.yaml, and read ${ownPage('ci.md')} for .github/workflows/.
`,
    stderr: '',
  });
  expect(files()).toEqual([...FILES, 'package.json'].sort());
});

test('a .gitignore gets the lines that it lacks', async () => {
  writeFileSync('.gitignore', '*.log\r\nnode_modules/\r\n.env');
  const { code, stdout } = await runCommand(command);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toContain('  .gitignore, the lines that were missing');
  const lines = readFileSync(ownFile('init/gitignore'), 'utf8').replace('node_modules/\n', '');
  expect(readFileSync('.gitignore', 'utf8')).toBe(`*.log\r\nnode_modules/\r\n.env\n${lines}`);
  expect(files()).toEqual([...FILES, 'package.json'].sort());
});

test.each(['init/gitignore', '.gitignore'])(
  '%s ignores what commands write, but no state that docs say to commit',
  (file) => {
    const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8' });
    copyFileSync(ownFile(file), '.gitignore');
    git('init', '--quiet');
    const ignored = [
      ...['cdktf.out', 'drift.out', 'hcl.out', 'local.out', 'plan.out', 'review.out'].map(
        (name) => `${name}/file`,
      ),
      'node_modules/file',
      'orders/producer-orders.tfstate',
      'bootstrap/account/.terraform/providers/file',
      'bootstrap/account/terraform.tfstate.backup',
    ];
    const kept = [
      'bootstrap/account/shop.tfvars',
      'bootstrap/account/terraform.tfstate.d/shop/terraform.tfstate',
      'bootstrap/state/terraform.tfstate',
      'orders.state-bucket.tfstate',
    ];
    const { stdout } = git('check-ignore', ...ignored, ...kept);
    expect(stdout.trim().split('\n')).toEqual(ignored);
  },
);

test('the schema is where the package is, which in a workspace is above', async () => {
  await runCommand(command);
  const [line = ''] = readFileSync('topology.yaml', 'utf8').split('\n');
  const [, schema = ''] = /^# yaml-language-server: \$schema=(\..*)$/.exec(line) ?? [];
  expect(path.resolve(schema)).toBe(ownFile('topologies/topology.schema.json'));
  const written = JSON.parse(readFileSync('.vscode/settings.json', 'utf8'));
  expect(Object.keys(written['yaml.schemas'])).toEqual([schema]);
});

test('in a folder of a project that has the package, init writes a package.json that does not name it', async () => {
  const root = process.cwd();
  mkdirSync('streams');
  process.chdir('streams');
  expect(await runCommand(command)).toMatchObject({ code: 0, stderr: '' });
  const written = JSON.parse(readFileSync('package.json', 'utf8'));
  process.chdir(root);
  expect(written).toEqual(template);
});

test('a package.json keeps its byte order mark, its line ends and who may read it', async () => {
  writeFileSync(
    'package.json',
    `\ufeff${JSON.stringify(INSTALLED, null, 2)}`.replaceAll('\n', '\r\n'),
  );
  chmodSync('package.json', 0o600);
  expect(await runCommand(command)).toMatchObject({ code: 0, stderr: '' });
  const text = readFileSync('package.json', 'utf8');
  expect(text.startsWith('\ufeff{\r\n')).toBe(true);
  expect(text.match(/(?<!\r)\n/)).toBeNull();
  expect(statSync('package.json').mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
});

test('a package.json keeps what it has: keys, their order, indentation, packages, where they are from', async () => {
  const before = {
    name: 'shop',
    type: 'module',
    scripts: {
      build: 'make',
      synth: template.scripts.synth,
      test: 'echo "Error: no test specified" && exit 1',
    },
    dependencies: { 'dynamodb-cross-account-streams': 'file:../package.tgz', jest: '29.0.0' },
    license: 'UNLICENSED',
    allowScripts: { esbuild: true },
  };
  const { jest, ...devDependencies } = template.devDependencies;
  writeFileSync('package.json', JSON.stringify(before, null, '\t'));
  expect(await runCommand(command)).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync('package.json', 'utf8')).toBe(
    `${JSON.stringify(
      {
        ...before,
        scripts: Object.assign({}, before.scripts, template.scripts),
        devDependencies,
        optionalDependencies: template.optionalDependencies,
        allowScripts: { ...template.allowScripts, esbuild: true },
      },
      null,
      '\t',
    )}\n`,
  );
});

test('the tests that init sets up take a package that has ES modules only', async () => {
  await runCommand(command);
  const folder = 'node_modules/only-esm';
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "type": "module", "exports": "./index.js" }');
  writeFileSync(`${folder}/index.js`, 'export { default } from "./answer.mjs";');
  writeFileSync(`${folder}/answer.mjs`, 'export default 42;');
  writeFileSync('functions/answer.ts', 'export { default } from "only-esm";');
  const it = "test('it', () => expect(answer).toBe(42));";
  writeFileSync('__tests__/it.test.ts', `import answer from '../functions/answer';\n${it}`);
  const installed = path.resolve(require.resolve('@swc/jest/package.json'), '..', '..');
  symlinkSync(installed, 'node_modules/@swc', 'junction');
  const jest = [require.resolve('jest/bin/jest'), '__tests__/it', '--no-cache'];
  const { stderr } = spawnSync(process.execPath, jest, { env: environment(), encoding: 'utf8' });
  expect(stderr).toMatch(/^Tests: +1 passed, 1 total$/m);
});

describe('init refuses', () => {
  const refuses = async (stderr: string) => {
    const before = files().map((name) => [name, readFileSync(name, 'utf8')]);
    expect(await runCommand(command)).toEqual({ code: 1, stdout: '', stderr });
    expect(files().map((name) => [name, readFileSync(name, 'utf8')])).toEqual(before);
  };
  const END =
    'Nothing is written: init overwrites nothing; move away what exists, or start in an empty folder\n';

  test('a folder whose package.json does not have the package, nor one above it', async () => {
    const line =
      'package.json here, or in a folder above, must have dynamodb-cross-account-streams among its packages; run npm install <its tarball> first\n';
    writeFileSync('package.json', '{ "name": "dynamodb-cross-account-streams" }');
    await refuses(line);
    rmSync('package.json');
    await refuses(line);
  });

  test.each(['package.json', '.gitignore'])('a folder or a link as %s', async (name) => {
    const line = `${name} must be a file, and not a link to one\n`;
    rmSync(name, { force: true });
    symlinkSync('elsewhere', name);
    expect(await runCommand(command)).toEqual({ code: 1, stdout: '', stderr: line });
    rmSync(name);
    mkdirSync(name);
    await refuses(line);
  });

  test('links where folders must be, and names all of them', async () => {
    mkdirSync('elsewhere');
    symlinkSync('elsewhere', '.vscode', 'junction');
    symlinkSync('elsewhere', 'functions', 'junction');
    expect(await runCommand(command)).toEqual({
      code: 1,
      stdout: '',
      stderr: `.vscode is a link\nfunctions is a link\n${END}`,
    });
    expect(files()).toEqual(['.vscode', 'functions', 'package.json']);
  });

  test('files that exist, and names all of them', async () => {
    writeFileSync('topology.yaml', 'name: mine');
    writeFileSync('cdktf.json', '');
    await refuses(`cdktf.json exists\ntopology.yaml exists\n${END}`);
  });

  test('what it has written before', async () => {
    await runCommand(command);
    const others = FILES.filter((name) => name !== '.gitignore');
    await refuses(`${others.map((file) => `${file} exists\n`).join('')}${END}`);
  });

  test('scripts of the same names that run something else', async () => {
    const scripts = { test: 'vitest', synth: 'cdktf synth', help: template.scripts.help };
    writeFileSync('package.json', JSON.stringify({ ...INSTALLED, scripts }));
    await refuses(
      `package.json scripts.synth must be "cross-account-streams synth"; give yours another name, got "cdktf synth"
package.json scripts.test must be "jest"; give yours another name, got "vitest"
${END}`,
    );
  });

  test('a package.json that is not JSON', async () => {
    writeFileSync('package.json', '{');
    await refuses(expect.stringMatching(/^package\.json is not valid JSON: .*position 1.*\n$/));
  });

  test('a package.json whose scripts are no texts', async () => {
    writeFileSync('package.json', '{ "scripts": { "test": 1 }, "dependencies": [] }');
    await refuses(
      `package.json scripts.test Invalid input: expected string, received number
package.json dependencies Invalid input: expected record, received array
`,
    );
  });

  test('a file where a folder must be, and removes what it has written until then', async () => {
    writeFileSync('functions', '');
    await refuses("Nothing is written: EEXIST: file already exists, mkdir 'functions'\n");
  });
});

describe('the template has', () => {
  test('the versions that this project is tested with', () => {
    const ranges = { ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies };
    const { devDependencies, optionalDependencies } = template;
    expect(ranges).toMatchObject({ ...devDependencies, ...optionalDependencies });
    expect(template.allowScripts).toEqual(own.allowScripts);
  });

  test('the place of the schema in the package', () => {
    const schema = 'topologies/topology.schema.json';
    const place = `./node_modules/${own.name}/${schema}`;
    expect(own.files).toContain(path.dirname(schema));
    expect(Object.keys(settings['yaml.schemas'])).toEqual([place]);
    const [line] = readFileSync(ownFile('init/topology.yaml'), 'utf8').split('\n');
    expect(line).toBe(`# yaml-language-server: $schema=${place}`);
  });

  test('a script for every command of this project, and for the tests', () => {
    const commands = Object.entries(own.scripts)
      .filter(([, script]) => script.includes(' commands/index.ts '))
      .map(([name, script]) => [name, script.replace(/^.*\/index\.ts/, 'cross-account-streams')]);
    const others = { test: 'jest', typecheck: 'tsc' };
    expect(template.scripts).toEqual({ ...Object.fromEntries(commands), ...others });
  });

  test('the compiler options that its files are checked with here', () => {
    const { paths, ...others } = project.compilerOptions;
    expect({ ...others, types: ['node', 'jest'] }).toMatchObject(compilerOptions);
  });
});
