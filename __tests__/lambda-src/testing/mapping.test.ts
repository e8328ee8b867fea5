import type { StreamRecord } from '../../../lambda-src/runtime/stream-event';
import { type MappingOptions, type Outcome, readShard } from '../../../lambda-src/testing/mapping';
import { subscriptionSchema } from '../../../topology/schema/subscription';
import { batch, sequenceNumber } from '../../helpers/records';

const done: Outcome = { kind: 'answered', response: { batchItemFailures: [] } };
const failed: Outcome = { kind: 'failed' };
const lost: Outcome = { kind: 'lost' };
const reports = (...numbers: number[]): Outcome => ({
  kind: 'answered',
  response: {
    batchItemFailures: numbers.map((number) => ({ itemIdentifier: sequenceNumber(number) })),
  },
});

const numbers = (records: readonly StreamRecord[]) =>
  records.map(({ eventID = '' }) => eventID.slice('event-'.length)).join(' ');

/** The numbers of the records of each invocation, which has these outcomes, the last one for all others. */
async function read(count: number, options: MappingOptions, outcomes: readonly Outcome[]) {
  const [invoked, discarded] = [[] as string[], [] as string[]];
  await readShard(batch(count), options, {
    invoke: async (records) => {
      invoked.push(numbers(records));
      return outcomes[invoked.length - 1] ?? outcomes.at(-1) ?? done;
    },
    discard: (records) => void discarded.push(numbers(records)),
  });
  return { invoked, discarded };
}

const WHOLE = '1 2 3 4 5';

test.each<[string, MappingOptions, outcomes: Outcome[], invoked: string[], discarded?: string[]]>([
  ['batches of the records, in order', { batchSize: 2 }, [done], ['1 2', '3 4', '5']],
  ['nothing again after null', {}, [{ kind: 'answered', response: null }], [WHOLE]],
  ['nothing again after another answer', {}, [{ kind: 'answered', response: { ok: 1 } }], [WHOLE]],
  ['from the first record on that is reported', {}, [reports(5, 3), done], [WHOLE, '3 4 5']],
  ['all again if none of the batch is reported', {}, [reports(7, 3), done], [WHOLE, WHOLE]],
  [
    'all again if what is reported is not a record',
    {},
    [{ kind: 'answered', response: { batchItemFailures: [null] } }, done],
    [WHOLE, WHOLE],
  ],
  ['halves of a batch that failed', {}, [failed, done], [WHOLE, '1 2', '3 4 5']],
  [
    'a batch that failed whole, without bisecting',
    { bisect: false },
    [failed, done],
    [WHOLE, WHOLE],
  ],
  ['a batch whole whose answer was lost', {}, [lost, done], [WHOLE, WHOLE]],
  [
    'the next batch after the one before',
    { batchSize: 3 },
    [reports(3), done],
    ['1 2 3', '3', '4 5'],
  ],
])('delivers %s', async (_, options, outcomes, invoked) => {
  expect(await read(5, options, outcomes)).toEqual({ invoked, discarded: [] });
});

test.each<[string, MappingOptions, outcomes: Outcome[], invoked: string[], discarded: string[]]>([
  [
    'a batch after its retries',
    { bisect: false, retries: 2 },
    [failed],
    ['1 2', '1 2', '1 2'],
    ['1 2'],
  ],
  ['each record that fails alone', { retries: 0 }, [failed], ['1 2', '1', '2'], ['1', '2']],
  ['what is reported first, with what follows', { retries: 0 }, [reports(1)], ['1 2'], ['1 2']],
  ['nothing for progress', { retries: 0 }, [reports(2), done], ['1 2', '2'], []],
  [
    'what is left after progress, if that is a retry',
    { retries: 0, progressUsesRetry: true },
    [reports(2), done],
    ['1 2'],
    ['2'],
  ],
  [
    'the retries of a batch that was halved',
    { retries: 1 },
    [lost, failed],
    ['1 2', '1 2', '1', '2'],
    ['1', '2'],
  ],
])('discards %s', async (_, options, outcomes, invoked, discarded) => {
  expect(await read(2, options, outcomes)).toEqual({ invoked, discarded });
});

test('the settings by default are those of a topology', async () => {
  const { batchSize, maximumRetryAttempts, bisectBatchOnFunctionError } = subscriptionSchema.parse({
    producer: 'orders',
    consumer: 'process-orders',
  });
  const given = { batchSize, retries: maximumRetryAttempts, bisect: bisectBatchOnFunctionError };
  for (const outcomes of [[lost], [failed]]) {
    const byDefault = await read(batchSize + 2, {}, outcomes);
    expect(byDefault).toEqual(await read(batchSize + 2, given, outcomes));
  }
});
