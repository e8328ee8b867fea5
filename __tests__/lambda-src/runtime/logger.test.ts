import type { LogLevel } from '../../../lambda-src/contract';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { escapeUnseen } from '../../../lambda-src/runtime/escape-unseen';
import {
  createLogger,
  LONGEST_LINE,
  type Logger,
  toLogLevel,
} from '../../../lambda-src/runtime/logger';
import { described } from '../../helpers/records';

const INVOCATION = { requestId: 'request-1', functionName: 'ProcessOrders', coldStart: false };
const BASE = '"requestId":"request-1","functionName":"ProcessOrders","coldStart":false';

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-01-02T03:04:05.678Z') });
});

afterEach(() => {
  jest.useRealTimers();
});

function lines(write: (log: Logger) => void, level: LogLevel = 'DEBUG'): string[] {
  const written: string[] = [];
  const output = { write: (line: string) => written.push(line) };
  write(createLogger(level, INVOCATION, output));
  return written;
}

const line = (level: string, message: string, fields = '') =>
  `{"timestamp":"2026-01-02T03:04:05.678Z","level":"${level}","message":"${message}",${BASE}${fields}}\n`;

const circular: Record<string, unknown> = { name: 'a' };
circular.self = circular;
const twice = { b: 1 };

describe('a line of the log', () => {
  test.each<[string, object, string]>([
    ['has no field', {}, ''],
    ['has fields', { count: 3, table: 'Orders' }, ',"count":3,"table":"Orders"'],
    ['leaves out what is undefined', { a: undefined, b: null }, ',"b":null'],
    ['leaves out a function', { a: () => {} }, ''],
    [
      'leaves out a field that every line has',
      { level: 'x', message: 'x', timestamp: 'x', requestId: 'x', a: 1 },
      ',"a":1',
    ],
    ['leaves out _aws, of which CloudWatch would make metrics', { _aws: { a: 1 }, a: 1 }, ',"a":1'],
    [
      'has _aws below the first level, where it makes none',
      { image: { _aws: { a: 1 } } },
      ',"image":{"_aws":{"a":1}}',
    ],
    [
      'has what cannot be seen escaped, in names and values',
      { 'a\u009b': '\u007f\u202e', b: ['\u2028', { '\u2066': new Set(['\u0085']) }] },
      ',"a\\u009b":"\\u007f\\u202e","b":["\\u2028",{"\\u2066":["\\u0085"]}]',
    ],
    ['has a map as an object', { map: new Map([['a', new Set([1])]]) }, ',"map":{"a":[1]}'],
    ['has a BigInt as digits', { big: [12345678901234567890n] }, ',"big":["12345678901234567890"]'],
    ['has binaries as base64', { binary: new Uint8Array([0, 255, 16]) }, ',"binary":"AP8Q"'],
    [
      'has a set of binaries',
      { set: new Set([new Uint8Array([0]), new Uint8Array([1, 2])]) },
      ',"set":["AA==","AQI="]',
    ],
    [
      'has what is nested',
      { item: { list: [new Set([1]), { binary: new Uint8Array() }] } },
      ',"item":{"list":[[1],{"binary":""}]}',
    ],
    ['has a date', { at: new Date(0) }, ',"at":"1970-01-01T00:00:00.000Z"'],
    ['ends a circle', { circular }, ',"circular":{"name":"a","self":"[circular]"}'],
    ['has an object twice', { x: { a: twice, c: twice } }, ',"x":{"a":{"b":1},"c":{"b":1}}'],
  ])('%s', (_, fields, json) => {
    expect(lines((log) => log.info('Message', fields))).toEqual([line('INFO', 'Message', json)]);
  });

  test('has a change, with sets and binaries', () => {
    const image = { Tags: { SS: ['a', 'b'] }, Photo: { B: 'AP8Q' }, Parts: { BS: ['AA=='] } };
    const change = toChangeEvent(described(1, { NewImage: image }));
    const [written = ''] = lines((log) => log.info('Message', { change }));
    expect(JSON.parse(written).change).toEqual({
      ...JSON.parse(JSON.stringify(change)),
      newImage: { Tags: ['a', 'b'], Photo: 'AP8Q', Parts: ['AA=='] },
    });
  });
});

test('an image as the fields makes no metric, and is the same after JSON', () => {
  const image = {
    _aws: { M: { CloudWatchMetrics: { L: [] } } },
    Name: { S: '\u009b2J\u202e' },
    '_aws\u200b': { S: 'x' },
  };
  const { newImage = {} } = toChangeEvent(described(1, { NewImage: image }));
  const [written = ''] = lines((log) => log.info('\u2029Changed\u009c', newImage));
  expect(written).not.toMatch(/[^ -~\n]/);
  const { message, Name, ...others } = JSON.parse(written);
  expect([message, Name]).toEqual(['\u2029Changed\u009c', '\u009b2J\u202e']);
  expect(Object.keys(others)).not.toContain('_aws');
});

describe('an error', () => {
  class Refused extends Error {
    override readonly name = 'Refused';
    readonly code = 503;
  }
  const cause = new Error('down');
  const error = new Refused('out of space', { cause });
  const written = {
    name: 'Refused',
    message: 'out of space',
    stack: error.stack,
    cause: { name: 'Error', message: 'down', stack: cause.stack },
    code: 503,
  };

  test.each<[string, object, object]>([
    ['is written with stack and cause', { error }, { error: written }],
    ['is written where it is nested', { a: [{ b: error }] }, { a: [{ b: written }] }],
    ['in place of the fields is a field', error, { error: written }],
  ])('%s', (_, fields, expected) => {
    const [text = ''] = lines((log) => log.error('Failed', fields));
    const { timestamp, level, message, requestId, functionName, coldStart, ...rest } =
      JSON.parse(text);
    expect(rest).toEqual(expected);
  });

  test('of several is written with each', () => {
    const all = new AggregateError([error, 'closed'], 'all failed');
    const [text = ''] = lines((log) => log.error('Failed', { all }));
    expect(JSON.parse(text).all).toEqual({
      name: 'AggregateError',
      message: 'all failed',
      stack: all.stack,
      errors: [written, 'closed'],
    });
  });

  test('that causes itself ends', () => {
    const own = new Error('own');
    own.cause = own;
    const [text = ''] = lines((log) => log.error('Failed', { own }));
    expect(JSON.parse(text).own).toEqual({
      name: 'Error',
      message: 'own',
      stack: own.stack,
      cause: '[circular]',
    });
  });
});

const fail = () => {
  throw new Error('closed');
};
/** An object with a property that throws when it is read. */
const withUnreadable = <T extends object>(object: T, name: string): T =>
  Object.defineProperty(object, name, { enumerable: true, get: fail });
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

describe('whatever it is given, a line is JSON', () => {
  const failed = withUnreadable(new Error('refused'), 'body');

  test.each<[string, unknown, object]>([
    ['a value that cannot be read', { a: withUnreadable({}, 'b') }, { a: '[not readable]' }],
    ['an error that cannot be read, which keeps its stack', { failed }, { failed: failed.stack }],
    [
      'fields that cannot be listed',
      new Proxy({}, { ownKeys: fail }),
      { fields: '[not readable]' },
    ],
    ['fields that were revoked', revoked(), { fields: '[not readable]' }],
    ['a field that was revoked', { a: revoked(), b: 1 }, { a: '[not readable]', b: 1 }],
    ['a field that throws', withUnreadable({ b: 1 }, 'a'), { a: '[not readable]', b: 1 }],
    [
      'an error whose stack throws',
      withUnreadable(new Error('refused'), 'stack'),
      { error: '[not readable]' },
    ],
    ['null for the fields', null, {}],
    ['a text for the fields', 'ab', { 0: 'a', 1: 'b' }],
  ])('of %s', (_, fields, written) => {
    const [text = ''] = lines((log) => log.info('Message', fields as object));
    expect(JSON.parse(text)).toEqual({ ...JSON.parse(line('INFO', 'Message')), ...written });
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('a'), 'Symbol(a)'],
    ['a function', Number.isNaN, 'function isNaN() { [native code] }'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['an object without JSON', { toJSON: () => undefined }, '[object Object]'],
    ['a proxy that was revoked', revoked(), '"[not readable]"'],
  ])('with a text as its message: %s', (_, message, text) => {
    const [written = ''] = lines((log) => log.info(message as string));
    expect(JSON.parse(written).message).toBe(text);
  });

  test('of fields that are long and cannot be read', () => {
    const fields = { long: 'x'.repeat(LONGEST_LINE), revoked: revoked() };
    const [text = ''] = lines((log) => log.info(undefined as unknown as string, fields));
    expect(JSON.parse(text)).toMatchObject({ message: 'undefined', revoked: '[not readable]' });
  });
});

test.each<[LogLevel, string[]]>([
  ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['INFO', ['INFO', 'WARN', 'ERROR']],
  ['WARN', ['WARN', 'ERROR']],
  ['ERROR', ['ERROR']],
])('a logger of level %s writes %j', (level, expected) => {
  const written = lines((log) => {
    log.debug('Message');
    log.info('Message');
    log.warn('Message');
    log.error('Message');
  }, level);
  expect(written).toEqual(expected.map((name) => line(name, 'Message')));
});

test.each([
  ['DEBUG', 'DEBUG'],
  ['error', 'ERROR'],
])('the text %s is the level %s', (text, level) => {
  expect(toLogLevel(text)).toBe(level);
});

describe('a line that is too long for CloudWatch Logs', () => {
  const changeOf = (size: number, text = 'x') => {
    const image = { OrderId: { S: 'order-1' }, Secret: { S: text.repeat(size) } };
    return toChangeEvent(described(1, { OldImage: image, NewImage: image }));
  };
  const lineOf = (level: 'info' | 'error', message: string, fields: object) => {
    const written = lines((log) => log[level](message, fields));
    expect(written).toHaveLength(1);
    expect(Buffer.byteLength(written[0] ?? '')).toBeLessThanOrEqual(LONGEST_LINE);
    return JSON.parse(written[0] ?? '');
  };

  test.each([
    ['two images of 390 KB', 390_000, 'x'],
    ['images that JSON makes longer', 200_000, '"'],
    ['images of more bytes than characters', 60_000, '😀'],
    ['images of what is escaped', 30_000, '\u009b'],
  ])('has a change of %s without images, at WARN, with sizes', (_, size, text) => {
    const change = changeOf(size, text);
    const { oldImage, newImage, ...others } = JSON.parse(JSON.stringify(change));
    const line = lineOf('info', 'INSERT Orders', { change });
    expect(line).toMatchObject({ level: 'WARN', message: 'INSERT Orders', requestId: 'request-1' });
    expect(line.change).toEqual({
      ...others,
      oldImageBytes: Buffer.byteLength(escapeUnseen(JSON.stringify(oldImage))),
      newImageBytes: Buffer.byteLength(escapeUnseen(JSON.stringify(newImage))),
    });
    expect(line.bytes).toBeGreaterThan(LONGEST_LINE);
  });

  test('is whole, at its level, where it just fits', () => {
    const line = lineOf('info', 'INSERT Orders', { change: changeOf(130_000) });
    expect(line.level).toBe('INFO');
    expect(line.change.newImage.Secret).toHaveLength(130_000);
  });

  test.each<[string, object]>([
    ['a large object', { items: 'y'.repeat(300_000), small: 1 }],
    [
      'many fields',
      Object.fromEntries(Array.from({ length: 200 }, (_, at) => [at, 'y'.repeat(9_000)])),
    ],
    ['an error with a long message', { error: new Error('y'.repeat(300_000)) }],
    ['a long name', { ['y'.repeat(300_000)]: 1 }],
  ])('of %s keeps its level and the beginning', (_, fields) => {
    const { level, message, bytes } = lineOf('error', 'z'.repeat(300_000), fields);
    expect([level, message.length]).toEqual(['ERROR', 8_001]);
    expect(bytes).toBeGreaterThan(300_000);
  });
});
