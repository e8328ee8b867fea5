import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../../commands/review';
import { loadTopology } from '../../load/load';
import { synthesize } from '../../stacks/synthesize';
import { environment } from '../helpers/environment';
import { type Edit, editStack, statement, statementsIn, writeSynthesis } from '../helpers/review';
import { runCommand } from '../helpers/run-command';
import { tree } from '../helpers/tree';

const FILE = 'topologies/orders.yaml';
const folder = mkdtempSync(path.join(tmpdir(), 'review-'));
afterAll(() => rmSync(folder, { recursive: true }));

const review = (...args: string[]) => runCommand(command, { args, now: new Date('2026-08-01') });

/** Reviews stacks that are synthesized already. */
async function reviewOf(name: string, edits: Record<string, Edit> = {}) {
  const from = path.join(folder, `${name}.in`);
  const output = path.join(folder, name);
  writeSynthesis(from, loadTopology(FILE), edits);
  return { ...(await review('--from', from, '--output', output)), output };
}

test('writes Markdown and a page', async () => {
  const { code, stdout, stderr, output } = await reviewOf('written');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    `2 findings, none must stop a deployment; read ${output}/review.html or review.md\n`,
  );
  expect(readdirSync(output)).toEqual(['review.html', 'review.md']);
});

test('does so as npm run review', () => {
  const from = path.join(folder, 'started.in');
  const output = path.join(folder, 'started');
  writeSynthesis(from, loadTopology(FILE));
  const args = ['commands/index.ts', 'review', '--from', from, '--output', output];
  const { stdout, stderr } = spawnSync(process.execPath, ['commands/start.mjs', ...args], {
    env: environment({ TOPOLOGY: FILE }),
    encoding: 'utf8',
  });
  expect([stderr, readdirSync(output)]).toEqual(['', ['review.html', 'review.md']]);
  expect(stdout).toMatch(/^\d+ (of \d+ findings|findings, none) must stop a deployment; /);
});

test('what must stop a deployment is printed and fails, and the report is there all the same', async () => {
  const { code, stdout, stderr, output } = await reviewOf('different', {
    'producer-orders': (json) => {
      statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess').actions = [
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
      ];
    },
  });
  const place = 'data.aws_iam_policy_document.stream_policy_document statement[0].actions';
  expect(stderr.split('\n')).toEqual([
    `stacks/producer-orders/cdk.tf.json is not what the topology synthesizes at ${place}[0], ${place}[1], ${place}[2]; if the topology is right, run npm run synth`,
    'arn:aws:iam::111122223333:role/CrossAccountStreamProcessor dynamodb:DescribeStream on stream arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000: denied, meant to be allowed (resource policy: no statement)',
    '',
  ]);
  expect(stdout).toMatch(/^2 of 4 findings must stop a deployment/);
  expect(code).toBe(1);
  const report = readFileSync(path.join(output, 'review.md'), 'utf8');
  expect(report.match(/^\| \[.*$/gm)).toEqual([
    '| [Is this what the topology says?](#is-this-what-the-topology-says) | **no, in 1 place** |',
    '| [What changed?](#what-changed) | not compared: `npm run review -- --against <ref>` |',
    '| [Who may read what?](#who-may-read-what) | 17 questions evaluated: 12 allowed, 5 denied |',
    '| [What should stop me?](#what-should-stop-me) | **2 findings** |',
  ]);
});

test('a statement that nobody asked about fails as well', async () => {
  const { code, stderr } = await reviewOf('unasked', {
    'consumer-process-orders': (json) => {
      statementsIn(json, 'execution_role_function_policy').push({
        sid: 'Added',
        actions: ['iam:CreateUser'],
        resources: ['*'],
      });
    },
  });
  expect(code).toBe(1);
  expect(stderr.split('\n')).toContain(
    'arn:aws:iam::111122223333:role/CrossAccountStreamProcessor function/Added allows iam:CreateUser on * without a condition, which the topology does not mean',
  );
});

test('a line on the terminal is short, however long a Sid is; the report has all of it', async () => {
  const sid = 'x'.repeat(10_000);
  const { stderr, output } = await reviewOf('long', {
    'consumer-process-orders': (json) => {
      statementsIn(json, 'execution_role_function_policy').push({
        sid,
        actions: ['iam:CreateUser'],
        resources: ['*'],
      });
    },
  });
  const line = stderr.split('\n').find((each) => each.includes('function/xxx'));
  expect(line).toHaveLength(
    1_000 +
      ' allows iam:CreateUser on * without a condition, which the topology does not mean'.length,
  );
  expect(readFileSync(path.join(output, 'review.html'), 'utf8')).toContain(sid);
});

describe('what cannot be read is a finding after those of the comparison:', () => {
  const STACK = 'stacks/consumer-process-orders';
  const CHANGED = `${STACK}/cdk.tf.json is not what the topology synthesizes`;
  const original = path.join(folder, 'original');
  beforeAll(() => writeSynthesis(original, loadTopology(FILE)));

  /** What is printed of a changed folder, without its name; the report has the first line too. */
  async function printedOf(change: (from: string) => void) {
    const from = mkdtempSync(path.join(folder, 'changed-'));
    cpSync(original, from, { recursive: true });
    change(from);
    const { code, stderr } = await review('--from', from, '--output', `${from}.out`);
    expect(code).toBe(1);
    const report = readFileSync(`${from}.out/review.md`, 'utf8');
    expect(report).toMatch(/^\| \[Is this what .* \*\*no, in 1 place\*\* \|$/m);
    return stderr.replaceAll(`${from}/`, '').trimEnd().split('\n');
  }

  const unreadable = (why: string) =>
    `the stacks cannot be read, so nothing is known of access and changes: ${why}`;

  test.each<[string, Edit, string]>([
    [
      'a provider that is not in a list',
      (json) => {
        json.provider = { aws: { evil: {} } };
      },
      'provider.aws: Invalid input: expected array, received object',
    ],
    [
      'resources in a list',
      (json) => {
        Object.assign(json, { resource: [{ aws_iam_user: { evil: {} } }] });
      },
      'resource: Invalid input: expected object, received array',
    ],
    [
      'resources of one type in a list',
      (json) => {
        Object.assign(json.resource ?? {}, { aws_kms_alias: [{ evil: { name: 'alias/evil' } }] });
      },
      'aws_kms_alias: Invalid input: expected object, received array',
    ],
    [
      'a block that is null',
      (json) => {
        Object.assign(json.resource?.aws_iam_role ?? {}, { execution_role: null });
      },
      'aws_iam_role.execution_role: Invalid input: expected object, received null',
    ],
    [
      'variables in a list of blocks',
      (json) => {
        const environment = [{ variables: { NODE_OPTIONS: '--import data:text/javascript,x' } }];
        Object.assign(json.resource?.aws_lambda_function?.processor ?? {}, { environment });
      },
      'aws_lambda_function.processor environment: Invalid input: expected object, received array',
    ],
    [
      'a reference to nothing',
      (json) => {
        const role = '${aws_iam_role.nobody.arn}';
        Object.assign(json.resource?.aws_lambda_function?.processor ?? {}, { role });
      },
      'aws_lambda_function.processor refers to aws_iam_role.nobody.arn, which is not there',
    ],
    [
      'a policy that has no statements',
      (json) => {
        const role = json.resource?.aws_iam_role?.execution_role ?? {};
        Object.assign(role, { assume_role_policy: '{"Statement":[null]}' });
      },
      'aws_iam_role.execution_role.assume_role_policy is not a policy document: {"Statement":[null]}',
    ],
  ])('%s', async (_, edit, why) => {
    expect(await printedOf((from) => editStack(path.join(from, STACK), edit))).toEqual([
      expect.stringContaining(CHANGED),
      unreadable(`consumer-process-orders ${why}`),
    ]);
  });

  test('half a file', async () => {
    const write = (from: string) => writeFileSync(path.join(from, STACK, 'cdk.tf.json'), '{"a":');
    expect(await printedOf(write)).toEqual([
      expect.stringContaining(CHANGED),
      expect.stringContaining(unreadable(`${STACK}/cdk.tf.json is not JSON: `)),
    ]);
  });

  test('what a missing stack publishes', async () => {
    const remove = (from: string) => rmSync(path.join(from, STACK), { recursive: true });
    expect(await printedOf(remove)).toEqual([
      expect.stringContaining(`${STACK} is missing`),
      expect.stringMatching(/: producer-orders \S+ refers to the output role_arn of .* no stack/),
    ]);
  });

  test('but not a manifest, which is only compared', async () => {
    const write = (from: string) => writeFileSync(path.join(from, 'manifest.json'), '{"stacks":');
    expect(await printedOf(write)).toEqual([expect.stringContaining('manifest.json is not what')]);
  });
});

describe('of HCL', () => {
  const from = path.join(folder, 'hcl.in');
  const output = path.join(folder, 'hcl');
  beforeAll(() => synthesize(loadTopology(FILE), from, { hcl: true }));

  test('the report is that of the same JSON', async () => {
    expect(await review('--from', from, '--output', output)).toMatchObject({ code: 0, stderr: '' });
    const { output: ofJson } = await reviewOf('json');
    expect(tree(output)).toEqual(tree(ofJson));
  });

  test('what was changed by hand must stop a deployment', async () => {
    const file = 'stacks/producer-orders/cdk.tf';
    const text = readFileSync(path.join(from, file), 'utf8');
    writeFileSync(path.join(from, file), text.replace('"dynamodb:GetRecords"', '"dynamodb:*"'));
    expect(await review('--from', from, '--output', output)).toMatchObject({
      code: 1,
      stderr: `${file} is not what the topology synthesizes; if the topology is right, run npm run synth:hcl\n`,
    });
  });
});

test('shows its options', async () => {
  const { code, stdout, stderr } = await review('--help');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/^ {2}--[a-z-]+/gm)).toEqual([
    '  --against',
    '  --from',
    '  --plans',
    '  --after-init',
    '  --output',
    '  --topology',
    '  --help',
  ]);
});

describe('refuses in one line', () => {
  const file = path.join(folder, 'a-file');
  beforeAll(() => writeFileSync(file, ''));

  test.each([
    [
      'a folder without synthesized stacks',
      ['--from', folder],
      `${folder}/stacks is missing; run npm run synth\n`,
    ],
    [
      'a commit that is not there',
      ['--against', 'nowhere'],
      '--against: nowhere is not a commit, branch or tag of this repository; run git fetch\n',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await review(...args);
    expect(stderr).toBe(message);
    expect(code).toBe(1);
  });

  test('an output that is a file', async () => {
    const from = path.join(folder, 'refused.in');
    writeSynthesis(from, loadTopology(FILE));
    const { code, stderr } = await review('--from', from, '--output', file);
    expect(stderr).toMatch(/^the report cannot be written to .*a-file: EEXIST: .*\n$/);
    expect(code).toBe(1);
  });
});
