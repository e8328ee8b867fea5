import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../helpers/environment';
import { type Overrides, producer, topology } from '../helpers/topology';

const folder = mkdtempSync(path.join(tmpdir(), 'synth-script-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function synth(variables: NodeJS.ProcessEnv, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['commands/start.mjs', 'commands/synth.ts', ...args],
    { env: environment(variables), encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

/** A topology file, which is JSON and so YAML. */
function file(name: string, overrides: Overrides): string {
  const place = path.join(folder, `${name}.yaml`);
  writeFileSync(place, JSON.stringify(topology(overrides), null, 2));
  return place;
}

test('says where the stacks are, and what to run next', () => {
  const output = path.join(folder, 'json');
  expect(synth({}, '--output', output)).toEqual({
    status: 0,
    stdout: `3 stacks in ${output}/: consumer-process-orders, producer-orders, subscription-orders-process-orders\nNext: npm run review, then npm run deploy -- '*'\n`,
    stderr: '',
  });
  expect(readdirSync(path.join(output, 'stacks', 'producer-orders'))).toEqual(['cdk.tf.json']);
});

test('names three of many stacks, and that the topology is not the default one', () => {
  const TOPOLOGY = file('many', {
    'producers.returns': producer('Returns'),
    'producers.refunds': producer('Refunds'),
  });
  const output = path.join(folder, 'many');
  expect(synth({ TOPOLOGY }, '--output', output).stdout).toBe(
    `5 stacks in ${output}/: consumer-process-orders, producer-orders, producer-returns and 2 more\nNext, with the same TOPOLOGY: npm run review, then npm run deploy -- '*'\n`,
  );
});

test('writes HCL with --hcl', () => {
  const output = path.join(folder, 'hcl');
  const { status, stdout } = synth({}, '--hcl', '--output', output);
  expect(status).toBe(0);
  expect(stdout).toContain(
    `Next: read ${output}/stacks/*/cdk.tf; docs/leaving.md runs them with Terraform alone\n`,
  );
  expect(readdirSync(path.join(output, 'stacks', 'producer-orders'))).toEqual([
    'cdk.tf',
    'metadata.json',
  ]);
});

test('shows its options', () => {
  const { status, stdout, stderr } = synth({}, '--help');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.match(/^ {2}--[a-z-]+/gm)).toEqual(['  --output', '  --help']);
});

test('runs whole while others start', async () => {
  const start = () =>
    promisify(execFile)(process.execPath, ['commands/start.mjs', 'commands/synth.ts', '--help']);
  const runs = await Promise.all(Array.from({ length: 6 }, start));
  const { stdout } = synth({}, '--help');
  expect(stdout).toMatch(/^Writes the stacks/);
  expect(runs).toEqual(runs.map(() => ({ stdout, stderr: '' })));
  expect(readdirSync('dist').filter((name) => name.startsWith('synth.js'))).toEqual(['synth.js']);
});

describe('refuses', () => {
  const output = path.join(folder, 'refused');
  const refused = (variables: NodeJS.ProcessEnv, ...args: string[]) => {
    const { status, stdout, stderr } = synth(variables, ...args, '--output', output);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(existsSync(output)).toBe(false);
    return stderr.replaceAll(`${folder}/`, '');
  };

  test('an unknown option', () => {
    expect(refused({}, '--outputs', 'x')).toBe(
      "Unknown option '--outputs'; npm run synth -- --help shows the options\n",
    );
  });

  test('a problem of the topology, in one line', () => {
    const TOPOLOGY = file('batch', { 'subscriptions[0].batchSize': 0 });
    expect(refused({ TOPOLOGY })).toMatch(
      /^batch\.yaml:\d+ subscriptions\[0\]\.batchSize must be between 1 and 10000, got 0\n$/,
    );
  });

  test('every entry that cannot be bundled, with its line', () => {
    const TOPOLOGY = file('entries', {
      'consumers.process-orders.function.entry': 'commands/run.ts',
      'consumers.index-orders': {
        account: 'analytics',
        role: { name: 'IndexOrdersRole' },
        function: { name: 'IndexOrders', entry: 'stacks/terraform-version.ts' },
      },
    });
    expect(refused({ TOPOLOGY }).replaceAll(/ must .*/g, '')).toMatch(
      /^entries\.yaml:\d+ consumers\.process-orders\.function\.entry commands\/run\.ts\nentries\.yaml:\d+ consumers\.index-orders\.function\.entry stacks\/terraform-version\.ts\n$/,
    );
  });
});
