import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { helpFor } from '../../commands/help';
import { command } from '../../commands/synth';
import { scripts } from '../../package.json';
import { runCommand } from '../helpers/run-command';
import { type Overrides, producer, topology } from '../helpers/topology';

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
  const output = path.join(folder, 'many');
  expect((await synth(many, '--output', output)).stdout).toBe(
    `5 stacks in ${output}/: consumer-process-orders, producer-orders, producer-returns and 2 more\nNext, with the same topology: npm run review -- --from ${output}\n`,
  );
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
