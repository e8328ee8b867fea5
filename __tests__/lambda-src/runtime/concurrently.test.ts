import type { DynamoDBRecord } from 'aws-lambda';
import { concurrently } from '../../../lambda-src/runtime/concurrently';
import type { Processor } from '../../../lambda-src/runtime/one-by-one';
import { handlerOf } from '../../helpers/invoke';
import { NOTHING_FAILED, reported } from '../../helpers/outcome';
import { described, record, sequenceNumber, undecodable } from '../../helpers/records';

/** Changes from 1 on, in turn of this many items. */
const changes = (count: number, items: number): DynamoDBRecord[] =>
  Array.from({ length: count }, (_, index) =>
    described(index + 1, { Keys: { OrderId: { S: `order-${index % items}` } } }),
  );

/**
 * Invokes with a processor whose changes end when they are told to. `begun` has the numbers of those that began, in
 * order, since it was read last.
 */
function start(records: DynamoDBRecord[], concurrency: number, time = {}) {
  const pending = new Map<number, { resolve(): void; reject(error: Error): void }>();
  const begun: number[] = [];
  const processor: Processor = ({ id }) =>
    new Promise<void>((resolve, reject) => {
      const number = Number(id.slice('event-'.length));
      begun.push(number);
      pending.set(number, { resolve, reject });
    });
  const { invoke } = handlerOf(concurrently(processor, { concurrency }), {}, time);
  const answer = invoke(records);
  return {
    invoke,
    answer,
    begun: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return begun.splice(0);
    },
    end: (...numbers: number[]) => {
      for (const number of numbers) pending.get(number)?.resolve();
    },
    fail: (number: number) => pending.get(number)?.reject(new Error(`refused ${number}`)),
  };
}

test('as many changes as asked for run at the same time, the oldest first', async () => {
  const run = start(changes(6, 6), 3);
  expect(await run.begun()).toEqual([1, 2, 3]);
  run.end(2);
  expect(await run.begun()).toEqual([4]);
  run.end(1, 3, 4);
  expect(await run.begun()).toEqual([5, 6]);
  run.end(5, 6);
  expect(await run.answer).toMatchObject({
    ...NOTHING_FAILED,
    metrics: [{ ChangesProcessed: 6, ChangesFailed: 0 }],
  });
});

test('changes of one item run one after the other, in order, and hold up no other item', async () => {
  const run = start(changes(6, 2), 6);
  expect(await run.begun()).toEqual([1, 2]);
  run.end(2);
  expect(await run.begun()).toEqual([4]);
  run.end(4);
  expect(await run.begun()).toEqual([6]);
  run.end(1, 6);
  expect(await run.begun()).toEqual([3]);
  run.end(3);
  expect(await run.begun()).toEqual([5]);
  run.end(5);
  expect((await run.answer).response).toEqual(NOTHING_FAILED.response);
});

test.each<[string, Processor]>([
  [
    'throws',
    () => {
      throw new Error('refused');
    },
  ],
  [
    'rejects at once',
    async () => {
      throw new Error('refused');
    },
  ],
])('nothing begins after a change whose processor %s', async (_, fail) => {
  const begun: string[] = [];
  const processor: Processor = (change, context) => {
    begun.push(change.id);
    return begun.length === 2 ? fail(change, context) : undefined;
  };
  const { invoke } = handlerOf(concurrently(processor, { concurrency: 10 }));
  expect(await invoke(changes(5, 5))).toMatchObject(reported(2));
  expect(begun).toEqual(['event-1', 'event-2']);
});

test('an item is the same in whatever order its key attributes come', async () => {
  const [pk, sk] = [{ S: '1' }, { N: '2' }];
  const run = start([described(1, { Keys: { pk, sk } }), described(2, { Keys: { sk, pk } })], 2);
  expect(await run.begun()).toEqual([1]);
  run.end(1);
  expect(await run.begun()).toEqual([2]);
  run.end(2);
  await run.answer;
});

test('no change begins ten times the concurrency or more after the oldest that is not done', async () => {
  const run = start(changes(30, 30), 2);
  expect(await run.begun()).toEqual([1, 2]);
  for (let number = 2; number < 20; number += 1) {
    run.end(number);
    expect(await run.begun()).toEqual([number + 1]);
  }
  run.end(20);
  expect(await run.begun()).toEqual([]);
  run.end(1);
  expect(await run.begun()).toEqual([21, 22]);
  run.fail(21);
  run.end(22);
  expect((await run.answer).response).toEqual(reported(21).response);
});

describe('where a change fails', () => {
  test('what is before it is done, nothing after it begins, and what runs is awaited', async () => {
    // 1 and 3 are of one item, so 3 waits.
    const run = start(
      [
        record(1),
        record(2),
        described(3, { Keys: record(1).dynamodb?.Keys }),
        record(4),
        record(5),
        record(6),
      ],
      3,
    );
    expect(await run.begun()).toEqual([1, 2, 4]);
    run.fail(4);
    expect(await run.begun()).toEqual([]);
    run.end(1);
    expect(await run.begun()).toEqual([3]);
    run.end(3);
    const answered = jest.fn();
    run.answer.then(answered);
    expect(await run.begun()).toEqual([]);
    expect(answered).not.toHaveBeenCalled();
    run.end(2);
    expect(await run.answer).toMatchObject({
      ...reported(4),
      metrics: [{ ChangesProcessed: 3, ChangesFailed: 1 }],
      lines: [{ eventId: 'event-4', error: { message: 'refused 4' } }],
    });
  });

  test('and then an earlier one, that is reported, and all are logged', async () => {
    const run = start(changes(4, 4), 4);
    expect(await run.begun()).toEqual([1, 2, 3, 4]);
    run.fail(3);
    run.fail(4);
    run.end(1);
    await run.begun();
    run.fail(2);
    expect(await run.answer).toMatchObject({
      ...reported(2),
      metrics: [{ ChangesProcessed: 1, ChangesFailed: 3 }],
      lines: [4, 3, 2].map((number) => ({
        level: 'ERROR',
        sequenceNumber: sequenceNumber(number),
        eventId: `event-${number}`,
        error: { message: `refused ${number}` },
      })),
    });
  });

  test('the first of the batch, its error is thrown', async () => {
    const run = start(changes(3, 3), 3);
    expect(await run.begun()).toEqual([1, 2, 3]);
    run.fail(1);
    run.end(2, 3);
    expect((await run.answer).thrown).toEqual(new Error('refused 1'));
  });

  test('because it cannot be decoded, what is before it is done', async () => {
    const run = start([record(1), undecodable(2), record(3)], 2);
    expect(await run.begun()).toEqual([1]);
    run.end(1);
    expect((await run.answer).response).toEqual(reported(2).response);
  });

  test('it is tried alone, where the next batch begins with it', async () => {
    const run = start(changes(4, 4), 4);
    await run.begun();
    run.end(1, 3, 4);
    run.fail(2);
    expect((await run.answer).response).toEqual(reported(2).response);
    const again = run.invoke(changes(4, 4).slice(1));
    expect(await run.begun()).toEqual([2]);
    run.end(2);
    expect(await run.begun()).toEqual([3, 4]);
    run.end(3, 4);
    expect((await again).response).toEqual(NOTHING_FAILED.response);
  });
});

test('where the time gets short, nothing begins, and the first that is not done is reported', async () => {
  let left = 60_000;
  const run = start(changes(5, 5), 2, { getRemainingTimeInMillis: () => left });
  expect(await run.begun()).toEqual([1, 2]);
  run.end(2);
  expect(await run.begun()).toEqual([3]);
  left = 999;
  run.end(1);
  expect(await run.begun()).toEqual([]);
  run.end(3);
  expect(await run.answer).toMatchObject({
    ...reported(4),
    lines: [{ level: 'WARN', eventId: 'event-4' }],
    metrics: [{ ChangesProcessed: 3, ChangesFailed: 0 }],
  });
});

test('a failure after what the time was too short for is logged, and not reported', async () => {
  let left = 60_000;
  const sameItem = described(2, { Keys: record(1).dynamodb?.Keys });
  const run = start([record(1), sameItem, record(3)], 2, { getRemainingTimeInMillis: () => left });
  expect(await run.begun()).toEqual([1, 3]);
  left = 999;
  run.fail(3);
  run.end(1);
  expect(await run.answer).toMatchObject({
    ...reported(2),
    lines: [
      { level: 'ERROR', eventId: 'event-3' },
      { level: 'WARN', eventId: 'event-2' },
    ],
  });
});

describe('1,000 changes of 100 items that take 10 ms each', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

  /** Advances the clock until all are processed. @returns milliseconds that it took */
  async function timeOf(processor: Processor, concurrency: number): Promise<number> {
    const { invoke } = handlerOf(
      concurrently(processor, { concurrency }),
      {},
      {
        getRemainingTimeInMillis: () => 60_000,
      },
    );
    const start = Date.now();
    let done: number | undefined;
    const answer = invoke(changes(1_000, 100)).then((outcome) => {
      done = Date.now();
      return outcome;
    });
    while (done === undefined) await jest.advanceTimersByTimeAsync(10);
    expect((await answer).response).toEqual(NOTHING_FAILED.response);
    return done - start;
  }

  test.each([
    [10, 1_000],
    [50, 200],
    [100, 100],
  ])('take, %d at the same time, %d ms', async (concurrency, milliseconds) => {
    expect(await timeOf(() => sleep(10), concurrency)).toBe(milliseconds);
  });

  test('leave the last value of every item, however long each takes', async () => {
    const stored = new Map<unknown, string>();
    await timeOf(async ({ id, keys }) => {
      await sleep((Number(id.slice('event-'.length)) * 7_919) % 37);
      stored.set(keys.OrderId, id);
    }, 50);
    expect([...stored].sort()).toEqual(
      changes(1_000, 100)
        .slice(900)
        .map(({ eventID, dynamodb }) => [dynamodb?.Keys?.OrderId?.S, eventID])
        .sort(),
    );
  });
});
