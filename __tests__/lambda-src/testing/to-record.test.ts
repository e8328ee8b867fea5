import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { type Change, toRecord } from '../../../lambda-src/testing/to-record';

const STREAM =
  'arn:aws:dynamodb:eu-west-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678';
const keys = { OrderId: 'order-1' };

test('a change is the record that Lambda delivers of it', () => {
  const change: Change = { eventName: 'INSERT', keys, newImage: { ...keys, Total: 19.99 } };
  expect(toRecord(change, 1, STREAM)).toEqual({
    eventID: 'change-1',
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_323_045,
      Keys: { OrderId: { S: 'order-1' } },
      NewImage: { OrderId: { S: 'order-1' }, Total: { N: '19.99' } },
      SequenceNumber: '4421584500000000017450439001',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: STREAM,
  });
});

test('a processor gets what the test wrote', () => {
  const image = {
    ...keys,
    text: '',
    number: -1.5e-7,
    large: 12_345_678_901_234_567_890n,
    yes: true,
    nothing: null,
    bytes: new Uint8Array([0, 255]),
    list: [1, ['a'], { b: false }],
    map: Object.assign(Object.create(null), { empty: {} }),
    texts: new Set(['a', 'b']),
    numbers: new Set([1, 2n]),
    binaries: new Set([Buffer.from('a')]),
  };
  const change: Change = {
    eventName: 'REMOVE',
    keys,
    oldImage: image,
    expired: true,
    time: '2026-02-03T04:05:06Z',
  };
  const got = toChangeEvent(toRecord(change, 0, STREAM));
  expect(got).toMatchObject({ eventName: 'REMOVE', keys, expired: true, region: 'eu-west-1' });
  expect(got.time).toBe('2026-02-03T04:05:06.000Z');
  expect(got.newImage).toBeUndefined();
  expect(JSON.parse(JSON.stringify(got.oldImage))).toEqual({
    ...image,
    large: '12345678901234567890',
    bytes: 'AP8=',
    map: { empty: {} },
    texts: ['a', 'b'],
    numbers: [1, 2],
    binaries: ['YQ=='],
  });
});

test.each<[string, unknown, string]>([
  ['undefined', undefined, 'newImage.value must be a value that DynamoDB stores'],
  ['NaN', Number.NaN, 'got NaN'],
  ['a date', new Date(0), 'got 1970-01-01T00:00:00.000Z'],
  ['an empty set', new Set(), 'got Set(0) {}'],
  ['a set of two types', new Set(['a', 1]), "got Set(2) { 'a', 1 }"],
  ['a set of lists', new Set([[]]), 'got Set(1) { [] }'],
  ['a function in a list', [() => {}], 'newImage.value[0] must be'],
  ['an invalid value in a map', { deep: undefined }, 'newImage.value.deep must be'],
])('refuses %s', (_, value, message) => {
  const change: Change = { eventName: 'INSERT', keys, newImage: { value } };
  expect(() => toRecord(change, 2, STREAM)).toThrow(TypeError);
  expect(() => toRecord(change, 2, STREAM)).toThrow(message);
  expect(() => toRecord(change, 2, STREAM)).toThrow('changes[2].newImage.value');
});

test.each([undefined, null, 'order-1', [1]])('refuses keys that are %j', (wrong) => {
  const change = { eventName: 'INSERT', keys: wrong } as unknown as Change;
  expect(() => toRecord(change, 0, STREAM)).toThrow(/^changes\[0\]\.keys must be an object, got /);
});

test.each<[object, string]>([
  [{ eventName: 'insert' }, 'eventName must be INSERT, MODIFY or REMOVE, got insert'],
  [{ time: 'today' }, 'time must be a time in ISO 8601, got today'],
])('refuses %j', (wrong, message) => {
  const change: Change = { eventName: 'INSERT', keys, ...wrong };
  expect(() => toRecord(change, 0, STREAM)).toThrow(new TypeError(`changes[0].${message}`));
});
