import type { DynamoDBRecord } from 'aws-lambda';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { describeRecord } from '../../../lambda-src/runtime/describe-record';
import { described as describedRecord, record, sequenceNumber } from '../../helpers/records';

const CHANGE = {
  id: 'event-1',
  eventName: 'INSERT',
  account: '444455556666',
  region: 'us-east-1',
  table: 'Orders',
  sequenceNumber: sequenceNumber(1),
  position: '2026-01-02T03:04:05.678/0000000000004421584500000000017450439001',
  time: '2026-01-02T03:04:05.000Z',
  expired: false,
  keys: { OrderId: 'order-1' },
  newImage: { OrderId: 'order-1', Total: 19.99 },
};

/** The first record, with these values in what DynamoDB says. */
const described = (values: DynamoDBRecord['dynamodb']) => describedRecord(1, values);
const removal = (userIdentity: unknown): DynamoDBRecord =>
  record(1, { eventName: 'REMOVE', userIdentity });
const of = (eventSourceARN: string) => record(1, { eventSourceARN });

describe('a change event', () => {
  const OldImage = { OrderId: { S: 'order-1' }, Total: { N: '5' } };
  const oldImage = { OrderId: 'order-1', Total: 5 };
  test.each<[string, DynamoDBRecord, object]>([
    ['of an insertion', record(1), CHANGE],
    [
      'of a modification has both images',
      { ...described({ OldImage }), eventName: 'MODIFY' },
      { ...CHANGE, eventName: 'MODIFY', oldImage },
    ],
    [
      'of a removal has the old image',
      { ...described({ NewImage: undefined, OldImage }), eventName: 'REMOVE' },
      { ...CHANGE, eventName: 'REMOVE', newImage: undefined, oldImage },
    ],
    [
      'of a stream of keys only has no image',
      described({ NewImage: undefined, StreamViewType: 'KEYS_ONLY' }),
      { ...CHANGE, newImage: undefined },
    ],
    [
      'has both keys',
      described({ Keys: { OrderId: { S: 'order-1' }, Version: { N: '3' } } }),
      { ...CHANGE, keys: { OrderId: 'order-1', Version: 3 } },
    ],
    [
      'has the time of the change',
      described({ ApproximateCreationDateTime: 1_700_000_000 }),
      { ...CHANGE, time: '2023-11-14T22:13:20.000Z' },
    ],
    [
      'of another account, Region and partition',
      of('arn:aws-cn:dynamodb:cn-north-1:777777777777:table/My_table-1.0/stream/2026'),
      {
        ...CHANGE,
        account: '777777777777',
        region: 'cn-north-1',
        table: 'My_table-1.0',
        position: '2026/0000000000004421584500000000017450439001',
      },
    ],
  ])('%s', (_, received, expected) => {
    expect(toChangeEvent(received)).toEqual(expected);
  });
});

test('a change event is of its stream, whatever the attributes of its item say', () => {
  const said = {
    ...{ id: 'event-2', eventID: 'event-2', eventName: 'REMOVE', expired: true },
    ...{ account: '999999999999', region: 'eu-west-1', table: 'Others', eventSourceARN: 'x' },
  };
  const attributes = Object.entries({ OrderId: 'order-1', ...said });
  const image = Object.fromEntries(attributes.map(([name, value]) => [name, { S: `${value}` }]));
  const { newImage, ...others } = toChangeEvent(described({ NewImage: image }));
  expect(others).toEqual({ ...CHANGE, newImage: undefined });
  expect(newImage).toEqual({ OrderId: 'order-1', ...said, expired: 'true' });
});

describe('the record of a change event', () => {
  const received = record(1);
  const change = toChangeEvent(received);

  test('is the one that Lambda delivered', () => {
    expect(change.record).toEqual(received);
    expect(change.record).toBe(change.record);
  });

  test('is neither enumerated nor in its JSON, which has the fields in this order', () => {
    expect(Object.keys(change)).not.toContain('record');
    expect(JSON.stringify(change)).toBe(JSON.stringify(CHANGE));
  });
});

describe('an item is said to have expired', () => {
  const service = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

  test.each<[string, DynamoDBRecord, boolean]>([
    ['where Time to Live removed it', removal(service), true],
    // A caller, or Time to Live in another Region of a global table: AWS marks neither.
    ['not where the record does not say so', removal(undefined), false],
    ['not where the identity is null', removal(null), false],
    ['not where another service removed it', removal({ ...service, principalId: 'x' }), false],
    ['not where another kind of caller did', removal({ ...service, type: 'User' }), false],
    ['not where the identity is empty', removal({}), false],
    ['not where an item was changed', { ...removal(service), eventName: 'MODIFY' }, false],
  ])('%s', (_, received, expired) => {
    expect(toChangeEvent(received).expired).toBe(expired);
  });
});

describe('refuses a record', () => {
  test.each<[string, DynamoDBRecord]>([
    ['without anything', {}],
    ['without a name', record(1, { eventName: undefined })],
    ['without a stream', record(1, { eventSourceARN: undefined })],
    ['without what DynamoDB says', record(1, { dynamodb: undefined })],
    ['without keys', described({ Keys: undefined })],
    ['with a list of keys', described({ Keys: JSON.parse('[{"S":"x"}]') })],
    ['with an image of null', described({ NewImage: JSON.parse('null') })],
    ['with a list as an image', described({ OldImage: JSON.parse('[]') })],
    ['of another kind of change', record(1, { eventName: JSON.parse('"PURGE"') })],
    ['without a sequence number', described({ SequenceNumber: undefined })],
    ['of a Kinesis stream', of('arn:aws:kinesis:us-east-1:444455556666:stream/orders')],
    ['of a table, not of its stream', of('arn:aws:dynamodb:us-east-1:444455556666:table/Orders')],
  ])('%s', (_, received) => {
    expect(() => toChangeEvent(received)).toThrow(
      new TypeError(`not a record of a DynamoDB stream: ${describeRecord(received)}`),
    );
  });

  test('with a value of no type', () => {
    const broken = described({ NewImage: JSON.parse('{"Total":{"X":"secret"}}') });
    expect(() => toChangeEvent(broken)).toThrow(
      new TypeError(
        `a record cannot be decoded, not a DynamoDB attribute value: ${describeRecord(broken)}`,
      ),
    );
  });
});

describe('the time', () => {
  const timed = (seconds: unknown) =>
    described({ ApproximateCreationDateTime: seconds as number | undefined });

  test.each<[string, unknown, string | undefined]>([
    ['is absent where the record has none', undefined, undefined],
    ['has a fraction where the record does', 1_559_320_290.838, '2019-05-31T16:31:30.838Z'],
    ['can be a text of seconds', '1678831218.0', '2023-03-14T22:00:18.000Z'],
  ])('%s', (_, value, expected) => {
    expect(toChangeEvent(timed(value)).time).toBe(expected);
  });

  test.each([
    ['microseconds', 1_750_000_000_123_456],
    ['a word', 'now'],
    ['before 1970', -1],
  ])('of %s is refused', (_, value) => {
    expect(() => toChangeEvent(timed(value))).toThrow(
      /^a record cannot be decoded, its ApproximateCreationDateTime is not in seconds: /,
    );
  });
});

test('the position of a later change is greater, as text', () => {
  const at = (SequenceNumber: string, label = '2026-01-02T03:04:05.678') =>
    toChangeEvent({
      ...described({ SequenceNumber }),
      eventSourceARN: `arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/${label}`,
    }).position;
  const inOrder = [
    at('999999999999999999999'),
    at('1000000000000000000000'),
    at('9'.repeat(40)),
    at('100000000000000000000', '2026-01-02T03:04:06.000'),
    at('100000000000000000001', '2026-01-02T03:04:06.000'),
  ];
  expect([...inOrder].reverse().sort()).toEqual(inOrder);
});
