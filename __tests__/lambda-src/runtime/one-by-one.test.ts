import type { DynamoDBRecord } from 'aws-lambda';
import { defineProcessor } from '../../../lambda-src/processor';
import { oneByOne, type Processor } from '../../../lambda-src/runtime/one-by-one';
import { deliver } from '../../../lambda-src/testing';
import { caught, handlerOf } from '../../helpers/invoke';
import { NOTHING_FAILED, outcomeWithCounts, reported, UNDECODABLE } from '../../helpers/outcome';
import { batch, ids, record, undecodable } from '../../helpers/records';

const refused = (number: number) => ({ thrown: new Error(`refused event-${number}`) });

describe('one by one, a batch', () => {
  /** Handles a batch with a processor that refuses the changes of these numbers. */
  async function handle(records: DynamoDBRecord[], failing: readonly number[] = []) {
    const started: string[] = [];
    const outcome = await outcomeWithCounts(
      oneByOne(async ({ id }) => {
        started.push(id);
        if (failing.some((number) => id === `event-${number}`)) throw new Error(`refused ${id}`);
      }),
      records,
    );
    return { ...outcome, started };
  }

  test.each<[string, count: number, failing: number[], outcome: object, started: number]>([
    ['of several records', 5, [], NOTHING_FAILED, 5],
    ['whose first record fails is thrown', 5, [1], refused(1), 1],
    ['whose middle record fails', 5, [3], reported(3), 3],
    ['of which two records fail', 5, [2, 4], reported(2), 2],
    ['whose records all fail is thrown', 3, [1, 2, 3], refused(1), 1],
  ])('%s', async (_, count, failing, outcome, started) => {
    const failed = failing.length > 0 ? 1 : 0;
    expect(await handle(batch(count), failing)).toEqual({
      outcome,
      started: ids(started),
      counts: [started - failed, failed],
    });
  });

  test.each<[string, DynamoDBRecord[], outcome: object, processed: number]>([
    ['the first is thrown', [undecodable(1), record(2)], UNDECODABLE, 0],
    ['in the middle', [record(1), record(2), undecodable(3), record(4)], reported(3), 2],
    ['several', [record(1), undecodable(2), undecodable(3)], reported(2), 1],
    [
      'of another source',
      [record(1), record(2, { eventSourceARN: 'arn:aws:sqs:us-east-1:444455556666:orders' })],
      reported(2),
      1,
    ],
  ])('with a record that cannot be decoded, %s', async (_, records, outcome, processed) => {
    expect(await handle(records)).toEqual({
      outcome,
      started: ids(processed),
      counts: [processed, 1],
    });
  });
});

describe('a processor of single changes', () => {
  test('gets one change after the other', async () => {
    const steps: string[] = [];
    const processor: Processor = async ({ id }) => {
      steps.push(`begin ${id}`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`end ${id}`);
    };
    await handlerOf(oneByOne(processor)).invoke(batch(3));
    expect(steps).toEqual(ids(3).flatMap((id) => [`begin ${id}`, `end ${id}`]));
  });

  const error = new Error('refused');
  test.each<[string, () => unknown]>([
    [
      'throws at once',
      () => {
        throw error;
      },
    ],
    ['throws later', () => Promise.reject(error)],
    ['returns an error', async () => error],
  ])('that %s fails the change', async (_, processor) => {
    const { thrown } = await handlerOf(oneByOne(processor as Processor)).invoke(batch(2));
    expect(thrown).toBe(error);
  });
});

test.each<[string, () => unknown, string]>([
  [
    'throws undefined',
    () => {
      throw undefined;
    },
    'undefined',
  ],
  ['rejects with undefined', () => Promise.reject(), 'undefined'],
  ['rejects with null', () => Promise.reject(null), 'null'],
])('a processor that %s fails the change with an error', async (_, processor, value) => {
  const { thrown, lines } = await handlerOf(oneByOne(processor as Processor)).invoke(batch(1));
  const message = `the processor failed without an error: it threw or rejected with ${value}`;
  expect(thrown).toEqual(new TypeError(message));
  expect(lines).toMatchObject([{ level: 'ERROR', error: { name: 'TypeError', message } }]);
});

test('after a failure, Lambda delivers what was not processed, in order', async () => {
  const processed: string[] = [];
  let failures = 1;
  const handler = defineProcessor(({ id }) => {
    if (id === 'change-2' && failures-- > 0) throw new Error('down');
    processed.push(id);
  });
  const remove = { eventName: 'REMOVE', keys: { OrderId: 'order-1' } } as const;
  const { result } = await caught(() => deliver(handler, Array(5).fill(remove)));
  expect(result.discarded).toEqual([]);
  expect(processed).toEqual([0, 1, 2, 3, 4].map((index) => `change-${index}`));
});
