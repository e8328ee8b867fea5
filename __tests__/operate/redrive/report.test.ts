import type { Outcome } from '../../../operate/redrive/redrive';
import {
  isClean,
  otherLine,
  outcomeLine,
  type Report,
  summaryLine,
  toJson,
} from '../../../operate/redrive/report';
import { batchAt, SHARD } from '../../helpers/failed-batches';

const BATCH = batchAt('key');

function outcome(status: Outcome['status'], problem?: string): Outcome {
  return { batch: BATCH, status, ...(problem === undefined ? {} : { problem }) };
}

function report(
  outcomes: readonly Outcome[],
  others: readonly string[] = [],
  dryRun = false,
): Report {
  return {
    consumer: 'process-orders',
    function: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
    bucket: 'process-orders-failed-batches-025f751830a2',
    dryRun,
    outcomes,
    others: others.map((key) => ({ key, read: true, problem: 'is not JSON' })),
  };
}

describe('the line of a batch', () => {
  const NOW = new Date('2026-01-02T12:00:00Z');
  const facts = `Orders (444455556666, us-east-1) ${SHARD}  3 records, 100 to 300  RetryAttemptsExhausted 2h ago`;

  test.each<[string, Outcome, string]>([
    [
      'whose problem has several lines and colours',
      outcome('failed', ' \u001b[31mone\r\n\ttwo\n'),
      `failed     ${facts}: \\u001b[31mone two`,
    ],
    [
      'whose problem is long',
      outcome('failed', 'x'.repeat(501)),
      `failed     ${facts}: ${'x'.repeat(499)}…`,
    ],
  ])('%s', (_, of, line) => {
    expect(outcomeLine(of, NOW)).toBe(line);
  });

  test.each([
    ['2026-01-02T09:00:00.000Z', '0s'],
    ['2026-01-02T10:00:59.999Z', '59s'],
    ['2026-01-02T10:01:00.000Z', '1m'],
    ['2026-01-02T10:59:59.999Z', '59m'],
    ['2026-01-02T11:00:00.000Z', '1h'],
    ['2026-01-03T09:59:59.999Z', '23h'],
    ['2026-01-03T10:00:00.000Z', '1d'],
    ['2026-02-01T10:00:00.000Z', '30d'],
  ])('that is read at %s says %s', (now, age) => {
    expect(outcomeLine(outcome('listed'), new Date(now))).toBe(
      `listed     ${facts.replace('2h', age)}`,
    );
  });
});

test('the line of another object is one, whatever its key is', () => {
  expect(otherLine({ key: 'a\nb\u202ec', read: true, problem: 'is\u2028wrong' })).toBe(
    'not a failed batch of this consumer  a b\\u202ec: is wrong',
  );
});

describe('the closing line', () => {
  const [delivered, failed, waiting, undeleted] = [
    outcome('delivered'),
    outcome('failed', 'x'),
    outcome('waiting', 'x'),
    outcome('delivered', 'not deleted'),
  ];
  const listed = 'listed, none delivered since this is a dry run';
  test.each<[string, Report, string, boolean]>([
    ['without batches', report([]), '0 of 0 batches delivered, 0 failed, 0 waiting', true],
    [
      'of all that can happen',
      report([delivered, undeleted, failed, waiting, waiting], ['a']),
      '2 of 5 batches delivered, 1 failed, 2 waiting, 1 delivered but not deleted, 1 other object',
      false,
    ],
    [
      'of one that was not deleted',
      report([undeleted]),
      '1 of 1 batch delivered, 0 failed, 0 waiting, 1 delivered but not deleted',
      false,
    ],
    [
      'of a dry run with other objects',
      report([], ['a', 'b'], true),
      `0 batches ${listed}, 2 other objects`,
      false,
    ],
  ])('%s', (_, of, line, clean) => {
    expect(summaryLine(of)).toBe(line);
    expect(isClean(of)).toBe(clean);
  });
});

test('the JSON document', () => {
  const text = toJson(report([outcome('delivered'), outcome('failed', 'one\ntwo')], ['notes.txt']));
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toStrictEqual({
    consumer: 'process-orders',
    function: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
    bucket: 'process-orders-failed-batches-025f751830a2',
    dryRun: false,
    batches: [
      { status: 'delivered', ...BATCH },
      { status: 'failed', problem: 'one\ntwo', ...BATCH },
    ],
    others: [{ key: 'notes.txt', read: true, problem: 'is not JSON' }],
  });
});

test('the JSON document has nothing that acts on a terminal, and means the same', () => {
  const problem = 'ü 🛒 \u001b[2J \u009b \u202e \u2028 \u{e0041} \ud800 end';
  const text = toJson(report([outcome('failed', problem)]));
  expect(text).toContain(
    '"problem": "ü 🛒 \\u001b[2J \\u009b \\u202e \\u2028 \\udb40\\udc41 \\ud800 end"',
  );
  expect(JSON.parse(text).batches[0].problem).toBe(problem);
});
