import type { DynamoDBRecord } from 'aws-lambda';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import {
  allAtOnce,
  type BatchProcessor,
  oneByOne,
  type Processor,
  type RunBatch,
  requireProcessed,
} from '../../../lambda-src/runtime/run-batch';
import { handlerOf } from '../../helpers/invoke';
import { batch, record, sequenceNumber, undecodable } from '../../helpers/records';

const NOTHING_FAILED = { response: { batchItemFailures: [] } };
const reported = (number: number) => ({
  response: { batchItemFailures: [{ itemIdentifier: sequenceNumber(number) }] },
});
const refused = (number: number) => ({ thrown: new Error(`refused event-${number}`) });
const UNDECODABLE = {
  thrown: expect.objectContaining({
    message: expect.stringMatching(
      /^a record cannot be decoded, not a DynamoDB attribute value: .*"Keys"/,
    ),
  }),
};
const ids = (count: number) => batch(count).map(({ eventID }) => eventID);

/** What the handler answers or throws, and its metrics. */
async function outcomeOf(runBatch: RunBatch, records: DynamoDBRecord[]) {
  const { response, thrown, metrics } = await handlerOf(runBatch).invoke(records);
  const [{ ChangesProcessed, ChangesFailed } = {}] = metrics;
  return {
    outcome: response ? { response } : { thrown },
    counts: [ChangesProcessed, ChangesFailed],
  };
}

describe('one by one, a batch', () => {
  /** Handles a batch with a processor that refuses the changes of these numbers. */
  async function handle(records: DynamoDBRecord[], failing: readonly number[] = []) {
    const started: string[] = [];
    const outcome = await outcomeOf(
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

test('after a failure, Lambda delivers what was not processed, in order', async () => {
  const processed: string[] = [];
  let broken = true;
  const { invoke } = handlerOf(
    oneByOne(({ id }) => {
      if (broken && id === 'event-3') throw new Error('down');
      processed.push(id);
    }),
  );
  const { response } = await invoke(batch(5));
  broken = false;
  const from = response?.batchItemFailures[0]?.itemIdentifier;
  const again = batch(5).filter(({ dynamodb }) => (dynamodb?.SequenceNumber ?? '') >= `${from}`);
  expect((await invoke(again)).response).toEqual({ batchItemFailures: [] });
  expect(processed).toEqual(ids(5));
});

describe('all at once, a batch', () => {
  /** Handles a batch; `got` has the ids of each call of the processor. */
  async function handle(records: DynamoDBRecord[], failing: boolean) {
    const got: string[][] = [];
    const outcome = await outcomeOf(
      allAtOnce(async (changes) => {
        got.push(changes.map(({ id }) => id));
        if (failing) throw new Error('refused');
      }),
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
  ])('%s, whose processor fails, is reported from its first record on', async (...row) => {
    const [, records, got] = row;
    expect(await handle(records, true)).toEqual({
      outcome: reported(1),
      got: [ids(got)],
      counts: [0, got],
    });
  });
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
    const { response, lines } = await invoke(batch(2));
    expect(response).toEqual(reported(1).response);
    expect(lines).toMatchObject([{ level: 'ERROR', error }]);
  });
});

describe('what a processor returns', () => {
  const NEVER_CALLED = 'the processor returned a function or a generator, which nobody calls';

  test.each<[string, unknown, string]>([
    ['a function', () => {}, NEVER_CALLED],
    ['a generator', (function* () {})(), NEVER_CALLED],
    ['an asynchronous generator', (async function* () {})(), NEVER_CALLED],
    ['an error that is not thrown', new RangeError('lost'), 'lost'],
    [
      'the answer of a handler',
      { batchItemFailures: [] },
      'the processor returned batchItemFailures, which only a handler can answer: throw an error instead',
    ],
  ])('is a failure: %s', (_, returned, message) => {
    expect(() => requireProcessed(returned)).toThrow(message);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['the response of a client', { $metadata: { httpStatusCode: 200 } }],
    ['the results of several promises', [undefined, {}]],
    ['a text', 'done'],
  ])('is ignored: %s', (_, returned) => {
    expect(() => requireProcessed(returned)).not.toThrow();
  });
});
