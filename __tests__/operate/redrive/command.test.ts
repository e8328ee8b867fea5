import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { redriveCommand, type Target, type World } from '../../../operate/redrive/command';
import type { Options } from '../../../operate/redrive/options';
import type { Invoke } from '../../../operate/redrive/redrive';
import { UserError } from '../../../topology/problem';
import { keyOf, MemoryStore, SHARD } from '../../helpers/failed-batches';
import { consumer, topology } from '../../helpers/topology';

const folder = mkdtempSync(path.join(tmpdir(), 'redrive-test-'));
const topologyFile = path.join(folder, 'orders.yaml');
const NOW = new Date('2026-01-02T12:00:00Z');
const OPTIONS = { consumer: 'process-orders', dryRun: false, json: false };
const FACTS = `Orders (444455556666, us-east-1) ${SHARD}`;
/** What the lines of the batches of `bucket()` say after their status. */
const A = `${FACTS}  1 record, 100 to 100  RetryAttemptsExhausted 1d ago`;
const B = `${FACTS}  2 records, 200 to 250  RetryAttemptsExhausted 2h ago`;
const C = `${FACTS}  1 record, 300 to 300  RetryAttemptsExhausted 2h ago`;

const processed: Invoke = async () => ({ payload: '{"batchItemFailures":[]}' });
/** Fails on the batch that begins at 200. */
const failing: Invoke = async (event) =>
  event.includes('"200"')
    ? { functionError: 'Unhandled', payload: '{"errorMessage":"refused"}' }
    : { payload: 'null' };

beforeAll(() => {
  // JSON is YAML.
  const content = topology({ 'consumers.search': consumer('Search') });
  writeFileSync(topologyFile, JSON.stringify(content));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly options?: Partial<Options>;
  readonly store?: MemoryStore;
  readonly invoke?: Invoke;
  readonly topologyFile?: string;
  readonly connect?: () => never;
  readonly stdout?: World['stdout'];
  readonly stderr?: World['stderr'];
}

async function run({ options, store = new MemoryStore(), invoke = processed, ...world }: Run) {
  const output = { stdout: '', stderr: '' };
  const targets: Target[] = [];
  const code = await redriveCommand({
    topologyFile,
    now: NOW,
    signal: new AbortController().signal,
    connect: (target) => {
      targets.push(target);
      return { store, invoke };
    },
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    options: { ...OPTIONS, ...options },
    ...world,
  });
  return { code, ...output, targets };
}

function bucket(): MemoryStore {
  return new MemoryStore({
    c: { records: [300] },
    b: { records: [200, 250] },
    a: { records: [100], timestamp: '2026-01-01T10:00:00Z' },
  });
}

const lines = (...text: string[]) => text.map((line) => `${line}\n`).join('');

test('delivers and says what became of each batch', async () => {
  const store = bucket();
  expect(await run({ store })).toMatchObject({
    code: 0,
    stdout: lines(
      `delivered  ${A}`,
      `delivered  ${B}`,
      `delivered  ${C}`,
      '3 of 3 batches delivered, 0 failed, 0 waiting',
    ),
    stderr: '',
  });
  expect(store.names).toEqual([]);
});

test('fails if a batch fails, and keeps it and what waits for it', async () => {
  const store = bucket();
  expect(await run({ store, invoke: failing })).toMatchObject({
    code: 1,
    stdout: lines(
      `delivered  ${A}`,
      `failed     ${B}: the function failed: refused`,
      `waiting    ${C}: an earlier batch of the shard failed`,
      '1 of 3 batches delivered, 1 failed, 1 waiting',
    ),
    stderr: '',
  });
  expect(store.names).toEqual(['c', 'b']);
});

test('fails if there is something else in the bucket, but delivers the batches', async () => {
  const store = new MemoryStore({ notes: 'hello', a: { records: [100] } });
  expect(await run({ store })).toMatchObject({
    code: 1,
    stdout: lines(
      'not a failed batch of this consumer  notes: its key is not one that Lambda gives a failed batch',
      `delivered  ${FACTS}  1 record, 100 to 100  RetryAttemptsExhausted 2h ago`,
      '1 of 1 batch delivered, 0 failed, 0 waiting, 1 other object',
    ),
  });
  expect(store.names).toEqual(['notes']);
});

test('--dry-run lists, and neither invokes nor deletes', async () => {
  const store = bucket();
  const invoke = jest.fn();
  expect(await run({ options: { dryRun: true }, store, invoke })).toMatchObject({
    code: 0,
    stdout: lines(
      `listed     ${A}`,
      `listed     ${B}`,
      `listed     ${C}`,
      '3 batches listed, none delivered since this is a dry run',
    ),
  });
  expect(invoke).not.toHaveBeenCalled();
  expect(store.names).toEqual(['c', 'b', 'a']);
});

test('--since leaves out what failed before', async () => {
  const store = bucket();
  const { code, stdout } = await run({
    options: { since: new Date('2026-01-02T09:00:00Z') },
    store,
  });
  expect(code).toBe(0);
  expect(stdout.split('\n').at(-2)).toBe('2 of 2 batches delivered, 0 failed, 0 waiting');
  expect(store.names).toEqual(['a']);
});

test('--json writes one document, and the lines elsewhere', async () => {
  const { code, stdout, stderr } = await run({
    options: { json: true },
    store: bucket(),
    invoke: failing,
  });
  expect(code).toBe(1);
  expect(stderr.split('\n').at(-2)).toBe('1 of 3 batches delivered, 1 failed, 1 waiting');
  const document = JSON.parse(stdout);
  const keys = ['consumer', 'function', 'bucket', 'dryRun', 'batches', 'others'];
  expect(Object.keys(document)).toEqual(keys);
  expect(document.batches.map(({ key, status }: Record<string, string>) => [key, status])).toEqual([
    [keyOf('a', { timestamp: '2026-01-01T10:00:00Z' }), 'delivered'],
    [keyOf('b'), 'failed'],
    [keyOf('c'), 'waiting'],
  ]);
});

test('goes to the bucket and the function of the consumer', async () => {
  const { targets, stdout } = await run({ options: { consumer: 'search', json: true } });
  expect(targets.map(({ consumer, role }) => [consumer.name, role])).toEqual([
    ['search', undefined],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    bucket: 'search-failed-batches-95d24c349c48',
    function: 'arn:aws:lambda:us-east-1:111122223333:function:Search',
  });
});

test('assumes the deploy role of the account, or the role that --role names', async () => {
  const file = path.join(folder, 'roles.yaml');
  const deployRole = { arn: 'arn:aws:iam::111122223333:role/Deploy', externalId: 'streams' };
  writeFileSync(file, JSON.stringify(topology({ 'accounts.analytics.deployRole': deployRole })));
  const roleOf = async (role?: string) => {
    const { targets } = await run({ options: { role }, topologyFile: file });
    return targets[0]?.role;
  };
  expect(await roleOf()).toMatchObject(deployRole);
  const arn = 'arn:aws:iam::111122223333:role/Redrive';
  expect(await roleOf(arn)).toEqual({ arn });
});

test('an object that is denied is reported in one line, whatever AWS says of it', async () => {
  const store = bucket();
  const key = keyOf('denied', { shardId: 'shardId-2' });
  store.list = async function* () {
    yield [key, keyOf('b')].map((listed) => ({ key: listed, size: 1 }));
  };
  const read = store.read.bind(store);
  store.read = async (of) => {
    if (of === key) throw new UserError('denied\u001b[2K\ndelivered  all');
    return read(of);
  };
  expect(await run({ store })).toMatchObject({
    code: 1,
    stdout: lines(
      `not read  ${key}: denied\\u001b[2K\\u000adelivered  all`,
      `delivered  ${B}`,
      '1 of 1 batch delivered, 0 failed, 0 waiting, 1 other object',
    ),
  });
});

describe('refuses', () => {
  test.each<[string, Run, string]>([
    [
      'an unknown consumer',
      { options: { consumer: 'billing' } },
      `--consumer must be a consumer of ${topologyFile} (process-orders, search), got "billing"`,
    ],
    [
      'a topology file that is not there',
      { topologyFile: 'nowhere.yaml' },
      'nowhere.yaml is not a file; name a topology file with --topology or TOPOLOGY',
    ],
    [
      'a role of another account',
      { options: { role: 'arn:aws:iam::444455556666:role/Redrive' } },
      "--role must be a role of the consumer's account 111122223333, got arn:aws:iam::444455556666:role/Redrive",
    ],
  ])('%s', async (_, refused, message) => {
    await expect(run(refused)).rejects.toThrow(new UserError(message));
  });
});

test('an error of the bucket ends the run, and nothing is written', async () => {
  const write = jest.fn();
  const connect = () => {
    throw new UserError('the bucket does not exist');
  };
  const refused = run({ options: { json: true }, connect, stdout: { write }, stderr: { write } });
  await expect(refused).rejects.toThrow(new UserError('the bucket does not exist'));
  expect(write).not.toHaveBeenCalled();
});
