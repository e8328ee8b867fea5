import {
  itemsOf,
  NotAFailedBatchError,
  parseFailedBatch,
  tableOf,
} from '../../../operate/redrive/failed-batch';
import {
  event,
  invocationRecord,
  keyOf,
  ORIGIN,
  SHARD,
  STREAM,
} from '../../helpers/failed-batches';

const KEY = keyOf('batch');
const BATCH = {
  key: KEY,
  streamArn: STREAM,
  shardId: SHARD,
  startSequenceNumber: '100',
  endSequenceNumber: '300',
  records: 3,
  condition: 'RetryAttemptsExhausted',
  failedAt: '2026-01-02T10:00:00.000Z',
};

const read = (content: string) => parseFailedBatch(KEY, content, ORIGIN);

/** What `change` makes of an invocation record, as the content of an object. */
function changed(change: (record: ReturnType<typeof invocationRecord>) => unknown): string {
  const record = invocationRecord();
  return JSON.stringify(change(record) ?? record);
}

describe('a failed batch', () => {
  test('is read, and its event is what the object holds', () => {
    expect(read(changed(() => undefined))).toStrictEqual({
      batch: BATCH,
      event: event(100, 200, 300),
    });
  });

  test('whose payload is the event itself is read the same', () => {
    const content = changed((record) => ({ ...record, payload: JSON.parse(record.payload) }));
    expect(read(content)).toStrictEqual({
      batch: BATCH,
      event: event(100, 200, 300),
    });
  });

  test('that was too old to be tried has no response, and is read the same', () => {
    const content = changed(({ responseContext, ...record }) => ({
      ...record,
      requestContext: { ...record.requestContext, condition: 'RecordAgeExceeded' },
    }));
    expect(read(content).batch).toStrictEqual({
      ...BATCH,
      condition: 'RecordAgeExceeded',
    });
  });

  test('goes to the function to the letter, with numbers JavaScript cannot hold', () => {
    const payload =
      '{ "Records":[ {"eventSourceARN":"' +
      STREAM +
      '","dynamodb":{"n":12345678901234567890.10}} ],"\\u00e9":1 }';
    expect(read(changed((record) => ({ ...record, payload }))).event).toBe(payload);
  });
});

describe('refuses an object', () => {
  test.each<[string, string, string]>([
    ['that is empty', '', 'is not JSON'],
    ['that is no JSON', 'hello', 'is not JSON'],
    ['that was cut off', changed(() => undefined).slice(0, -2), 'is not JSON'],
    ['that is null', 'null', 'must be an object'],
    ['that is a list', '[]', 'must be an object'],
    ['of another shape', '{"detail":{}}', 'requestContext must be an object'],
    [
      'without a condition',
      changed((record) => {
        record.requestContext.condition = '';
      }),
      'requestContext.condition must be a name',
    ],
    [
      'without a time',
      changed(({ timestamp, ...record }) => record),
      'timestamp must be a time in ISO 8601',
    ],
    [
      'of a Kinesis stream',
      changed(({ DDBStreamBatchInfo, ...record }) => ({
        ...record,
        KinesisBatchInfo: DDBStreamBatchInfo,
      })),
      'DDBStreamBatchInfo must be an object',
    ],
    [
      'with another sequence number',
      changed((record) => {
        record.DDBStreamBatchInfo.startSequenceNumber = '1e3';
      }),
      'DDBStreamBatchInfo.startSequenceNumber must be 1 to 40 digits',
    ],
    [
      'of something that is no stream',
      changed((record) => {
        record.DDBStreamBatchInfo.streamArn =
          'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
      }),
      'DDBStreamBatchInfo.streamArn must be the stream of a table that the consumer reads, got "arn:aws:dynamodb:us-east-1:444455556666:table/Orders"',
    ],
    [
      'without a payload, as a queue or a topic gets it',
      changed(({ payload, ...record }) => record),
      'payload must be the event',
    ],
    [
      'whose payload is no JSON',
      changed((record) => ({ ...record, payload: '{"Records":[' })),
      'payload is not JSON',
    ],
    [
      'whose payload is no event of a stream',
      changed((record) => ({ ...record, payload: '{}' })),
      'payload.Records must be a list',
    ],
    [
      'whose payload has no records',
      changed((record) => ({ ...record, payload: { Records: [] } })),
      'payload.Records must have at least one record',
    ],
    [
      'whose payload has a record that is none',
      changed((record) => ({ ...record, payload: { Records: [null] } })),
      'payload.Records[0] must be an object',
    ],
    [
      'whose records have no stream',
      changed((record) => ({ ...record, payload: { Records: [{ dynamodb: {} }] } })),
      'payload.Records[0].eventSourceARN must be the ARN of a stream',
    ],
    ...[null, 5, []].map((Keys): [string, string, string] => [
      `whose keys are ${JSON.stringify(Keys)}`,
      changed((record) => ({
        ...record,
        payload: { Records: [{ eventSourceARN: STREAM, dynamodb: { Keys } }] },
      })),
      'payload.Records[0].dynamodb.Keys must be an object',
    ]),
    [
      'of another function',
      changed((record) => {
        record.requestContext.functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:Other';
      }),
      'requestContext.functionArn must be arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders, got "arn:aws:lambda:us-east-1:111122223333:function:Other"',
    ],
    [
      'of a version of the function, which no subscription has',
      changed((record) => {
        record.requestContext.functionArn += ':7';
      }),
      'requestContext.functionArn must be arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders, got "arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders:7"',
    ],
    ...[
      STREAM.replace('444455556666', '999999999999'),
      STREAM.replace('us-east-1', 'eu-west-1'),
      STREAM.replace('Orders', 'Invoices'),
      STREAM.replace('Orders', 'O\n\u001b[2J'),
      `${STREAM}\n`,
      STREAM.replace('arn:aws:', 'arn:aws-cn:'),
    ].map((streamArn): [string, string, string] => [
      `of the stream ${JSON.stringify(streamArn)}, which the consumer does not read`,
      changed((record) => {
        record.DDBStreamBatchInfo.streamArn = streamArn;
      }),
      `DDBStreamBatchInfo.streamArn must be the stream of a table that the consumer reads, got ${JSON.stringify(streamArn)}`,
    ]),
    [
      'with a record of another tenant',
      changed((record) => ({
        ...record,
        payload: record.payload.replace(/444455556666(?!.*444455556666)/, '777788889999'),
      })),
      `payload.Records[2].eventSourceARN must be ${STREAM}, as in DDBStreamBatchInfo, got "${STREAM.replace('444455556666', '777788889999')}"`,
    ],
    [
      'of another shard than its key says',
      changed((record) => {
        record.DDBStreamBatchInfo.shardId = 'shardId-2\u001b[2K\ndelivered';
      }),
      `DDBStreamBatchInfo.shardId must be ${SHARD}, as in the key, got "shardId-2\\u001b[2K\\ndelivered"`,
    ],
    [
      'of another day than its key says',
      changed((record) => {
        record.timestamp = '2026-01-03T10:00:00.001Z';
      }),
      'timestamp must be within a day of 2026-01-02T10:00:00.000Z, as in the key, got "2026-01-03T10:00:00.001Z"',
    ],
    [
      'whose condition is no name',
      changed((record) => {
        record.requestContext.condition = 'x\n3 of 3 batches delivered, 0 failed, 0 waiting';
      }),
      'requestContext.condition must be a name',
    ],
  ])('%s', (_, content, problem) => {
    expect(() => read(content)).toThrow(new NotAFailedBatchError(problem));
  });
});

test('the version that Lambda invokes may be in the name of the function', () => {
  const content = changed((record) => {
    record.requestContext.functionArn += ':$LATEST';
  });
  expect(read(content).batch).toStrictEqual(BATCH);
});

test('a stream tells its account, Region and table', () => {
  expect(tableOf(STREAM)).toStrictEqual({
    account: '444455556666',
    region: 'us-east-1',
    table: 'Orders',
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
  expect(itemsOf(read(changed((record) => ({ ...record, payload }))))).toEqual([item, item]);
});
