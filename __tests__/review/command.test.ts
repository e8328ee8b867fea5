import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../load/load';
import { environment } from '../helpers/environment';
import { type Edit, statement, writeSynthesis } from '../helpers/review';

const FILE = 'topologies/orders.yaml';
const folder = mkdtempSync(path.join(tmpdir(), 'review-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reviews stacks that are synthesized already. */
function run(name: string, edits: Record<string, Edit> = {}) {
  const from = path.join(folder, `${name}.in`);
  const output = path.join(folder, name);
  writeSynthesis(from, loadTopology(FILE), edits);
  return { ...review('--from', from, '--output', output), from, output };
}

function review(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'commands/index.ts', 'review', ...args],
    { env: environment({ TOPOLOGY: FILE }), encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

const read = (output: string, file: string) => readFileSync(path.join(output, file), 'utf8');

test('writes the report in three forms, the same each time', () => {
  const first = run('first');
  expect(first.stderr).toBe('');
  expect(first.status).toBe(0);
  expect(readdirSync(first.output)).toEqual(['review.html', 'review.md', 'topology.svg']);
  const second = run('second');
  for (const file of readdirSync(first.output)) {
    expect(read(first.output, file)).toBe(read(second.output, file));
  }

  // The page holds everything it shows and asks for nothing.
  const html = read(first.output, 'review.html');
  expect(html).toContain('<svg ');
  expect(html).not.toMatch(/<(script|link|img|iframe)\b|src=|@import|url\(/);
  expect(html.match(/<table>/g)?.length).toBe(html.match(/<div class="scroll"/g)?.length);
  expect(html).not.toContain(process.cwd());
});

test('a difference is printed and fails, and the report is there all the same', () => {
  const { status, stderr, output } = run('different', {
    'producer-orders': (json) => {
      statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess').actions = [
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
      ];
    },
  });
  expect(stderr).toBe(
    'arn:aws:iam::111122223333:role/CrossAccountStreamProcessor dynamodb:DescribeStream on stream arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000: denied, meant to be allowed (resource policy: no statement)\nstacks/producer-orders/cdk.tf.json is not what the topology synthesizes at data.aws_iam_policy_document.stream_policy_document statement[0].actions[0], data.aws_iam_policy_document.stream_policy_document statement[0].actions[1], data.aws_iam_policy_document.stream_policy_document statement[0].actions[2]; if the topology is right, run npm run synth\n',
  );
  expect(status).toBe(1);
  const report = read(output, 'review.md');
  expect(report).toContain('**1 difference**');
  expect(report).toContain(
    '**the stacks are not what the topology synthesizes**, in 1 place, see below',
  );
});

test('a statement that nobody asked about fails as well', () => {
  const { status, stderr } = run('unasked', {
    'consumer-process-orders': (json) => {
      const { statement: all } = Object(
        json.data?.aws_iam_policy_document?.execution_role_function_policy,
      );
      all.push({ sid: 'Added', actions: ['iam:CreateUser'], resources: ['*'] });
    },
  });
  expect(status).toBe(1);
  expect(stderr.split('\n')[0]).toBe(
    'arn:aws:iam::111122223333:role/CrossAccountStreamProcessor function/Added allows iam:CreateUser, which the topology does not mean',
  );
});

test('shows its options', () => {
  const { status, stdout, stderr } = review('--help');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.match(/^ {2}--[a-z-]+/gm)).toEqual([
    '  --from',
    '  --after-init',
    '  --output',
    '  --help',
  ]);
});

describe('refuses in one line', () => {
  const corrupt = path.join(folder, 'corrupt');
  const file = path.join(folder, 'a-file');
  beforeAll(() => {
    mkdirSync(corrupt);
    writeFileSync(path.join(corrupt, 'manifest.json'), '{"stacks":');
    writeFileSync(file, '');
  });

  const MORE = 'npm run review -- --help shows the options';

  test.each<[string, string[], string | RegExp]>([
    [
      'an unknown option',
      ['--form', 'x'],
      `Unknown option '--form'; did you mean --from? ${MORE}\n`,
    ],
    [
      'a folder that is not said',
      ['--from'],
      `Option '--from <value>' argument missing; ${MORE}\n`,
    ],
    [
      'a folder without synthesized stacks',
      ['--from', folder],
      `${folder}/manifest.json is missing; run npm run synth\n`,
    ],
    [
      'what is half written',
      ['--from', corrupt],
      /^.*corrupt\/manifest\.json is not JSON: .*; run npm run synth\n$/,
    ],
  ])('%s', (_, args, message) => {
    const { status, stderr } = review(...args);
    expect(stderr).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
    expect(status).toBe(1);
  });

  test('an output that is a file', () => {
    const { from } = run('written');
    const { status, stderr } = review('--from', from, '--output', file);
    expect(stderr).toMatch(/^the report cannot be written to .*a-file: EEXIST: .*\n$/);
    expect(status).toBe(1);
  });
});
