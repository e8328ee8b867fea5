import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Action, openPlay, type Play, type PlayOptions } from '../../local/play';
import type { Step } from '../../local/step';
import { statement, writeSynthesis } from '../helpers/review';
import { resolved } from '../helpers/synth-app';
import { consumer, existingStream, type Overrides, producer, topology } from '../helpers/topology';

let folder: string;
let steps: Step[];
let plays: Play[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'play-'));
  steps = [];
  plays = [];
});

afterEach(async () => {
  await Promise.all(plays.map((play) => play.close()));
  rmSync(folder, { recursive: true });
});

async function open(overrides: Overrides = {}, options: Partial<PlayOptions> = {}): Promise<Play> {
  const print = (step: Step) => steps.push(step);
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  const all = { folder, tables: 'empty', print, now, ...options } as const;
  const play = await openPlay(resolved(topology(overrides)), all);
  plays.push(play);
  return play;
}

const item = (id: string, more: object = {}) => ({ OrderId: id, ...more });
const put = (id: string, more?: object): Action => ({
  producer: 'orders',
  kind: 'put',
  item: item(id, more),
});

/** What happened since the last call, without the function's own log. */
function lines(): string[] {
  const shown = steps.splice(0).filter(({ what }) => what !== 'log');
  return shown.map(({ account, stack, part, what, text, outcome }) =>
    [account, stack, part, what, text, outcome === 'ok' ? '' : `(${outcome})`]
      .filter(Boolean)
      .join(' ')
      .replace(/-process-orders (?=function|mapping|stream|failed)/, '-p ')
      .replaceAll(new RegExp(UUID, 'g'), '<uuid>')
      .replace(/-[0-9a-f]{16}\.json/, '-<hash>.json'),
  );
}

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FAILED = 'process-orders-failed-batches-025f751830a2';

const BY =
  'role: streams/ReadStreams; stream policy: AllowCrossAccountStreamAccess; trust policy: AllowLambda; role: function/ListStreams';
const ALLOWED = `analytics subscription-orders-p mapping allowed to read, by ${BY}`;

test('changes arrive, one that fails is isolated, kept as Lambda writes it, and redriven', async () => {
  const play = await open({ 'consumers.process-orders.sink': { type: 's3' } });
  await play.apply(put('1', { Total: 5 }));
  await play.apply({ producer: 'orders', kind: 'update', item: item('1', { Total: 6 }) }, 'poison');
  await play.apply({ producer: 'orders', kind: 'delete', item: item('1') });
  await play.apply({ producer: 'orders', kind: 'delete', item: item('1') });
  await play.deliver();
  const wrote = (number: number) =>
    `analytics consumer-p function ProcessOrders wrote process-orders-changes-025f751830a2/changes/date=2026-01-02/account=444455556666/table=Orders/442158450000000001745043900${number}-<hash>.json.gz`;
  expect(lines()).toEqual([
    'shop producer-orders table Orders put OrderId=1',
    'shop producer-orders stream record INSERT OrderId=1',
    'shop producer-orders table Orders update OrderId=1',
    'shop producer-orders stream record MODIFY OrderId=1',
    'shop producer-orders table Orders delete OrderId=1',
    'shop producer-orders stream record REMOVE OrderId=1',
    'shop producer-orders table Orders delete OrderId=1',
    'shop producer-orders stream record none, since nothing changed (note)',
    ALLOWED,
    'analytics subscription-orders-p mapping delivered 3 records: INSERT OrderId=1, MODIFY OrderId=1, REMOVE OrderId=1',
    'analytics consumer-p function ProcessOrders failed PoisonChange: thrown in place of the handler, as asked for (problem)',
    'analytics subscription-orders-p mapping bisected INSERT OrderId=1 | 2 records: MODIFY OrderId=1, REMOVE OrderId=1',
    'analytics subscription-orders-p mapping delivered INSERT OrderId=1',
    wrote(0),
    'analytics consumer-p function ProcessOrders answered processed INSERT OrderId=1',
    'analytics subscription-orders-p mapping delivered 2 records: MODIFY OrderId=1, REMOVE OrderId=1',
    'analytics consumer-p function ProcessOrders failed PoisonChange: thrown in place of the handler, as asked for (problem)',
    'analytics subscription-orders-p mapping bisected MODIFY OrderId=1 | REMOVE OrderId=1',
    'analytics subscription-orders-p mapping delivered MODIFY OrderId=1',
    'analytics consumer-p function ProcessOrders failed PoisonChange: thrown in place of the handler, as asked for (problem)',
    'analytics subscription-orders-p mapping retried MODIFY OrderId=1: failed 11 times (problem)',
    'analytics subscription-orders-p mapping discarded MODIFY OrderId=1: RetryAttemptsExhausted (problem)',
    `analytics consumer-p failed batches kept ${FAILED}/${KEY}`,
    'analytics subscription-orders-p mapping delivered REMOVE OrderId=1',
    wrote(2),
    'analytics consumer-p function ProcessOrders answered processed REMOVE OrderId=1',
  ]);

  const record = expect.objectContaining({ eventName: 'MODIFY' });
  const [file = ''] = filesOf(FAILED);
  const { payload, ...object } = JSON.parse(readFileSync(path.join(folder, FAILED, file), 'utf8'));
  expect(JSON.parse(payload)).toEqual({ Records: [record] });
  const sequenceNumber = '4421584500000000017450439001';
  expect(object).toEqual({
    requestContext: {
      requestId: expect.stringMatching(UUID),
      functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 11,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-01-02T03:04:05.678Z',
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001767225600000-4f726465',
      startSequenceNumber: sequenceNumber,
      endSequenceNumber: sequenceNumber,
      approximateArrivalOfFirstRecord: '2026-01-02T03:04:05Z',
      approximateArrivalOfLastRecord: '2026-01-02T03:04:05Z',
      batchSize: 1,
      streamArn:
        'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000',
    },
  });

  for (const name of ['missing', '.']) symlinkSync(name, path.join(folder, FAILED, `link${name}`));
  await play.redrive();
  await play.redrive();
  expect(lines()).toEqual([
    wrote(1),
    `analytics consumer-p failed batches redriven 1 record of ${KEY}`,
  ]);
  expect(filesOf(FAILED)).toEqual([]);
});

const KEY =
  'aws/lambda/<uuid>/shardId-00000001767225600000-4f726465/2026/01/02/2026-01-02T03.04.05-<uuid>';

function filesOf(bucket: string): string[] {
  const files = readdirSync(path.join(folder, bucket), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /T\d\d\.\d\d\.\d\d-/.test(file));
}

test('a refused read leaves the records to the next delivery', async () => {
  const play = await open();
  await play.apply(put('1'), 'denied');
  await play.deliver();
  await play.apply(put('2'));
  expect(lines()).toEqual([
    'shop producer-orders table Orders put OrderId=1',
    'shop producer-orders stream record INSERT OrderId=1',
    expect.stringMatching(
      /^analytics subscription-orders-p mapping refused missing in the policy of stream Orders \(stack producer-orders\): Allow dynamodb:DescribeStream, .* \(problem\)$/,
    ),
    'shop producer-orders table Orders put OrderId=2',
    'shop producer-orders stream record INSERT OrderId=2',
  ]);
  await play.deliver();
  expect(lines()).toEqual([
    ALLOWED,
    'analytics subscription-orders-p mapping delivered 2 records: INSERT OrderId=1, INSERT OrderId=2',
    'analytics consumer-p function ProcessOrders answered processed 2 records: INSERT OrderId=1, INSERT OrderId=2',
  ]);
});

const PYTHON = {
  runtime: 'python3.13',
  code: { directory: 'lambda-src/python', handler: 'index.handler' },
};

test('several consumers of a stream, and several producers of a consumer', async () => {
  const play = await open({
    'consumers.others': {
      account: 'analytics',
      existingFunction: { name: 'Others', roleArn: 'arn:aws:iam::111122223333:role/Others' },
    },
    'consumers.audit': consumer('Audit'),
    'consumers.python': { ...consumer('Python'), function: { name: 'Python', ...PYTHON } },
    'producers.refunds': producer('Refunds'),
    'producers.partner': existingStream()['producers.orders'],
    subscriptions: [
      { producer: 'orders', consumer: 'process-orders', filters: [{ eventName: ['INSERT'] }] },
      { producer: 'orders', consumer: 'audit', enabled: false },
      { producer: 'refunds', consumer: 'others' },
      { producer: 'partner', consumer: 'process-orders' },
      { producer: 'refunds', consumer: 'python' },
    ],
  });
  await play.apply(put('1', { Total: 5 }));
  await play.apply(put('1', { Total: 6 }));
  await play.apply({ ...put('1'), producer: 'refunds' });
  await play.apply({ ...put('1'), producer: 'partner' });
  await play.deliver();
  expect(lines()).toEqual([
    'analytics consumer-others function Others skipped not played, nor are its mappings and filters: its code is that of others (note)',
    'analytics consumer-python function Python skipped not played, nor are its mappings and filters: its runtime python3.13 is not Node.js (note)',
    'shop producer-orders table Orders put OrderId=1',
    'shop producer-orders stream record INSERT OrderId=1',
    'shop producer-orders table Orders put OrderId=1',
    'shop producer-orders stream record MODIFY OrderId=1',
    'shop producer-refunds table Refunds put OrderId=1',
    'shop producer-refunds stream record INSERT OrderId=1',
    '777788889999 table Orders assumed the topology does not have its key: taken is OrderId (S), the first attribute (note)',
    '777788889999 table Orders put OrderId=1',
    '777788889999 stream record INSERT OrderId=1',
    ALLOWED,
    'analytics subscription-orders-p mapping filtered MODIFY OrderId=1: no filter matches (note)',
    'analytics subscription-orders-p mapping delivered INSERT OrderId=1',
    'analytics consumer-p function ProcessOrders answered processed INSERT OrderId=1',
    'analytics subscription-orders-audit mapping skipped enabled is false: 2 records wait (note)',
    'analytics subscription-partner-p mapping allowed to read, by trust policy: AllowLambda; role: function/ListStreams; role: streams/ReadStreams; stream policy: that of others, taken to allow it',
    'analytics subscription-partner-p mapping delivered INSERT OrderId=1',
    'analytics consumer-p function ProcessOrders answered processed INSERT OrderId=1',
  ]);
});

test('tables are kept, with what subscriptions have not read yet', async () => {
  const kept = { tables: 'kept' } as const;
  const paused = { 'subscriptions.0.enabled': false };
  const play = await open(paused, kept);
  await play.apply(put('1'));
  await play.deliver();
  await play.close();
  lines();
  const again = await open({}, kept);
  await again.apply(put('1', { Total: 1 }));
  await again.deliver();
  expect(lines()).toEqual([
    'shop producer-orders table Orders put OrderId=1',
    'shop producer-orders stream record MODIFY OrderId=1',
    ALLOWED,
    'analytics subscription-orders-p mapping delivered 2 records: INSERT OrderId=1, MODIFY OrderId=1',
    'analytics consumer-p function ProcessOrders answered processed 2 records: INSERT OrderId=1, MODIFY OrderId=1',
  ]);
  await again.close();

  const later = await open({}, { ...kept, now: () => new Date('2026-01-03T03:04:06Z') });
  await later.apply(put('1', { Total: 2 }));
  await later.close();
  const { records } = JSON.parse(readFileSync(path.join(folder, 'tables/orders.json'), 'utf8'));
  // DynamoDB keeps records for 24 hours.
  expect(records.map(([number]: [number]) => number)).toEqual([2]);

  const other = await open(
    { 'producers.orders.table.partitionKey': { name: 'Id', type: 'N' } },
    kept,
  );
  lines();
  await other.apply({ producer: 'orders', kind: 'put', item: { Id: 1 } });
  expect(lines()[1]).toBe('shop producer-orders stream record INSERT Id=1');
});

test('of two names of one account that with the role is shown', async () => {
  const deployRole = { arn: 'arn:aws:iam::444455556666:role/Deploy' };
  const again = { id: '444455556666', region: 'us-east-1', deployRole };
  const play = await open({ 'accounts.again': again });
  await play.apply(put('1'));
  expect(lines()[0]).toBe('shop producer-orders table Orders put OrderId=1');
});

test('a file of a table that something else wrote is refused', async () => {
  mkdirSync(path.join(folder, 'tables'));
  const file = path.join(folder, 'tables/orders.json');
  writeFileSync(file, '{"items":[]}');
  await expect(open({}, { tables: 'kept' })).rejects.toThrow(
    `${file} is not a table as npm run local keeps it; delete it`,
  );
});

test('stacks of a folder are played as they are: without statements the sink and the failed batches are refused', async () => {
  const overrides = {
    'consumers.process-orders.sink': { type: 's3' },
    'subscriptions.0.maximumRetryAttempts': 0,
  };
  const from = path.join(folder, 'cdktf.out');
  writeSynthesis(from, resolved(topology(overrides)), {
    'consumer-process-orders': (json) => {
      for (const sid of ['WriteChanges', 'SendFailedBatches']) {
        statement(json, 'execution_role_function_policy', sid).actions = ['s3:GetObject'];
      }
    },
  });
  const play = await open(overrides, { from });
  await play.apply(put('1'));
  await play.deliver();
  const policies =
    'the policies of role ProcessOrdersRole of 111122223333 (stack consumer-process-orders)';
  const lake = 'arn:aws:s3:::process-orders-changes-025f751830a2/changes/*';
  expect(
    steps
      .filter(({ what }) => what === 'log')
      .map(({ text }) => text)
      .join(),
  ).toContain(
    'is not authorized to perform: s3:PutObject on process-orders-changes-025f751830a2/changes/',
  );
  expect(lines().slice(4)).toEqual([
    `analytics consumer-p function ProcessOrders refused missing in ${policies}: Allow s3:PutObject on ${lake} where StringEquals s3:ResourceAccount = 111122223333 (problem)`,
    'analytics consumer-p function ProcessOrders answered processed 0 of 1, and reports INSERT OrderId=1 (problem)',
    'analytics subscription-orders-p mapping discarded INSERT OrderId=1: RetryAttemptsExhausted (problem)',
    `analytics consumer-p failed batches refused missing in ${policies}: Allow s3:PutObject on arn:aws:s3:::${FAILED}/aws/lambda/* where Null lambda:SourceFunctionArn = true and StringEquals s3:ResourceAccount = 111122223333 (problem)`,
  ]);
  expect(existsSync(path.join(folder, FAILED))).toBe(false);
  await expect(open({}, { from: folder })).rejects.toThrow(
    `${folder}/stacks is missing; run npm run synth`,
  );
});

test('an item without its key is refused', async () => {
  const play = await open();
  await expect(play.apply({ ...put('1'), item: { Total: 1 } })).rejects.toThrow(
    'orders: OrderId must be the partition key of type S, and is missing',
  );
  expect(lines()).toEqual([]);
});
