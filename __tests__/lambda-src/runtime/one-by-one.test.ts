import type { DynamoDBRecord } from 'aws-lambda';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { oneByOne, type Processor } from '../../../lambda-src/runtime/one-by-one';
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

/** Handles a batch with a processor that refuses the changes of these numbers. */
async function handle(records: DynamoDBRecord[], failing: readonly number[] = []) {
  const begun: string[] = [];
  const { invoke } = handlerOf(
    oneByOne(async ({ id }) => {
      begun.push(id);
      if (failing.some((number) => id === `event-${number}`)) throw new Error(`refused ${id}`);
    }),
  );
  const { response, thrown, metrics } = await invoke(records);
  const { ChangesProcessed, ChangesFailed } = metrics[0] ?? {};
  const outcome = response ? { response } : { thrown };
  return { outcome, begun, counts: [ChangesProcessed, ChangesFailed] };
}

describe('a batch', () => {
  test.each<[string, count: number, failing: number[], outcome: object, begun: number]>([
    ['without a record', 0, [], NOTHING_FAILED, 0],
    ['of one record', 1, [], NOTHING_FAILED, 1],
    ['of several records', 5, [], NOTHING_FAILED, 5],
    ['whose only record fails is thrown', 1, [1], refused(1), 1],
    ['whose first record fails is thrown', 5, [1], refused(1), 1],
    ['whose middle record fails', 5, [3], reported(3), 3],
    ['whose last record fails', 5, [5], reported(5), 5],
    ['of which two records fail', 5, [2, 4], reported(2), 2],
    ['whose records all fail is thrown', 3, [1, 2, 3], refused(1), 1],
  ])('%s', async (_, count, failing, outcome, begun) => {
    const failed = failing.length > 0 ? 1 : 0;
    expect(await handle(batch(count), failing)).toEqual({
      outcome,
      begun: ids(begun),
      counts: [begun - failed, failed],
    });
  });

  test.each<[string, DynamoDBRecord[], outcome: object, processed: number]>([
    ['the only one is thrown', [undecodable(1)], UNDECODABLE, 0],
    ['the first is thrown', [undecodable(1), record(2)], UNDECODABLE, 0],
    ['in the middle', [record(1), record(2), undecodable(3), record(4)], reported(3), 2],
    ['the last', [record(1), record(2), undecodable(3)], reported(3), 2],
    ['several', [record(1), undecodable(2), undecodable(3)], reported(2), 1],
    ['all are thrown', [undecodable(1), undecodable(2)], UNDECODABLE, 0],
    [
      'of another source',
      [record(1), record(2, { eventSourceARN: 'arn:aws:sqs:us-east-1:444455556666:orders' })],
      reported(2),
      1,
    ],
  ])('with a record that cannot be decoded, %s', async (_, records, outcome, processed) => {
    expect(await handle(records)).toEqual({
      outcome,
      begun: ids(processed),
      counts: [processed, 1],
    });
  });
});

describe('a processor', () => {
  test('gets change events', async () => {
    const changes: unknown[] = [];
    await handlerOf(oneByOne((change) => void changes.push(change))).invoke(batch(2));
    expect(changes).toEqual(batch(2).map((one) => toChangeEvent(one)));
  });

  test('gets one change after the other', async () => {
    const steps: string[] = [];
    const { invoke } = handlerOf(
      oneByOne(async ({ id }) => {
        steps.push(`begin ${id}`);
        await new Promise((resolve) => setImmediate(resolve));
        steps.push(`end ${id}`);
      }),
    );
    await invoke(batch(3));
    expect(steps).toEqual(ids(3).flatMap((id) => [`begin ${id}`, `end ${id}`]));
  });

  test.each<[string, Processor]>([
    [
      'that throws at once',
      () => {
        throw new Error('refused event-1');
      },
    ],
    ['that throws later', () => Promise.reject(new Error('refused event-1'))],
  ])('%s fails the change', async (_, processor) => {
    const { thrown } = await handlerOf(oneByOne(processor)).invoke(batch(1));
    expect(thrown).toEqual(new Error('refused event-1'));
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

test('a processor that returns an error has failed', async () => {
  const lost = new Error('lost');
  const returns = (async () => lost) as unknown as Processor;
  const { thrown } = await handlerOf(oneByOne(returns)).invoke(batch(2));
  expect(thrown).toBe(lost);
});
