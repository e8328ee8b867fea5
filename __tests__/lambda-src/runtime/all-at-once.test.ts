import type { DynamoDBRecord } from 'aws-lambda';
import { allAtOnce, type BatchProcessor } from '../../../lambda-src/runtime/all-at-once';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { handlerOf } from '../../helpers/invoke';
import { NOTHING_FAILED, outcomeWithCounts, reported, UNDECODABLE } from '../../helpers/outcome';
import { batch, ids, undecodable } from '../../helpers/records';

describe('all at once, a batch', () => {
  /** Handles a batch; `got` has the ids of each call of the processor. */
  async function handle(records: DynamoDBRecord[], failing: boolean, repeatWhole?: boolean) {
    const got: string[][] = [];
    const outcome = await outcomeWithCounts(
      allAtOnce(
        async (changes) => {
          got.push(changes.map(({ id }) => id));
          if (failing) throw new Error('refused');
        },
        { repeatWhole },
      ),
      records,
    );
    return { ...outcome, got };
  }

  const broken = (...numbers: number[]) =>
    batch(4).map((one, index) => (numbers.includes(index + 1) ? undecodable(index + 1) : one));

  test.each<[string, DynamoDBRecord[], outcome: object, got: number, failed: number]>([
    ['without a record is not processed', [], NOTHING_FAILED, 0, 0],
    ['of several records', batch(5), NOTHING_FAILED, 5, 0],
    ['whose first record cannot be decoded is thrown', broken(1), UNDECODABLE, 0, 1],
    ['whose middle record cannot be decoded is processed up to it', broken(3), reported(3), 2, 1],
    ['whose last record cannot be decoded is processed up to it', broken(4), reported(4), 3, 1],
    [
      'of which two cannot be decoded is processed up to the first',
      broken(2, 4),
      reported(2),
      1,
      1,
    ],
  ])('%s', async (_, records, outcome, got, failed) => {
    expect(await handle(records, false)).toEqual({
      outcome,
      got: got > 0 ? [ids(got)] : [],
      counts: [got, failed],
    });
  });

  test.each<[string, DynamoDBRecord[], got: number]>([
    ['of several records', batch(5), 5],
    ['with a record that cannot be decoded', broken(3), 2],
  ])(
    '%s, whose processor fails, is thrown, or reported if it is to be repeated whole',
    async (...row) => {
      const [, records, got] = row;
      const others = { got: [ids(got)], counts: [0, got] };
      const thrown = new Error('refused');
      expect(await handle(records, true)).toEqual({ outcome: { thrown }, ...others });
      expect(await handle(records, true, true)).toEqual({ outcome: reported(1), ...others });
    },
  );
});

describe('a processor of batches', () => {
  test('gets change events', async () => {
    const processor = jest.fn<void, Parameters<BatchProcessor>>();
    await handlerOf(allAtOnce(processor)).invoke(batch(2));
    expect(processor.mock.calls.map(([changes]) => changes)).toEqual([
      batch(2).map((one) => toChangeEvent(one)),
    ]);
  });

  test.each<[string, () => unknown, object]>([
    [
      'throws at once',
      () => {
        throw new Error('refused');
      },
      { name: 'Error', message: 'refused' },
    ],
    [
      'returns the answer of a handler',
      async () => ({ batchItemFailures: [] }),
      { name: 'TypeError' },
    ],
  ])('that %s fails the batch', async (_, processor, error) => {
    const { invoke } = handlerOf(allAtOnce(processor as BatchProcessor));
    const { thrown, lines } = await invoke(batch(2));
    expect(thrown).toMatchObject(error);
    expect(lines).toMatchObject([{ level: 'ERROR', error }]);
  });
});
