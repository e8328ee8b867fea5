import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCli, missingCli } from '../bench/cdktf-cli';
import { app } from '../cdktf.json';
import { command } from '../commands/synth';
import { environment, MACHINE_FOLDERS } from './helpers/environment';
import { runCommand } from './helpers/run-command';
import { consumer, topology } from './helpers/topology';
import { tree } from './helpers/tree';

// A process of its own takes a while to start.
jest.setTimeout(60_000);

const PROJECT = path.dirname(__dirname);
/** Where the packages are, which in a monorepo is a folder above. */
const PACKAGES = path.resolve(require.resolve('cdktf/package.json'), '..', '..');
/** What the project does not consist of: outputs, dependencies, tests, and hidden files. */
const LEFT_OUT = /^(\..*|.*\.out|dist|node_modules|__tests__|coverage|.*\.tfstate.*|.*\.log)$/;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Where the output is, if there is any. */
  readonly output: string;
}

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'main-test-')));
const first = path.join(folder, 'first');
const second = path.join(folder, 'another', 'place', 'second');

/** A copy of the project's sources, with its packages in this folder. */
function copyProject(to: string, packages: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(PROJECT).filter((name) => !LEFT_OUT.test(name))) {
    cpSync(path.join(PROJECT, entry), path.join(to, entry), { recursive: true });
  }
  symlinkSync(PACKAGES, path.join(packages, 'node_modules'));
}

function execute(
  project: string,
  output: string,
  program: string,
  args: string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<Run> {
  const env = environment(variables);
  return new Promise((resolve) => {
    execFile(program, args, { cwd: project, env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0;
      resolve({ code, stdout, stderr, output: path.join(project, output) });
    });
  });
}

/** Runs the app as the CDKTF CLI does, in a copy of the project. */
const run = (project: string, output: string, topologyFile?: string) =>
  execute(project, output, 'sh', ['-c', app], {
    TOPOLOGY: topologyFile,
    CDKTF_OUTDIR: path.join(project, output),
  });

/** Runs the same in this process. */
async function synth(topologyFile: string, output: string): Promise<Run> {
  const args = ['--topology', topologyFile, '--output', output];
  const outcome = await runCommand(command, { args });
  return { ...outcome, output };
}

function write(name: string, content: string | object): string {
  const file = path.join(first, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return file;
}

const idsIn = (output: string) =>
  Object.keys(JSON.parse(tree(output)['manifest.json'] ?? '{}').stacks);

beforeAll(() => {
  copyProject(first, first);
  // As in a monorepo: the packages are in a folder above.
  copyProject(second, path.dirname(second));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a synthesis', () => {
  let runs: readonly [Run, Run];

  beforeAll(async () => {
    runs = await Promise.all([
      run(first, 'cdktf.out'),
      run(second, 'elsewhere', 'topologies/orders.yaml'),
    ]);
  });

  test('succeeds and says nothing', () => {
    expect(runs.map(({ code, stdout, stderr }) => ({ code, stdout, stderr }))).toEqual([
      { code: 0, stdout: '', stderr: '' },
      { code: 0, stdout: '', stderr: '' },
    ]);
  });

  test('of the same sources is the same to the byte, wherever they are', () => {
    const [one, other] = runs.map(({ output }) => tree(output));
    expect(other).toEqual(one);
  });

  test('is of the walk-through, if no other topology is asked for', () => {
    expect(idsIn(runs[0].output)).toEqual([
      'consumer-process-orders',
      'producer-orders',
      'subscription-orders-process-orders',
    ]);
  });

  test('holds the configuration of each stack and the code of the function', () => {
    const files = Object.keys(tree(runs[0].output)).map((file) =>
      file.replace(/\/[0-9A-F]{32}\//, '/<hash>/'),
    );
    expect(files).toEqual([
      'manifest.json',
      'stacks/consumer-process-orders/assets/processor_code/<hash>/bundle.mjs',
      'stacks/consumer-process-orders/assets/processor_code/<hash>/bundle.mjs.map',
      'stacks/consumer-process-orders/assets/processor_code/<hash>/index.mjs',
      'stacks/consumer-process-orders/cdk.tf.json',
      'stacks/producer-orders/cdk.tf.json',
      'stacks/subscription-orders-process-orders/cdk.tf.json',
    ]);
  });

  const cli = findCli();
  if (!cli) console.warn(`SKIPPED: the comparison with cdktf synth. ${missingCli()}`);
  (cli ? test : test.skip)('in process is the same to the byte as by cdktf’s CLI', async () => {
    const variables = { CHECKPOINT_DISABLE: '1', CI: 'true' };
    const programs = [
      [cli ?? '', 'synth', '--output', 'by-cli'],
      ['commands/start.mjs', 'commands/index.ts', 'synth', '--output', 'in-process'],
    ];
    const both = programs.map((program) =>
      execute(first, program.at(-1) ?? '', process.execPath, program, variables),
    );
    const [byCli, inProcess] = (await Promise.all(both)).map(({ output }) => tree(output));
    expect(inProcess).toEqual(byCli);
    expect(byCli).toEqual(tree(runs[0].output));
  });

  test('names no folder of this machine', () => {
    const places = runs.flatMap(({ output }) =>
      Object.entries(tree(output)).flatMap(([file, text]) =>
        MACHINE_FOLDERS.filter((place) => text.includes(place)).map((place) => `${file}: ${place}`),
      ),
    );
    expect(places).toEqual([]);
  });
});

describe('a project of a user', () => {
  const user = path.join(folder, 'user');
  const installed = path.join(user, 'node_modules/dynamodb-cross-account-streams');
  const linked = path.join(folder, 'linked');

  /** Its topology, in a folder of the project, has an entry, files and the sink `s3`. */
  function writeProject(place: string): void {
    const orders = { entry: '../functions/orders.ts', files: ['../functions/mail.html'] };
    const files = {
      '.git/HEAD': '',
      'package.json': '{ "name": "streams-of-orders" }',
      'infra/topology.yaml': JSON.stringify(
        topology({
          'consumers.process-orders.function': { name: 'ProcessOrders', ...orders },
          'consumers.lake': { ...consumer('KeepChanges'), sink: 's3' },
        }),
      ),
      'functions/mail.html': '<p>mail</p>',
      'functions/orders.ts': [
        "import { defineProcessor } from 'dynamodb-cross-account-streams/processor';",
        'export default defineProcessor((change, { log }) => log.info(change.id));',
      ].join('\n'),
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
      writeFileSync(path.join(place, file), text);
    }
  }

  const synthesized = (project: string, from: string, topologyFile: string) =>
    execute(
      from,
      'cdktf.out',
      process.execPath,
      [path.join(project, 'commands/start.mjs'), 'commands/index.ts', 'synth'],
      { TOPOLOGY: topologyFile },
    );

  test('has the same stacks with a clone, an installed package and a linked one', async () => {
    for (const place of [user, linked]) writeProject(place);
    copyProject(installed, installed);
    mkdirSync(path.join(linked, 'node_modules'));
    symlinkSync(first, path.join(linked, 'node_modules/dynamodb-cross-account-streams'));
    const made = await Promise.all([
      synthesized(first, first, path.join(user, 'infra/topology.yaml')),
      synthesized(installed, path.join(user, 'infra'), 'topology.yaml'),
      synthesized(
        path.join(linked, 'node_modules/dynamodb-cross-account-streams'),
        linked,
        path.join(linked, 'infra/topology.yaml'),
      ),
    ]);
    expect(made.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      made.map(() => ({ code: 0, stderr: '' })),
    );
    const [stacks, ...others] = made.map(({ output }) => tree(output));
    expect(Object.keys(stacks ?? {}).filter((file) => file.endsWith('/mail.html'))).toHaveLength(1);
    expect(others).toEqual(others.map(() => stacks));
    const files = ['.git', 'functions', 'infra', 'node_modules', 'package.json'];
    expect(readdirSync(user).sort()).toEqual(files);
  });
});

test('a variable that looks like a secret is printed once, and stops nothing', async () => {
  const secret = { 'consumers.process-orders.function.environment': { DB_PASSWORD: 'hunter2' } };
  const file = write('secret.yaml', topology(secret));
  const { code, stderr } = await synth(file, path.join(folder, 'secret'));
  expect(code).toBe(0);
  expect(stderr).toMatch(/^\S+\/secret\.yaml:\d+ \S+\.DB_PASSWORD looks like a secret[^\n]+\n$/);
  expect(stderr).not.toContain('hunter2');
});

describe('refuses', () => {
  const withEntry = (entry: string) =>
    topology({ 'consumers.process-orders.function.entry': entry });

  test('a topology with problems, and prints exactly those', async () => {
    write(
      'broken.yaml',
      topology({ 'consumers.process-orders.account': 'nowhere', name: 'Orders' }),
    );
    const outcome = await run(first, 'refused', 'broken.yaml');
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'broken.yaml:2 name must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first, got "Orders"\nbroken.yaml:19 consumers.process-orders.account must be the name of an account in this file (analytics, shop), got "nowhere"\n',
    });
    expect(existsSync(outcome.output)).toBe(false);
  });

  test.each<[string, () => string, string]>([
    [
      'an entry that exports no handler',
      () => write('entry.yaml', withEntry('terraform/version.ts')),
      'entry.yaml:25 consumers.process-orders.function.entry terraform/version.ts must export a handler: write export default defineProcessor(…), or export const handler; it exports REQUIRED_VERSION',
    ],
    [
      'an entry that packs a file from outside the project',
      () => {
        writeFileSync(path.join(folder, 'credentials.txt'), 'SECRET');
        const text = "import x from '../credentials.txt';\nexport const handler = async () => x;\n";
        return write('packs.yaml', withEntry(write('packs.ts', text)));
      },
      'packs.yaml:25 consumers.process-orders.function.entry packs.ts cannot be bundled: packs.ts reads a file that is ../credentials.txt, outside the project and the folder of the topology; copy it there, or make it a package and install that',
    ],
  ])('%s', async (name, topologyFile, problem) => {
    const { code, stdout, stderr, output } = await synth(topologyFile(), path.join(folder, name));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const shown = [path.relative('.', first), first].reduce(
      (text, place) => text.replaceAll(`${place}/`, ''),
      stderr,
    );
    expect(shown.replaceAll(`${folder}/`, '../')).toBe(`${problem}\n`);
    expect(existsSync(output)).toBe(false);
  });
});
