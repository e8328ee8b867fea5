import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { LAKE_COLUMNS } from '../../../lambda-src/contract';
import { allAtOnce } from '../../../lambda-src/runtime/all-at-once';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { s3Sink, toLakeLine, toLakeObjects } from '../../../lambda-src/sinks/s3';
import { handlerOf } from '../../helpers/invoke';
import { batch, described, record, sequenceNumber, undecodable } from '../../helpers/records';

const objects = (records: DynamoDBRecord[]) =>
  toLakeObjects(records.map((one) => toChangeEvent(one)));

/** The first 16 hexadecimal digits of the hash of what events are called. */
const hashOf = (...numbers: number[]) =>
  createHash('sha256')
    .update(numbers.map((number) => `event-${number}\n`).join(''))
    .digest('hex')
    .slice(0, 16);

/** The record of this number, changed at this time. */
const at = (number: number, time: string) =>
  described(number, { ApproximateCreationDateTime: Date.parse(time) / 1000 });

const MIDNIGHT = [
  at(1, '2026-01-02T23:59:58Z'),
  at(2, '2026-01-02T23:59:59Z'),
  at(3, '2026-01-03T00:00:00Z'),
];

const LINE = {
  event_id: 'event-1',
  event_name: 'INSERT',
  region: 'us-east-1',
  sequence_number: sequenceNumber(1),
  time: '2026-01-02T03:04:05.000Z',
  expired: false,
  keys: '{"OrderId":{"S":"order-1"}}',
  new_image: '{"OrderId":{"S":"order-1"},"Total":{"N":"19.99"}}',
  account: '444455556666',
  table: 'Orders',
};

describe('a line', () => {
  const OldImage = { OrderId: { S: 'order-1' } };
  const old_image = '{"OrderId":{"S":"order-1"}}';
  const identity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

  test.each<[string, DynamoDBRecord, object]>([
    ['of an insertion', record(1), LINE],
    [
      'of a modification has both images',
      { ...described(1, { OldImage }), eventName: 'MODIFY' },
      { ...LINE, event_name: 'MODIFY', old_image },
    ],
    [
      'of an expired item has the old image',
      {
        ...described(1, { OldImage, NewImage: undefined }),
        eventName: 'REMOVE',
        userIdentity: identity,
      },
      { ...LINE, event_name: 'REMOVE', expired: true, old_image, new_image: undefined },
    ],
    [
      'has the key attributes by name',
      described(1, { Keys: { Tenant: { S: 'acme' }, OrderId: { N: '1' } } }),
      { ...LINE, keys: '{"OrderId":{"N":"1"},"Tenant":{"S":"acme"}}' },
    ],
    [
      'of a stream of keys has no image',
      described(1, { NewImage: undefined }),
      { ...LINE, new_image: undefined },
    ],
  ])('%s', (_, received, expected) => {
    const [object] = objects([received]);
    expect(object?.text).toBe(`${JSON.stringify(toLakeLine(toChangeEvent(received)))}\n`);
    expect(JSON.parse(object?.text ?? '')).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test('has the columns of the table, in their order and of their types', () => {
    const line = toLakeLine(toChangeEvent(described(1, { OldImage })));
    expect(Object.entries(line).map(([name, value]) => ({ name, type: typeof value }))).toEqual(
      LAKE_COLUMNS.map(({ name, type }) => ({ name, type })),
    );
  });

  test.each<[string, AttributeValue]>([
    ['S', { S: 'text "with quotes"\n and lines ü 😀 \u2028' }],
    ['N', { N: '-0.12345678901234567890123456789012345678' }],
    ['NULL', { NULL: true }],
    ['B', { B: 'AP8Q' }],
    ['SS', { SS: ['b', 'a'] }],
    ['NS', { NS: ['1', '12345678901234567890123456789012345678'] }],
    ['BS', { BS: ['AA==', 'AQI='] }],
    ['L', { L: [{ S: 'a' }, { L: [{ NULL: true }] }, { M: {} }] }],
    ['M', { M: { Upper: { S: 'a' }, lower: { M: { deep: { NS: ['1'] } } }, '': { L: [] } } }],
  ])('keeps a value of the type %s as DynamoDB has it', (_, value) => {
    const image = { OrderId: { S: 'order-1' }, Value: value };
    const [object] = objects([described(1, { OldImage: image, NewImage: image })]);
    const { old_image, new_image } = JSON.parse(object?.text ?? '');
    expect([JSON.parse(old_image), JSON.parse(new_image)]).toEqual([image, image]);
    expect(object?.text.match(/\n/g)).toHaveLength(1);
  });
});

describe('a batch', () => {
  const folder = 'date=2026-01-02/account=444455556666/table=Orders';

  test('is one object, with a line per change', () => {
    expect(objects(batch(3))).toEqual([
      {
        key: `${folder}/${sequenceNumber(1)}-${hashOf(1, 2, 3)}.json.gz`,
        text: batch(3)
          .map((one) => `${JSON.stringify(toLakeLine(toChangeEvent(one)))}\n`)
          .join(''),
      },
    ]);
  });

  test('that begins with the same change as another has another key', () => {
    const keys = [batch(1), batch(2), batch(3)].map((records) => objects(records)[0]?.key);
    expect(new Set(keys).size).toBe(3);
  });

  test.each([
    ['without a time', undefined],
    ['of before the lake', 0],
  ])('of a change %s is in the first partition', (_, ApproximateCreationDateTime) => {
    const [object] = objects([described(1, { ApproximateCreationDateTime })]);
    expect(object?.key).toMatch(/^date=2026-01-01\/account=444455556666\/table=Orders\//);
  });

  test('that spans midnight is an object per day', () => {
    expect(objects(MIDNIGHT).map(({ key }) => key)).toEqual([
      `${folder}/${sequenceNumber(1)}-${hashOf(1, 2)}.json.gz`,
      `${folder.replace('01-02', '01-03')}/${sequenceNumber(3)}-${hashOf(3)}.json.gz`,
    ]);
  });

  test('keeps the order of the stream in each object', () => {
    const records = [
      at(1, '2026-01-03T00:00:00Z'),
      at(2, '2026-01-02T23:59:59Z'),
      at(3, '2026-01-03T00:00:01Z'),
    ];
    const ids = objects(records).map(({ text }) => text.match(/event-\d/g));
    expect(ids).toEqual([['event-1', 'event-3'], ['event-2']]);
  });

  test('of several tables and accounts is an object of each', () => {
    const of = (number: number, table: string) =>
      record(number, { eventSourceARN: `arn:aws:dynamodb:us-east-1:${table}/stream/2026` });
    const records = [
      of(1, '444455556666:table/Orders'),
      of(2, '444455556666:table/Invoices'),
      of(3, '777788889999:table/Orders'),
    ];
    expect(objects(records).map(({ key }) => key.replace(/\/[^/]*$/, ''))).toEqual([
      'date=2026-01-02/account=444455556666/table=Orders',
      'date=2026-01-02/account=444455556666/table=Invoices',
      'date=2026-01-02/account=777788889999/table=Orders',
    ]);
  });
});

/** A client that keeps what is put, and fails this often first. */
function fakeClient(failures = 0) {
  const put: PutObjectCommandInput[] = [];
  let left = failures;
  const send = async (command: unknown) => {
    if (!(command instanceof PutObjectCommand)) throw new Error('not a PutObject');
    if (left > 0) {
      left -= 1;
      throw new Error('SlowDown');
    }
    put.push(command.input);
  };
  return { put, client: { send } as Pick<S3Client, 'send'> };
}

function sinkWith(failures = 0, props: { prefix?: string; bucketOwner?: string } = {}) {
  const { put, client } = fakeClient(failures);
  const { invoke } = handlerOf(
    allAtOnce(s3Sink({ client, bucket: 'changes', ...props }), { repeatWhole: true }),
  );
  return { put, invoke };
}

const textOf = ({ Body }: PutObjectCommandInput) => gunzipSync(Body as Buffer).toString();

test('a batch is written as the objects of the lake', async () => {
  const { put, invoke } = sinkWith();
  expect((await invoke(MIDNIGHT)).response).toEqual({ batchItemFailures: [] });
  const written = put.map((object) => ({ key: object.Key, text: textOf(object) }));
  expect(written).toEqual(objects(MIDNIGHT));
});

test('an object has its type, and no encoding', async () => {
  const { put, invoke } = sinkWith(0, { prefix: 'changes/', bucketOwner: '111122223333' });
  await invoke(batch(1));
  expect(put).toEqual([
    {
      Bucket: 'changes',
      ExpectedBucketOwner: '111122223333',
      Key: expect.stringMatching(
        /^changes\/date=2026-01-02\/account=444455556666\/table=Orders\/\d+-[0-9a-f]{16}\.json\.gz$/,
      ),
      Body: expect.any(Buffer),
      ContentType: 'application/x-ndjson',
    },
  ]);
});

test('a repeated batch writes the same bytes to the same keys', async () => {
  const { put, invoke } = sinkWith();
  await invoke(MIDNIGHT);
  jest.useFakeTimers({ now: Date.now() + 3_600_000, doNotFake: ['nextTick', 'setImmediate'] });
  await invoke(structuredClone(MIDNIGHT));
  jest.useRealTimers();
  const written = put.map(({ Key, Body }) => [Key, Buffer.from(Body as Buffer).toString('hex')]);
  expect(written).toHaveLength(4);
  expect(written.slice(2)).toEqual(written.slice(0, 2));
});

describe('if S3 refuses', () => {
  test('an object, the batch fails, and is repeated unchanged', async () => {
    const { put, invoke } = sinkWith(1);
    const { response, lines } = await invoke(batch(3));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }] });
    expect(lines.map(({ level, error }) => [level, error])).toEqual([
      ['ERROR', { name: 'Error', message: 'SlowDown', stack: expect.any(String) }],
    ]);
    expect(put).toEqual([]);
    expect((await invoke(batch(3))).response).toEqual({ batchItemFailures: [] });
    expect(put).toHaveLength(1);
  });
});

test('a record that cannot be decoded leaves what is before it in the lake', async () => {
  const { put, invoke } = sinkWith();
  const { response } = await invoke([record(1), record(2), undecodable(3), record(4)]);
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(3) }] });
  expect(put.map(textOf)).toEqual(
    toLakeObjects(batch(2).map((one) => toChangeEvent(one))).map(({ text }) => text),
  );
});
