import { jsonLog } from '../../lambda-src/logger';

function lines(write: (log: ReturnType<typeof jsonLog>) => void): string[] {
  const written: string[] = [];
  write(jsonLog({ write: (line) => written.push(line) }));
  return written;
}

describe('a line of the log', () => {
  test.each<[string, object, string]>([
    ['has no field', {}, ''],
    ['has fields', { count: 3, table: 'Orders' }, ',"count":3,"table":"Orders"'],
    ['leaves out what is undefined', { a: undefined, b: null }, ',"b":null'],
    ['has a set as an array', { set: new Set(['b', 1]) }, ',"set":["b",1]'],
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
    ['stays one line', { text: 'a\nb\r\n"c"' }, ',"text":"a\\nb\\r\\n\\"c\\""'],
  ])('%s', (_, fields, json) => {
    expect(lines((log) => log('INFO', 'Message', fields))).toEqual([
      `{"level":"INFO","message":"Message"${json}}\n`,
    ]);
  });

  test('has its level', () => {
    expect(lines((log) => log('ERROR', 'Failed', {}))).toEqual([
      '{"level":"ERROR","message":"Failed"}\n',
    ]);
  });
});

test('every call writes one line', () => {
  expect(
    lines((log) => {
      log('INFO', 'one', {});
      log('ERROR', 'two', {});
    }),
  ).toEqual(['{"level":"INFO","message":"one"}\n', '{"level":"ERROR","message":"two"}\n']);
});
