import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { helpFor } from '../../commands/help';
import { command as plan } from '../../commands/plan';
import { command as review } from '../../commands/review';
import { command } from '../../commands/synth';
import { scripts } from '../../package.json';
import { runCommand } from '../helpers/run-command';
import { consumer, type Overrides, producer, topology } from '../helpers/topology';
import { tree } from '../helpers/tree';

const folder = mkdtempSync(path.join(tmpdir(), 'synth-script-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const synth = (topologyFile: string | undefined, ...args: string[]) =>
  runCommand(command, {
    args,
    env: { TOPOLOGY: topologyFile },
  });

/** A topology file, which is JSON and so YAML. */
function file(name: string, overrides: Overrides): string {
  const place = path.join(folder, `${name}.yaml`);
  writeFileSync(place, JSON.stringify(topology(overrides), null, 2));
  return place;
}

test('says where the stacks are, and what to run next', async () => {
  const output = path.join(folder, 'json');
  expect(await synth(undefined, '--output', output)).toEqual({
    code: 0,
    stdout: `3 stacks in ${output}/: consumer-process-orders, producer-orders, subscription-orders-process-orders\nNext: npm run review -- --from ${output}\n`,
    stderr: '',
  });
  expect(readdirSync(path.join(output, 'stacks', 'producer-orders'))).toEqual(['cdk.tf.json']);
});

test('names three of many stacks, and that the topology is not the default one', async () => {
  const many = file('many', {
    'producers.returns': producer('Returns'),
    'producers.refunds': producer('Refunds'),
  });
  const output = path.join(folder, "many: it's");
  expect((await synth(many, '--output', output)).stdout).toBe(
    `5 stacks in ${output}/: consumer-process-orders, producer-orders, producer-returns and 2 more\nNext, with the same topology: npm run review -- --from '${folder}/many: it'\\''s'\n`,
  );
});

test.each([
  ['synth', 'output', command],
  ['review', 'output', review],
  ['plan', 'out', plan],
] as const)('%s refuses to write into the code of a function', async (_, option, asked) => {
  const code = path.join(folder, 'code');
  mkdirSync(code);
  writeFileSync(path.join(code, 'index.js'), 'exports.handler = async () => {};');
  const settings = { name: 'A', code: { directory: code, handler: 'index.handler' } };
  const TOPOLOGY = file('code', { 'consumers.process-orders.function': settings });
  const output = path.join(code, 'generated');
  expect(await runCommand(asked, { args: [`--${option}`, output], env: { TOPOLOGY } })).toEqual({
    code: 1,
    stdout: '',
    stderr: `--${option} ${output} must not be in ${code}, all of which is the code of consumers.process-orders; name a folder elsewhere\n`,
  });
  expect(readdirSync(code)).toEqual(['index.js']);
  rmSync(code, { recursive: true });
});

describe('the stacks are the same to the byte', () => {
  const started = process.cwd();
  afterEach(() => process.chdir(started));
  const project = path.join(folder, 'streams für alle');
  const elsewhere = path.join(folder, 'else where');

  beforeAll(() => {
    const handler = 'export const handler = async () => {};';
    const code = { directory: '../build', handler: 'index.handler' };
    const content = topology({
      'consumers.process-orders.function': { name: 'A', entry: '../functions/orders.ts' },
      'consumers.prepared': { ...consumer('Prepared'), function: { name: 'B', code } },
      'consumers.default': consumer('Default'),
    });
    const files = {
      '.git/HEAD': '',
      'package.json': '{}',
      'functions/orders.ts': handler,
      'build/index.mjs': handler,
      'infra/orders.yaml': JSON.stringify(content),
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
      writeFileSync(path.join(project, name), text);
    }
    mkdirSync(elsewhere);
  });

  /** Where no cdktf.json is. */
  async function synthesized(from: string, topologyFile: string) {
    process.chdir(from);
    const { stderr } = await runCommand(command, { args: ['--topology', topologyFile] });
    return { stderr, files: tree('cdktf.out') };
  }

  test('from the folder of the topology, from its project and from elsewhere', async () => {
    const made = [
      await synthesized(path.join(project, 'infra'), 'orders.yaml'),
      await synthesized(project, path.join(project, 'infra/orders.yaml')),
      await synthesized(elsewhere, '../streams für alle/infra/orders.yaml'),
    ];
    const files = made[0]?.files ?? {};
    expect(Object.keys(files).filter((name) => name.includes('/assets/'))).toHaveLength(7);
    expect(made).toEqual(made.map(() => ({ stderr: '', files })));
  });
});

test('writes HCL with --hcl', async () => {
  const output = path.join(folder, 'hcl');
  const { code, stdout } = await synth(undefined, '--hcl', '--output', output);
  expect(code).toBe(0);
  expect(stdout).toContain(
    `Next: read ${output}/stacks/*/cdk.tf; docs/leaving.md runs them with Terraform alone\n`,
  );
  expect(readdirSync(path.join(output, 'stacks', 'producer-orders'))).toEqual([
    'cdk.tf',
    'metadata.json',
  ]);
});

test('runs whole while others start', async () => {
  const start = () =>
    promisify(execFile)(process.execPath, ['commands/start.mjs', 'commands/index.ts', 'help']);
  const runs = await Promise.all(Array.from({ length: 6 }, start));
  expect(runs).toEqual(runs.map(() => ({ stdout: helpFor(scripts), stderr: '' })));
  expect(readdirSync('dist/commands').filter((name) => name.startsWith('index.js'))).toEqual([
    'index.js',
  ]);
}, 30_000);

describe('refuses', () => {
  const output = path.join(folder, 'refused');
  const refused = async (topologyFile?: string, ...args: string[]) => {
    const { code, stdout, stderr } = await synth(topologyFile, ...args, '--output', output);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(existsSync(output)).toBe(false);
    return stderr.replaceAll(`${folder}/`, '');
  };

  test('an unknown option', async () => {
    for (const option of ['--outputs', '--out']) {
      expect(await refused(undefined, option, 'x')).toBe(
        `Unknown option '${option}'; did you mean --output? npm run synth -- --help shows the options\n`,
      );
    }
  });

  test('a problem of the topology, in one line', async () => {
    const batch = file('batch', { 'subscriptions[0].batchSize': 0 });
    expect(await refused(batch)).toMatch(
      /^batch\.yaml:\d+ subscriptions\[0\]\.batchSize must be between 1 and 10000, got 0\n$/,
    );
  });

  test('every entry that cannot be bundled, with its line', async () => {
    const entries = file('entries', {
      'consumers.process-orders.function.entry': path.resolve('commands/run.ts'),
      'consumers.index-orders': {
        account: 'analytics',
        role: { name: 'IndexOrdersRole' },
        function: { name: 'IndexOrders', entry: path.resolve('terraform/version.ts') },
      },
    });
    const lines = (await refused(entries)).replaceAll(`${process.cwd()}/`, '');
    expect(lines.replaceAll(/ must .*/g, '')).toMatch(
      /^entries\.yaml:\d+ consumers\.process-orders\.function\.entry commands\/run\.ts\nentries\.yaml:\d+ consumers\.index-orders\.function\.entry terraform\/version\.ts\n$/,
    );
  });
});
