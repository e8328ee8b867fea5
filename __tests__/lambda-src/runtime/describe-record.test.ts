import { describeRecord } from '../../../lambda-src/runtime/describe-record';
import { described, record } from '../../helpers/records';

test('a record is described by its ids and keys, without its images', () => {
  const secret = { Secret: { S: 'secret' } };
  const description = describeRecord(described(1, { OldImage: secret, NewImage: secret }));
  expect(JSON.parse(description)).toEqual({
    eventID: 'event-1',
    eventName: 'INSERT',
    eventSourceARN: record(1).eventSourceARN,
    SequenceNumber: record(1).dynamodb?.SequenceNumber,
    Keys: { OrderId: { S: 'order-1' } },
  });
});

test.each<[string, unknown, string]>([
  ['null', null, '{}'],
  ['a list', ['secret'], '{}'],
  ['no dynamodb', { eventID: 'a', dynamodb: null }, '{"eventID":"a"}'],
  ['an ID that is an object', { eventID: { S: 'secret' } }, '{}'],
  ['keys of null', { dynamodb: { Keys: null } }, '{}'],
  ['keys of no type', { dynamodb: { Keys: { Id: { X: 'secret' } } } }, '{"Keys":{"Id":{}}}'],
  [
    'an image in place of keys',
    { dynamodb: { Keys: { a: { N: '1' }, b: { M: { c: { S: 'secret' } } }, c: { S: 'secret' } } } },
    '{"Keys":{"a":{"N":"1"},"b":{}}}',
  ],
])('the description of %s has what can be read', (_, received, expected) => {
  expect(describeRecord(received)).toBe(expected);
});

test('a long key is cut off', () => {
  const description = describeRecord(described(1, { Keys: { Id: { S: 'x'.repeat(100_000) } } }));
  expect(description).toHaveLength(2_001);
  expect(description.endsWith('x…')).toBe(true);
});
