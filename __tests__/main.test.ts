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
import { app } from '../cdktf.json';
import { findCli, missingCli } from '../commands/cdktf-cli';
import { environment, MACHINE_FOLDERS } from './helpers/environment';
import { SHIPPED } from './helpers/shipped-topologies';
import { tree } from './helpers/tree';

const PROJECT = path.dirname(__dirname);
/** Where the packages are, which in a monorepo is a folder above. */
const PACKAGES = path.resolve(require.resolve('cdktf/package.json'), '..', '..');
/** What the project does not consist of: outputs, dependencies, tests, and hidden files. */
const LEFT_OUT = /^(\..*|.*\.out|dist|node_modules|__tests__|coverage|.*\.tfstate.*|.*\.log)$/;
const DEFAULT = 'topologies/orders.yaml';
const TOPOLOGIES = SHIPPED.map((file) => `topologies/${file}`);

const BROKEN = `name: orders
state: { bucket: example-terraform-state, region: us-east-1 }
accounts:
  analytics: { id: "111122223333", region: us-east-1 }
  shop: { id: "444455556666", region: us-east-1 }
consumers:
  process-orders:
    account: nowhere
    role: { name: ProcessOrdersRole }
    function: { name: ProcessOrders }
producers:
  orders:
    account: shop
    table: { name: Orders, partitionKey: { name: OrderId, type: X } }
subscriptions:
  - producer: orders
    consumer: process-orders
    batchSize: 0
`;

/** A sound topology whose function is this file. */
const withEntry = (entry: string) =>
  BROKEN.replace('nowhere', 'analytics')
    .replace('type: X', 'type: S')
    .replace('batchSize: 0', 'batchSize: 1')
    .replace('function: {', `function: { entry: ${entry},`);

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

/** A copy of the project's sources. */
function copyProject(to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(PROJECT).filter((name) => !LEFT_OUT.test(name))) {
    cpSync(path.join(PROJECT, entry), path.join(to, entry), { recursive: true });
  }
}

/** Runs the app as the CDKTF CLI does, in a copy of the project. */
function run(project: string, output: string, topology?: string): Promise<Run> {
  const outdir = path.join(project, output);
  const env = environment({ TOPOLOGY: topology, CDKTF_OUTDIR: outdir });
  return execute(project, outdir, 'sh', ['-c', app], env);
}

function execute(
  project: string,
  output: string,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Run> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: project, env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0;
      resolve({ code, stdout, stderr, output });
    });
  });
}

function write(project: string, name: string, text: string): string {
  writeFileSync(path.join(project, name), text);
  return name;
}

beforeAll(() => {
  for (const [project, packages] of [
    [first, first],
    // As in a monorepo: the packages are in a folder above.
    [second, path.dirname(second)],
  ] as const) {
    copyProject(project);
    symlinkSync(PACKAGES, path.join(packages, 'node_modules'));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a variable that looks like a secret is printed once, and stops nothing', async () => {
  const secret = BROKEN.replace('nowhere', 'analytics')
    .replace('type: X', 'type: S')
    .replace('batchSize: 0', 'batchSize: 1')
    .replace('function: {', 'function: { environment: { DB_PASSWORD: hunter2 },');
  const { code, stderr } = await run(first, 'secret.out', write(first, 'secret.yaml', secret));
  expect({ code, lines: stderr.match(/DB_PASSWORD looks like a secret/g) }).toEqual({
    code: 0,
    lines: ['DB_PASSWORD looks like a secret'],
  });
  expect(stderr).toMatch(/^secret\.yaml:10 [^\n]+\n$/);
  expect(stderr).not.toContain('hunter2');
}, 60_000);

describe('a synthesis', () => {
  let runs: readonly [Run, Run];

  beforeAll(async () => {
    runs = await Promise.all([run(first, 'cdktf.out'), run(second, 'elsewhere', DEFAULT)]);
  }, 60_000);

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
    const { stacks } = JSON.parse(tree(runs[0].output)['manifest.json'] ?? '');
    expect(Object.keys(stacks)).toEqual([
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
  (cli ? test : test.skip)(
    'in process is the same to the byte as by cdktf’s CLI',
    async () => {
      const env = environment({ CHECKPOINT_DISABLE: '1', CI: 'true' });
      const programs = [
        [cli ?? '', 'synth', '--output', 'by-cli'],
        ['commands/start.mjs', 'commands/index.ts', 'synth', '--output', 'in-process'],
      ];
      const both = programs.map((program) =>
        execute(first, path.join(first, program.at(-1) ?? ''), process.execPath, program, env),
      );
      const [byCli, inProcess] = (await Promise.all(both)).map(({ output }) => tree(output));
      expect(inProcess).toEqual(byCli);
      expect(byCli).toEqual(tree(runs[0].output));
    },
    60_000,
  );

  test('names no folder of this machine', () => {
    const places = runs.flatMap(({ output }) =>
      Object.entries(tree(output)).flatMap(([file, text]) =>
        MACHINE_FOLDERS.filter((place) => text.includes(place)).map((place) => `${file}: ${place}`),
      ),
    );
    expect(places).toEqual([]);
  });
});

describe('every topology of the project', () => {
  const runs = new Map<string, Run>();

  beforeAll(async () => {
    // One after the other, since each bundles the app into the same folder.
    for (const topology of TOPOLOGIES) {
      runs.set(topology, await run(second, path.basename(topology, '.yaml'), topology));
    }
  }, 120_000);

  test.each(TOPOLOGIES)('%s is synthesized', (topology) => {
    const { code, stderr, output } = runs.get(topology) as Run;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { stacks } = JSON.parse(tree(output)['manifest.json'] ?? '');
    expect(readdirSync(path.join(output, 'stacks')).sort()).toEqual(Object.keys(stacks).sort());
    expect(Object.keys(stacks).length).toBeGreaterThan(0);
  });
});

describe('refuses', () => {
  test.each<[string, topology: () => string, problems: string[]]>([
    [
      'a topology with problems, and prints exactly those',
      () => write(first, 'broken.yaml', BROKEN),
      [
        'broken.yaml:8 consumers.process-orders.account must be the name of an account in this file (analytics, shop), got "nowhere"',
        'broken.yaml:14 producers.orders.table.partitionKey.type must be S or N or B, got "X"',
        'broken.yaml:18 subscriptions[0].batchSize must be between 1 and 10000, got 0',
      ],
    ],
    [
      'a file that is no YAML',
      () => write(first, 'text.yaml', 'name: a: b\n'),
      ['text.yaml:1 is not valid YAML: Nested mappings are not allowed in compact mappings'],
    ],
    [
      'an entry that exports no handler',
      () => write(first, 'entry.yaml', withEntry('terraform/version.ts')),
      [
        'entry.yaml:10 consumers.process-orders.function.entry terraform/version.ts must export a handler: write export default defineProcessor(…), or export const handler; it exports REQUIRED_VERSION',
      ],
    ],
    [
      'an entry that packs a file from outside the project',
      () => {
        writeFileSync(path.join(folder, 'credentials.txt'), 'SECRET');
        const text = "import x from '../credentials.txt';\nexport const handler = async () => x;\n";
        return write(first, 'packs.yaml', withEntry(write(first, 'packs.ts', text)));
      },
      [
        `packs.yaml:10 consumers.process-orders.function.entry packs.ts cannot be bundled: packs.ts reads a file that is ${path.join(folder, 'credentials.txt')}, outside the project and the folder of the topology; copy it there, or make it a package and install that`,
      ],
    ],
    [
      'a file that is not there',
      () => 'nowhere.yaml',
      ['nowhere.yaml is not a file; set TOPOLOGY to the path of a topology file'],
    ],
  ])(
    '%s',
    async (name, topology, problems) => {
      const outcome = await run(first, `refused ${name}`, topology());
      expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: `${problems.join('\n')}\n` });
      expect(existsSync(outcome.output) ? tree(outcome.output) : {}).toEqual({});
    },
    30_000,
  );
});
