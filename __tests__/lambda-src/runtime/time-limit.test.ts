import type { DynamoDBRecord } from 'aws-lambda';
import { defineProcessor } from '../../../lambda-src/processor';
import { allAtOnce } from '../../../lambda-src/runtime/all-at-once';
import { concurrently } from '../../../lambda-src/runtime/concurrently';
import { oneByOne, type Processor } from '../../../lambda-src/runtime/one-by-one';
import type { RunBatch } from '../../../lambda-src/runtime/run-batch';
import { type Change, deliver } from '../../../lambda-src/testing';
import { caught, handlerOf } from '../../helpers/invoke';
import { NOTHING_FAILED, reported } from '../../helpers/outcome';
import { batch, sequenceNumber } from '../../helpers/records';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A function with this time-out in milliseconds, from each invocation on. */
function functionOf(runBatch: RunBatch, timeout: number, env = {}) {
  let deadline = 0;
  const getRemainingTimeInMillis = () => deadline - Date.now();
  const { invoke, exit } = handlerOf(runBatch, env, { getRemainingTimeInMillis });
  return {
    exit,
    /** Advances the clock up to the answer. */
    invoke: async (records: DynamoDBRecord[]) => {
      const start = Date.now();
      deadline = start + timeout;
      const answer = invoke(records);
      let milliseconds: number | undefined;
      answer.finally(() => {
        milliseconds = Date.now() - start;
      });
      for (let i = 0; milliseconds === undefined && i < 100; i += 1) {
        await jest.advanceTimersByTimeAsync(timeout / 100);
      }
      return { ...(await answer), milliseconds };
    },
  };
}

/** Takes this time, as far as it counts. */
const busy = (milliseconds: number) => jest.setSystemTime(Date.now() + milliseconds);

describe('where the time gets short', () => {
  test.each<[name: string, changes: number, milliseconds: number, timeout: number, done: number[]]>(
    [
      ['all of a batch that is done in time', 5, 1_000, 60_000, [5]],
      ['short changes, up to a second before the time-out', 1_000, 100, 60_000, [591, 409]],
      ['long changes, up to twice the longest', 20, 6_000, 60_000, [9, 9, 2]],
      ['half of a second, of a function that has one', 10, 100, 1_000, [6, 4]],
      ['one change, where it takes all of the time', 3, 50_000, 60_000, [1, 1, 1]],
    ],
  )('an invocation processes %s', async (_, changes, milliseconds, timeout, done) => {
    const records = batch(changes);
    const { invoke } = functionOf(
      oneByOne(() => busy(milliseconds)),
      timeout,
    );
    const processed: unknown[] = [];
    for (let from = 0; from < changes; ) {
      const { response, lines, metrics } = await invoke(records.slice(from));
      const [{ ChangesProcessed, ChangesFailed } = {}] = metrics;
      processed.push(ChangesProcessed);
      from += Number(ChangesProcessed);
      expect(ChangesFailed).toBe(0);
      if (from === changes) {
        expect({ response, lines }).toEqual({ ...NOTHING_FAILED, lines: [] });
      } else {
        expect(response).toEqual(reported(from + 1).response);
        expect(lines).toMatchObject([
          {
            level: 'WARN',
            message: 'Out of time for a change; Lambda will deliver it and what follows again',
            sequenceNumber: sequenceNumber(from + 1),
            eventId: `event-${from + 1}`,
          },
        ]);
      }
    }
    expect(processed).toEqual(done);
  });

  test('10,000 changes of 100 ms take 17 invocations of 60 s and no change is repeated', async () => {
    let calls = 0;
    const handler = defineProcessor(() => {
      calls += 1;
      busy(100);
    });
    const changes = Array.from(
      { length: 10_000 },
      (_, OrderId): Change => ({
        eventName: 'REMOVE',
        keys: { OrderId },
      }),
    );
    const { result } = await caught(() => deliver(handler, changes, { batchSize: 10_000 }));
    expect(result).toMatchObject({ repeated: [], discarded: [] });
    expect([calls, result.invocations.length]).toEqual([10_000, 17]);
  });
});

describe('a change that takes too long', () => {
  /** Ends by its signal alone, as a request does. */
  const request: Processor = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const never = () => new Promise<void>(() => {});
  const second =
    (processor: Processor): Processor =>
    (change, context) =>
      change.id === 'event-2' ? processor(change, context) : undefined;
  const timeoutError = (message: string, cause: object = {}) => [
    { level: 'ERROR', eventId: 'event-2', error: { name: 'TimeoutError', message, ...cause } },
  ];

  test.each<[string, limit: number | undefined, milliseconds: number, message: string]>([
    ['after its time limit', 12, 12_000, 'not done after 12 s, its timeoutInSeconds'],
    ['before the time-out', undefined, 59_000, 'not done 1000 ms before the function times out'],
    [
      'before the time-out, if that is first',
      60,
      59_000,
      'not done 1000 ms before the function times out',
    ],
  ])('is aborted %s, and reported', async (_, limit, milliseconds, message) => {
    const { invoke, exit } = functionOf(
      oneByOne(second(request), { timeoutInSeconds: limit }),
      60_000,
    );
    const { response, lines, metrics, ...others } = await invoke(batch(3));
    expect(response).toEqual(reported(2).response);
    expect(others.milliseconds).toBe(milliseconds);
    expect(lines).toMatchObject(timeoutError(message, { cause: { message: 'aborted' } }));
    expect(metrics).toMatchObject([{ ChangesProcessed: 1, ChangesFailed: 1 }]);
    expect(exit).not.toHaveBeenCalled();
  });

  const LEFT =
    'not done after 12 s, its timeoutInSeconds, nor ended by context.signal: give the signal to what the processor awaits';

  test('and is not ended by its signal ends the process on Lambda, since it would go on', async () => {
    const { invoke, exit } = functionOf(oneByOne(second(never), { timeoutInSeconds: 12 }), 60_000, {
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    });
    const { thrown, lines, milliseconds } = await invoke(batch(3));
    expect(thrown).toMatchObject({ name: 'TimeoutError', message: LEFT });
    expect(milliseconds).toBe(12_500);
    expect(lines).toMatchObject(timeoutError(LEFT));
    expect(exit).toHaveBeenCalledTimes(1);
  });

  test('and is not ended by its signal fails the function elsewhere', async () => {
    const { invoke, exit } = functionOf(oneByOne(second(never), { timeoutInSeconds: 12 }), 60_000);
    expect(await invoke(batch(3))).toMatchObject({ thrown: { message: LEFT } });
    expect(exit).not.toHaveBeenCalled();
  });

  test('ends the process also where an earlier change failed, which would be reported', async () => {
    const processor: Processor = async ({ id }) => {
      if (id === 'event-2') {
        await new Promise((resolve) => setTimeout(resolve, 100));
        throw new Error('refused');
      }
      if (id === 'event-3') await never();
    };
    const options = { concurrency: 3, timeoutInSeconds: 12 };
    const { invoke, exit } = functionOf(concurrently(processor, options), 60_000, {
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    });
    const { thrown, lines } = await invoke(batch(3));
    expect(thrown).toEqual(new Error('refused'));
    expect(exit).toHaveBeenCalledTimes(1);
    expect(lines).toMatchObject([
      { eventId: 'event-3', error: { message: LEFT } },
      { eventId: 'event-2', error: { message: 'refused' } },
    ]);
  });

  test('fails all changes of a batch processor, also where it repeats whole batches', async () => {
    const { invoke, exit } = functionOf(
      allAtOnce(never, { timeoutInSeconds: 12, repeatWhole: true }),
      60_000,
      {
        AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
      },
    );
    const { thrown, metrics } = await invoke(batch(3));
    expect(thrown).toMatchObject({ message: LEFT });
    expect(metrics).toMatchObject([{ ChangesProcessed: 0, ChangesFailed: 3 }]);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  test('is processed if it is done soon after its signal was aborted', async () => {
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 12_400));
    const { response, lines } = await functionOf(
      oneByOne(second(slow), { timeoutInSeconds: 12 }),
      60_000,
    ).invoke(batch(3));
    expect({ response, lines }).toEqual({ ...NOTHING_FAILED, lines: [] });
  });
});

describe('the signal', () => {
  test('is of one change, and aborts no change that is done', async () => {
    const signals: AbortSignal[] = [];
    const keep: Processor = async (_, { signal }) => void signals.push(signal);
    await functionOf(oneByOne(keep, { timeoutInSeconds: 1 }), 60_000).invoke(batch(2));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    expect(new Set(signals).size).toBe(2);
  });

  test('is aborted also where it is read too late', async () => {
    const late: Processor = async (_, context) => {
      await new Promise((resolve) => setTimeout(resolve, 12_400));
      context.signal.throwIfAborted();
    };
    const { thrown } = await functionOf(oneByOne(late, { timeoutInSeconds: 12 }), 60_000).invoke(
      batch(1),
    );
    expect(thrown).toMatchObject({ message: 'not done after 12 s, its timeoutInSeconds' });
    expect(thrown).not.toHaveProperty('cause');
  });
});

test('a processor that is done when it returns takes no timer', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout');
  await functionOf(
    oneByOne(() => {}),
    60_000,
  ).invoke(batch(3));
  expect(timers).not.toHaveBeenCalled();
});
