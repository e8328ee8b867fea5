import {
  NotAFailedBatchError,
  parseFailedBatch,
  parseKey,
  shardFolder,
} from '../../../operate/redrive/failed-batch';
import {
  batchAt,
  event,
  FUNCTION,
  invocationRecord,
  keyOf,
  ORIGIN,
  SHARD,
  STREAM,
} from '../../helpers/failed-batches';
import { type Overrides, set } from '../../helpers/overrides';

const KEY = keyOf('batch');
const BATCH = batchAt(KEY);

const READ = { batch: BATCH, event: event(100, 200, 300), items: [] };

const read = (content: string) => parseFailedBatch(KEY, content, ORIGIN);

/** The content of an object: an invocation record with these values; undefined removes a key. */
function changed(overrides: Overrides = {}): string {
  const record = invocationRecord();
  for (const [place, value] of Object.entries(overrides)) set(record, place, value);
  return JSON.stringify(record);
}

const PAYLOAD = invocationRecord().payload;

describe('a failed batch', () => {
  test('is read, and its event is what the object holds', () => {
    expect(read(changed())).toStrictEqual(READ);
  });

  test('whose payload is the event itself is read the same', () => {
    const content = changed({ payload: JSON.parse(PAYLOAD) });
    expect(read(content)).toStrictEqual(READ);
  });

  test('that was too old to be tried has no response, and is read the same', () => {
    const condition = 'RecordAgeExceeded';
    const content = changed({ responseContext: undefined, 'requestContext.condition': condition });
    expect(read(content).batch).toStrictEqual({ ...BATCH, condition });
  });

  test('whose function is named with the version that Lambda invokes is read the same', () => {
    const content = changed({ 'requestContext.functionArn': `${FUNCTION}:$LATEST` });
    expect(read(content).batch).toStrictEqual(BATCH);
  });

  test('goes to the function to the letter, with numbers JavaScript cannot hold', () => {
    const payload = `{ "Records":[ {"eventSourceARN":"${STREAM}","dynamodb":{"n":12345678901234567890.10}} ],"\\u00e9":1 }`;
    expect(read(changed({ payload })).event).toBe(payload);
  });
});

describe('refuses an object', () => {
  test.each<[string, string, string]>([
    ['that was cut off', changed().slice(0, -2), 'is not JSON'],
    ['that is null', 'null', 'must be an object'],
    ['that is a list', '[]', 'must be an object'],
    ['of another shape', '{"detail":{}}', 'requestContext must be an object'],
  ])('%s', (_, content, problem) => {
    expect(() => read(content)).toThrow(new NotAFailedBatchError(problem));
  });

  const OTHER = 'arn:aws:lambda:us-east-1:111122223333:function:Other';
  const TABLE = STREAM.replace(/\/stream.*/, '');
  const streamRule =
    'DDBStreamBatchInfo.streamArn must be the stream of a table that the consumer reads, got ';
  const recordsOf = (...Records: unknown[]) => ({ payload: { Records } });
  test.each<[string, Overrides, string]>([
    [
      'whose condition is not a name',
      { 'requestContext.condition': 'x\n3 of 3 batches delivered, 0 failed, 0 waiting' },
      'requestContext.condition must be a name, got "x\\n3 of 3 batches delivered, 0 failed, 0 waiting"',
    ],
    ['without a time', { timestamp: undefined }, 'timestamp must be a time in ISO 8601'],
    [
      'of a Kinesis stream',
      { DDBStreamBatchInfo: undefined, KinesisBatchInfo: invocationRecord().DDBStreamBatchInfo },
      'DDBStreamBatchInfo must be an object',
    ],
    [
      'with another sequence number',
      { 'DDBStreamBatchInfo.startSequenceNumber': '1e3' },
      'DDBStreamBatchInfo.startSequenceNumber must be 1 to 40 digits, got "1e3"',
    ],
    [
      'of a table, not of its stream',
      { 'DDBStreamBatchInfo.streamArn': TABLE },
      `${streamRule}"${TABLE}"`,
    ],
    [
      'without a payload, as a queue or a topic gets it',
      { payload: undefined },
      'payload must be the event',
    ],
    ['whose payload is not JSON', { payload: '{"Records":[' }, 'payload is not JSON'],
    [
      'whose payload is not an event of a stream',
      { payload: '{}' },
      'payload.Records must be a list',
    ],
    ['whose payload has no records', recordsOf(), 'payload.Records must have at least one record'],
    ['whose payload has a record of null', recordsOf(null), 'payload.Records[0] must be an object'],
    [
      'whose records have no stream',
      recordsOf({ dynamodb: {} }),
      `payload.Records[0].eventSourceARN must be ${STREAM}, as in DDBStreamBatchInfo`,
    ],
    ...[null, 5, []].map((Keys): [string, Overrides, string] => [
      `whose keys are ${JSON.stringify(Keys)}`,
      recordsOf({ eventSourceARN: STREAM, dynamodb: { Keys } }),
      'payload.Records[0].dynamodb.Keys must be an object',
    ]),
    ...[OTHER, `${FUNCTION}:7`].map((arn): [string, Overrides, string] => [
      `of another function or version: ${arn}`,
      { 'requestContext.functionArn': arn },
      `requestContext.functionArn must be ${FUNCTION}, got "${arn}"`,
    ]),
    ...[
      STREAM.replace('444455556666', '999999999999'),
      STREAM.replace('us-east-1', 'eu-west-1'),
      STREAM.replace('Orders', 'Invoices'),
      STREAM.replace('Orders', 'O\n\u001b[2J'),
      `${STREAM}\n`,
      STREAM.replace('arn:aws:', 'arn:aws-cn:'),
    ].map((streamArn): [string, Overrides, string] => [
      `of the stream ${JSON.stringify(streamArn)}, which the consumer does not read`,
      { 'DDBStreamBatchInfo.streamArn': streamArn },
      `${streamRule}${JSON.stringify(streamArn)}`,
    ]),
    [
      'with a record of another tenant',
      { payload: PAYLOAD.replace(/444455556666(?!.*444455556666)/, '777788889999') },
      `payload.Records[2].eventSourceARN must be ${STREAM}, as in DDBStreamBatchInfo, got "${STREAM.replace('444455556666', '777788889999')}"`,
    ],
    [
      'of another shard than its key says',
      { 'DDBStreamBatchInfo.shardId': 'shardId-2\u001b[2K\ndelivered' },
      `DDBStreamBatchInfo.shardId must be ${SHARD}, as in the key, got "shardId-2\\u001b[2K\\ndelivered"`,
    ],
    [
      'of another day than its key says',
      { timestamp: '2026-01-03T10:00:00.001Z' },
      'timestamp must be within a day of 2026-01-02T10:00:00.000Z, as in the key, got "2026-01-03T10:00:00.001Z"',
    ],
  ])('%s', (_, overrides, problem) => {
    expect(() => read(changed(overrides))).toThrow(new NotAFailedBatchError(problem));
  });
});

test('the items of a batch are those of its table, whatever the order of their keys', () => {
  const payload = JSON.stringify({
    Records: [
      { eventSourceARN: STREAM, dynamodb: { Keys: { Tenant: { S: 'acme' }, Id: { N: '1' } } } },
      { eventSourceARN: STREAM, dynamodb: { Keys: { Id: { N: '1' }, Tenant: { S: 'acme' } } } },
      { eventSourceARN: STREAM, dynamodb: {} },
    ],
  });
  const item =
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/[["Id",{"N":"1"}],["Tenant",{"S":"acme"}]]';
  expect(read(changed({ payload })).items).toEqual([item, item]);
});

const MAPPING = '14b5e4a2-8c57-4a3f-9d6e-1f0c3b7a9e21';
const ID = '8d5a1f6c-0b1e-4f0d-8f43-2b8f0c8f9a10';
const OBJECT = `aws/lambda/${MAPPING}/shardId-00000001573689847184-864758bb/2026/01/02/2026-01-02T10.00.05-${ID}`;

test('the key of a failed batch says of which shard it is and when it was written', () => {
  expect(parseKey(OBJECT)).toEqual({
    shardId: 'shardId-00000001573689847184-864758bb',
    writtenAt: new Date('2026-01-02T10:00:05Z'),
  });
});

test.each([
  ['that is empty', ''],
  ['of another prefix', OBJECT.replace('aws/lambda', 'aws/sqs')],
  ['below a prefix', `copies/${OBJECT}`],
  ['without a mapping', OBJECT.replace(MAPPING, 'mapping')],
  ['without a shard', OBJECT.replace(/shardId[^/]*/, '')],
  ['with a shard of two parts', OBJECT.replace('shardId-', 'shardId/')],
  ['with a line break in its shard', OBJECT.replace('shardId-', 'shardId\n')],
  ['with a line break at its end', `${OBJECT}\n`],
  ['with two days', OBJECT.replace('/02/', '/03/')],
  ['with a month of 13', OBJECT.replaceAll('01-02', '13-02').replace('01/02', '13/02')],
  ['with an hour of 25', OBJECT.replace('T10', 'T25')],
  ['with something after it', `${OBJECT}.json`],
])('refuses a key %s', (_, key) => {
  expect(() => parseKey(key)).toThrow(
    new NotAFailedBatchError('its key is not one that Lambda gives a failed batch'),
  );
});

test.each([
  [OBJECT, [`aws/lambda/${MAPPING}/shardId-00000001573689847184-864758bb/`]],
  ['aws/lambda/a/b/c', ['aws/lambda/a/b/']],
  ['aws/lambda/a/b', []],
  ['notes.txt', []],
])('the folder of the shard of %s', (key, folder) => {
  expect(shardFolder(key)).toEqual(folder);
});
