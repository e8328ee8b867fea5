import type { StreamRecord } from '../../lambda-src/runtime/stream-event';
import { recordOf } from '../../lambda-src/testing/to-record';
import type { Invoked } from '../../local/function/function';
import { type Batch, deliverRecords, type MappingSettings } from '../../local/mapping';

const STREAM =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';
const RECORDS = [...'abcdefg'].map((id, index) =>
  recordOf('INSERT', { Keys: { Id: { S: id } } }, index, STREAM),
);
const place = (part: string) => ({ account: 'analytics', stack: 'stack', part });

const namesIn = (batch: readonly StreamRecord[]) =>
  batch.map(({ dynamodb }) => dynamodb?.Keys?.Id?.S).join('');
const answered = (response?: unknown): Partial<Invoked> => ({ kind: 'answered', response });
const failed: Partial<Invoked> = {
  kind: 'failed',
  error: 'Error: no such order\n    at processor.ts:3',
};

/** Delivers the first records; each invocation is answered by the names of its batch. */
async function steps(
  settings: Partial<MappingSettings>,
  count: number,
  answer: (batch: string, invocation: number) => Partial<Invoked>,
) {
  const lines: string[] = [];
  const invocations: string[] = [];
  const receiver = {
    mapping: place('mapping'),
    function: place('function'),
    async invoke(batch: Batch) {
      invocations.push(namesIn(batch));
      return { logs: [], wrote: [], ...answer(namesIn(batch), invocations.length) } as Invoked;
    },
    discard: (batch: Batch, times: number, isAnswered: boolean) => {
      lines.push(`${namesIn(batch)} discarded after ${times}, ${isAnswered ? '' : 'not '}answered`);
    },
  };
  const all = { batchSize: 100, retries: 2, bisect: true, ...settings };
  const done = await deliverRecords(
    RECORDS.slice(0, count),
    all,
    receiver,
    ({ part }, what, text, outcome = 'ok') =>
      lines.push(`${part} ${what} ${text}${outcome === 'ok' ? '' : ` (${outcome})`}`),
  );
  return { lines, invocations, done };
}

test('batches are delivered one after the other', async () => {
  expect(await steps({ batchSize: 2 }, 3, () => answered())).toEqual({
    lines: [
      'mapping delivered 2 records: INSERT Id=a, INSERT Id=b',
      'function answered processed 2 records: INSERT Id=a, INSERT Id=b',
      'mapping delivered INSERT Id=c',
      'function answered processed INSERT Id=c',
    ],
    invocations: ['ab', 'c'],
    done: 3,
  });
});

test('without bisecting the whole batch is discarded', async () => {
  const { lines, invocations } = await steps({ bisect: false, retries: 1 }, 2, () => failed);
  expect(lines.slice(2)).toEqual([
    'mapping retried 2 records: INSERT Id=a, INSERT Id=b: failed 2 times (problem)',
    'ab discarded after 2, not answered',
  ]);
  expect(invocations).toEqual(['ab', 'ab']);
});

test('a retry that succeeds is one step more', async () => {
  const third = (_: string, invocation: number) => (invocation < 3 ? failed : answered());
  const { lines } = await steps({}, 1, third);
  expect(lines.slice(1)).toEqual([
    'function failed Error: no such order (problem)',
    'mapping retried INSERT Id=a: failed 2 times (problem)',
    'function answered processed INSERT Id=a',
  ]);
});

test('an answer that reports a change has it and the later ones delivered again', async () => {
  const report = (batch: string): Partial<Invoked> => {
    const itemIdentifier = RECORDS[1]?.dynamodb?.SequenceNumber;
    return answered({ batchItemFailures: batch.includes('b') ? [{ itemIdentifier }] : [] });
  };
  expect(await steps({ retries: 1 }, 3, report)).toEqual({
    lines: [
      'mapping delivered 3 records: INSERT Id=a, INSERT Id=b, INSERT Id=c',
      'function answered processed 1 of 3, and reports INSERT Id=b (problem)',
      'mapping delivered 2 records: INSERT Id=b, INSERT Id=c',
      'function answered processed 0 of 2, and reports INSERT Id=b (problem)',
      'mapping retried 2 records: INSERT Id=b, INSERT Id=c: failed 2 times (problem)',
      'bc discarded after 2, answered',
    ],
    invocations: ['abc', 'bc', 'bc'],
    done: 3,
  });
});

test('a batch whose answer is lost is delivered again, and one that timed out is halved', async () => {
  const faults: Partial<Invoked>[] = [
    { kind: 'lost' },
    { kind: 'timed out', error: 'Task timed out after 3.00 seconds' },
  ];
  const { lines } = await steps({}, 2, (_, invocation) => faults[invocation - 1] ?? answered());
  expect(lines).toEqual([
    'mapping delivered 2 records: INSERT Id=a, INSERT Id=b',
    'function lost its answer is lost, so all is delivered again (problem)',
    'mapping delivered 2 records: INSERT Id=a, INSERT Id=b',
    'function timed out Task timed out after 3.00 seconds (problem)',
    'mapping bisected INSERT Id=a | INSERT Id=b',
    'mapping delivered INSERT Id=a',
    'function answered processed INSERT Id=a',
    'mapping delivered INSERT Id=b',
    'function answered processed INSERT Id=b',
  ]);
});

test('where retries have no limit, the subscription waits at the change that fails', async () => {
  const poison = (batch: string) => (batch.includes('b') ? failed : answered());
  const { lines, invocations, done } = await steps({ retries: -1 }, 2, poison);
  expect(lines.slice(-3)).toEqual([
    'function failed Error: no such order (problem)',
    'mapping retried INSERT Id=b: failed 11 times (problem)',
    'mapping blocked maximumRetryAttempts is -1: the subscription waits at this batch (problem)',
  ]);
  expect([invocations.length, done]).toEqual([13, 1]);
});

test('logs and files come before the result, and of retries not again', async () => {
  const { lines } = await steps({ retries: 1, batchSize: 1 }, 2, (batch) => ({
    ...(batch === 'a' ? failed : answered()),
    logs: [`${batch} begins`],
    wrote: [`bucket/${batch}`],
  }));
  expect(lines).toEqual([
    'mapping delivered INSERT Id=a',
    'function log a begins (note)',
    'function wrote bucket/a',
    'function failed Error: no such order (problem)',
    'mapping retried INSERT Id=a: failed 2 times (problem)',
    'a discarded after 2, not answered',
    'mapping delivered INSERT Id=b',
    'function log b begins (note)',
    'function wrote bucket/b',
    'function answered processed INSERT Id=b',
  ]);
});
