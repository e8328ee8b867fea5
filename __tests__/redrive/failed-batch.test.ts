import {
  itemsOf,
  NotAFailedBatchError,
  parseFailedBatch,
  tableOf,
} from '../../redrive/failed-batch';
import { event, invocationRecord, SHARD, STREAM } from '../helpers/failed-batches';

const BATCH = {
  key: 'key',
  streamArn: STREAM,
  shardId: SHARD,
  startSequenceNumber: '100',
  endSequenceNumber: '300',
  records: 3,
  condition: 'RetryAttemptsExhausted',
  failedAt: '2026-01-02T10:00:00.000Z',
};

/** What `change` makes of an invocation record, as the content of an object. */
function changed(change: (record: ReturnType<typeof invocationRecord>) => unknown): string {
  const record = invocationRecord();
  return JSON.stringify(change(record) ?? record);
}

describe('a failed batch', () => {
  test('is read, and its event is what the object holds', () => {
    expect(
      parseFailedBatch(
        'key',
        changed(() => undefined),
      ),
    ).toStrictEqual({
      batch: BATCH,
      event: event(100, 200, 300),
    });
  });

  test('whose payload is the event itself is read the same', () => {
    const content = changed((record) => ({ ...record, payload: JSON.parse(record.payload) }));
    expect(parseFailedBatch('key', content)).toStrictEqual({
      batch: BATCH,
      event: event(100, 200, 300),
    });
  });

  test('that was too old to be tried has no response, and is read the same', () => {
    const content = changed(({ responseContext, ...record }) => ({
      ...record,
      requestContext: { ...record.requestContext, condition: 'RecordAgeExceeded' },
    }));
    expect(parseFailedBatch('key', content).batch).toStrictEqual({
      ...BATCH,
      condition: 'RecordAgeExceeded',
    });
  });

  test('goes to the function to the letter, with numbers JavaScript cannot hold', () => {
    const payload = '{ "Records":[ {"dynamodb":{"n":12345678901234567890.10}} ],"\\u00e9":1 }';
    expect(
      parseFailedBatch(
        'key',
        changed((record) => ({ ...record, payload })),
      ).event,
    ).toBe(payload);
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
      changed((record) => ({ ...record, requestContext: {} })),
      'requestContext.condition must be a text',
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
      'DDBStreamBatchInfo.startSequenceNumber must be digits',
    ],
    [
      'of something that is no stream',
      changed((record) => {
        record.DDBStreamBatchInfo.streamArn =
          'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
      }),
      'DDBStreamBatchInfo.streamArn must be the ARN of a stream',
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
  ])('%s', (_, content, problem) => {
    expect(() => parseFailedBatch('key', content)).toThrow(new NotAFailedBatchError(problem));
  });
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
      { dynamodb: { Keys: { Tenant: { S: 'acme' }, Id: { N: '1' } } } },
      { dynamodb: { Keys: { Id: { N: '1' }, Tenant: { S: 'acme' } } } },
      { dynamodb: {} },
    ],
  });
  const item =
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/[["Id",{"N":"1"}],["Tenant",{"S":"acme"}]]';
  expect(
    itemsOf(
      parseFailedBatch(
        'key',
        changed((record) => ({ ...record, payload })),
      ),
    ),
  ).toEqual([item, item]);
});
