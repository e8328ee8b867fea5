import type { DynamoDBRecord } from 'aws-lambda';
import { allAtOnce, type BatchProcessor } from '../../../lambda-src/runtime/all-at-once';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { handlerOf } from '../../helpers/invoke';
import { batch, record, sequenceNumber, undecodable } from '../../helpers/records';

const NOTHING_FAILED = { response: { batchItemFailures: [] } };
const reported = (number: number) => ({
  response: { batchItemFailures: [{ itemIdentifier: sequenceNumber(number) }] },
});
const UNDECODABLE = {
  thrown: expect.objectContaining({
    message: expect.stringMatching(
      /^a record cannot be decoded, not a DynamoDB attribute value: .*"Keys"/,
    ),
  }),
};
const ids = (count: number) => batch(count).map(({ eventID }) => eventID);

/** Handles a batch; `got` has the ids of each call of the processor. */
async function handle(records: DynamoDBRecord[], failing: boolean) {
  const got: string[][] = [];
  const { invoke } = handlerOf(
    allAtOnce(async (changes) => {
      got.push(changes.map(({ id }) => id));
      if (failing) throw new Error('refused');
    }),
  );
  const { response, thrown, metrics } = await invoke(records);
  const { ChangesProcessed, ChangesFailed } = metrics[0] ?? {};
  const outcome = response ? { response } : { thrown };
  return { outcome, got, counts: [ChangesProcessed, ChangesFailed] };
}

const broken = (...numbers: number[]) =>
  batch(4).map((one, index) => (numbers.includes(index + 1) ? undecodable(index + 1) : one));

describe('a batch', () => {
  test.each<[string, DynamoDBRecord[], outcome: object, got: number, failed: number]>([
    ['without a record is not given', [], NOTHING_FAILED, 0, 0],
    ['of one record', batch(1), NOTHING_FAILED, 1, 0],
    ['of several records', batch(5), NOTHING_FAILED, 5, 0],
    ['whose only record cannot be decoded is thrown', [undecodable(1)], UNDECODABLE, 0, 1],
    ['whose first record cannot be decoded is thrown', broken(1), UNDECODABLE, 0, 1],
    ['whose middle record cannot be decoded is given up to it', broken(3), reported(3), 2, 1],
    ['whose last record cannot be decoded is given up to it', broken(4), reported(4), 3, 1],
    ['of which two cannot be decoded is given up to the first', broken(2, 4), reported(2), 1, 1],
    ['of which none can be decoded is thrown', broken(1, 2, 3, 4), UNDECODABLE, 0, 1],
  ])('%s', async (_, records, outcome, got, failed) => {
    expect(await handle(records, false)).toEqual({
      outcome,
      got: got > 0 ? [ids(got)] : [],
      counts: [got, failed],
    });
  });

  test.each<[string, DynamoDBRecord[], got: number]>([
    ['of one record', batch(1), 1],
    ['of several records', batch(5), 5],
    ['with a record that cannot be decoded', broken(3), 2],
  ])('%s is reported from its first record on where the processor fails', async (...row) => {
    const [, records, got] = row;
    expect(await handle(records, true)).toEqual({
      outcome: reported(1),
      got: [ids(got)],
      counts: [0, got],
    });
  });
});

describe('a processor', () => {
  test('gets change events', async () => {
    const process = jest.fn<void, Parameters<BatchProcessor>>();
    await handlerOf(allAtOnce(process)).invoke(batch(2));
    expect(process.mock.calls.map(([changes]) => changes)).toEqual([
      batch(2).map((one) => toChangeEvent(one)),
    ]);
  });

  test('that throws at once fails the batch', async () => {
    const { response, lines } = await handlerOf(
      allAtOnce(() => {
        throw new Error('refused');
      }),
    ).invoke([record(1), record(2)]);
    expect(response).toEqual(reported(1).response);
    expect(lines.map(({ level, error }) => [level, error])).toEqual([
      ['ERROR', { name: 'Error', message: 'refused', stack: expect.any(String) }],
    ]);
  });
});

test('a processor that returns the answer of a handler has failed', async () => {
  const returns = (async () => ({ batchItemFailures: [] })) as unknown as BatchProcessor;
  const { response } = await handlerOf(allAtOnce(returns)).invoke(batch(2));
  expect(response).toEqual(reported(1).response);
});
