import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { command } from '../../commands/redrive';
import { connect } from '../../operate/redrive/aws';
import type { Invoke } from '../../operate/redrive/redrive';
import { scripts } from '../../package.json';
import { UserError } from '../../topology/problem';
import { environment } from '../helpers/environment';
import { invocationRecord, keyOf, MemoryStore, SHARD } from '../helpers/failed-batches';
import { runCommand } from '../helpers/run-command';
import { consumer, topology } from '../helpers/topology';

jest.mock('../../operate/redrive/aws');
const connected = jest.mocked(connect);

const folder = mkdtempSync(path.join(tmpdir(), 'redrive-test-'));
const topologyFile = path.join(folder, 'orders.yaml');
const CONSUMER = ['--consumer', 'process-orders'];
const ROLE = 'arn:aws:iam::111122223333:role/ops/Redrive';
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

afterEach(() => process.removeAllListeners('SIGINT'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly args?: readonly string[];
  readonly store?: MemoryStore;
  readonly invoke?: Invoke;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: string;
}

async function run({ args = [], now = '2026-01-02T12:00:00Z', ...world }: Run = {}) {
  const { store = new MemoryStore(), invoke = processed, env } = world;
  connected.mockReset().mockReturnValue({ store, invoke });
  return runCommand(command, {
    args: [...CONSUMER, ...args],
    env: { TOPOLOGY: topologyFile, ...env },
    now: new Date(now),
  });
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
  expect(await run({ args: ['--dry-run'], store, invoke })).toMatchObject({
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
  const { code, stdout } = await run({ args: ['--since=2026-01-02T09:00:00Z'], store });
  expect(code).toBe(0);
  expect(stdout.split('\n').at(-2)).toBe('2 of 2 batches delivered, 0 failed, 0 waiting');
  expect(store.names).toEqual(['a']);
});

test('--json writes one document, and the lines elsewhere', async () => {
  const { code, stdout, stderr } = await run({
    args: ['--json'],
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
  const { stdout } = await run({ args: ['--consumer=search', '--json'] });
  expect(connected.mock.calls).toEqual([
    [{ consumer: expect.objectContaining({ name: 'search' }), role: undefined }],
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
  const roleOf = async (...args: string[]) => {
    await run({ args, env: { TOPOLOGY: file } });
    return connected.mock.calls[0]?.[0].role;
  };
  expect(await roleOf()).toMatchObject(deployRole);
  expect(await roleOf('--role', ROLE)).toEqual({ arn: ROLE });
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

test('an error of the bucket ends the run, and nothing else is written', async () => {
  const store = new MemoryStore();
  store.list = () => {
    throw new UserError('the bucket does not exist');
  };
  expect(await run({ args: ['--json'], store })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'the bucket does not exist\n',
  });
});

describe('--dry-run before the --, which npm takes for its own option,', () => {
  const env = { npm_config_dry_run: 'true' };
  const DRY = '0 batches listed, none delivered since this is a dry run\n';

  test('is refused, since npm keeps it', async () => {
    expect((await run({ env })).stderr).toBe(
      'npm has taken --dry-run for its own option; write it after --: npm run redrive -- --dry-run\n',
    );
  });

  test('does not matter where it is given as well', async () => {
    expect(await run({ args: ['--dry-run'], env })).toMatchObject({ code: 0, stdout: DRY });
  });

  test.each(['', 'false'])('is not meant by npm_config_dry_run=%s', async (npm_config_dry_run) => {
    const { code, stdout } = await run({ env: { npm_config_dry_run } });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '0 of 0 batches delivered, 0 failed, 0 waiting\n',
    });
  });
});

const OPTIONS_NOW = '2026-01-08T12:00:00Z';

describe('--since takes', () => {
  test.each([
    ['seconds', '45s', '2026-01-08T11:59:15.000Z'],
    ['minutes', '30m', '2026-01-08T11:30:00.000Z'],
    ['hours', '36h', '2026-01-07T00:00:00.000Z'],
    ['days', '7d', '2026-01-01T12:00:00.000Z'],
    ['a date, from midnight UTC', '2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['a time in UTC', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['a time in another zone', '2026-01-02T03:04:05.678+02:00', '2026-01-02T01:04:05.678Z'],
  ])('%s', async (_, since, timestamp) => {
    const earlier = new Date(Date.parse(timestamp) - 1).toISOString();
    const store = new MemoryStore({
      from: { records: [2], timestamp },
      before: { records: [1], timestamp: earlier },
    });
    expect((await run({ args: ['--since', since], store, now: OPTIONS_NOW })).code).toBe(0);
    expect(store.names).toEqual(['before']);
  });
});

describe('refuses', () => {
  const MISSING = `--consumer must be a consumer of ${topologyFile} (process-orders, search), got ""`;
  const RULE =
    '--since must be a duration such as 30m, 2h or 7d, a date such as 2026-01-02 (from 00:00 UTC) or a time with its zone such as 2026-01-02T03:04:05Z, got ';

  test.each<[string, string[], string]>([
    ['an empty consumer', ['--consumer='], MISSING],
    [
      'an unknown consumer',
      ['--consumer=billing'],
      `--consumer must be a consumer of ${topologyFile} (process-orders, search), got "billing"`,
    ],
    [
      'a topology file that is not there',
      ['--topology=nowhere.yaml'],
      'nowhere.yaml is not a file; name a topology file with --topology or TOPOLOGY',
    ],
    ...[
      ['a word', 'yesterday'],
      ['nothing', ''],
      ['a duration of nothing', '0h'],
      ['a duration without a unit', '2'],
      ['a duration of weeks', '2w'],
      ['a duration before all time', '100000d'],
      ['a date that does not exist', '2026-02-30'],
      ['a time without its zone', '2026-01-02T03:04:05'],
    ].map(([name, since]): [string, string[], string] => [
      `${name} as --since`,
      [`--since=${since}`],
      `${RULE}"${since}"`,
    ]),
    [
      'a time in the future',
      ['--since', '2026-01-08T12:00:01Z'],
      '--since must be in the past, got 2026-01-08T12:00:01Z',
    ],
    ...[
      '',
      'Redrive',
      'arn:aws:iam::444455556666:role/Redrive',
      'arn:aws:iam::111122223333:user/Redrive',
      'arn:aws:sts::111122223333:assumed-role/Redrive/me',
      `${ROLE}\n`,
    ].map((role): [string, string[], string] => [
      `the role ${JSON.stringify(role)}`,
      [`--role=${role}`],
      `--role must be the ARN of a role of the consumer's account, such as arn:aws:iam::111122223333:role/Redrive, got ${JSON.stringify(role)}`,
    ]),
  ])('%s', async (_, args, message) => {
    expect(await run({ args, now: OPTIONS_NOW })).toEqual({
      code: 1,
      stdout: '',
      stderr: `${message}\n`,
    });
    expect(connected).not.toHaveBeenCalled();
  });

  test('no consumer', async () => {
    expect((await runCommand(command, { env: { TOPOLOGY: topologyFile } })).stderr).toBe(
      `${MISSING}\n`,
    );
  });
});

describe('npm run redrive', () => {
  const BUCKET = '/process-orders-failed-batches-025f751830a2';
  const FIRST = keyOf('a');
  const SECOND = keyOf('b');
  let objects: Record<string, string> = {};
  /** What happens while the function runs. */
  let whileInvoked: () => Promise<void> = async () => {};

  /** As much of S3 and Lambda as the command uses, on this machine. */
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
    const key = pathname.slice(BUCKET.length + 1);
    if (request.method === 'POST') {
      await text(request);
      await whileInvoked();
      response.end('{"batchItemFailures":[]}');
    } else if (request.method === 'DELETE') {
      delete objects[key];
      response.writeHead(204).end();
    } else if (key === '') {
      const contents = Object.keys(objects).map(
        (name) => `<Contents><Key>${name}</Key></Contents>`,
      );
      response.end(`<ListBucketResult>${contents.join('')}</ListBucketResult>`);
    } else {
      response.end(objects[key]);
    }
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(() => {
    objects = {
      [FIRST]: JSON.stringify(invocationRecord({ records: [100] })),
      [SECOND]: JSON.stringify(invocationRecord({ records: [200] })),
    };
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Starts what `npm run redrive` runs; `exec` lets the shell give way to it. */
  function start(...args: string[]): ChildProcess {
    return spawn('sh', ['-c', `exec ${scripts.redrive} "$@"`, 'redrive', ...args], {
      env: environment({
        TOPOLOGY: topologyFile,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      }),
    });
  }

  async function outcome(child: ChildProcess) {
    const closed = new Promise((resolve) =>
      child.on('close', (code, signal) => resolve(code ?? signal)),
    );
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error('no output');
    const [out, err, end] = await Promise.all([text(stdout), text(stderr), closed]);
    return { out: out.split('\n').map((line) => line.replace(/ {2}.* ago/, '')), err, end };
  }

  test('delivers all there is', async () => {
    whileInvoked = async () => {};
    expect(await outcome(start('--consumer', 'process-orders'))).toEqual({
      out: ['delivered', 'delivered', '2 of 2 batches delivered, 0 failed, 0 waiting', ''],
      err: '',
      end: 0,
    });
    expect(Object.keys(objects)).toEqual([]);
  }, 30_000);

  test('interrupted once, which npm passes on, finishes the batch it is at', async () => {
    const child = start('--consumer', 'process-orders');
    whileInvoked = async () => {
      const stopping = new Promise((resolve) => child.stderr?.once('data', resolve));
      child.kill('SIGINT');
      await stopping;
      child.kill('SIGINT'); // as from npm
      await setTimeout(100);
    };
    expect(await outcome(child)).toEqual({
      out: [
        'delivered',
        'waiting: the run was stopped',
        '1 of 2 batches delivered, 0 failed, 1 waiting',
        '',
      ],
      err: 'Stopping after the batch that is being delivered; interrupt again to end now\n',
      end: 1,
    });
    expect(Object.keys(objects)).toEqual([SECOND]);
  }, 30_000);

  test('interrupted again after more than a second, ends and keeps the batch it was at', async () => {
    const child = start('--consumer', 'process-orders');
    whileInvoked = async () => {
      const stopping = new Promise((resolve) => child.stderr?.once('data', resolve));
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGINT');
      await stopping;
      await setTimeout(1_500);
      child.kill('SIGINT');
      await ended;
    };
    expect(await outcome(child)).toEqual({
      out: [''],
      err: 'Stopping after the batch that is being delivered; interrupt again to end now\n',
      end: 130,
    });
    expect(Object.keys(objects)).toEqual([FIRST, SECOND]);
  }, 30_000);
});
