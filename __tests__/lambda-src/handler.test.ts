import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { toChangeEvent } from '../../lambda-src/change-event';
import { createHandler } from '../../lambda-src/handler';
import type { Log } from '../../lambda-src/logger';
import type { Sink } from '../../lambda-src/sinks/sink';
import { record, sequenceNumber } from '../helpers/records';

const MESSAGE = 'Change failed; Lambda will deliver it and what follows again';

/** Handles a batch with a sink that refuses the changes with these ids. */
async function handle(records: unknown, failing: readonly string[] = []) {
  const written: string[] = [];
  const logged: Parameters<Log>[] = [];
  const sink: Sink = {
    async write(change) {
      written.push(change.id);
      if (failing.includes(change.id)) throw new Error(`refused ${change.id}`);
    },
  };
  const handler = createHandler(sink, (...line) => logged.push(line));
  const outcome = await handler({ Records: records } as DynamoDBStreamEvent).catch(
    (error: unknown) => ({ thrown: error }),
  );
  return { outcome, written, logged };
}

const batch = (count: number): DynamoDBRecord[] =>
  Array.from({ length: count }, (_, index) => record(index + 1));
const failed = (number: number) => ({
  batchItemFailures: [{ itemIdentifier: sequenceNumber(number) }],
});
const ids = (count: number) => batch(count).map(({ eventID }) => eventID);
/** A record with an image that cannot be decoded. */
const undecodable = (number: number) =>
  record(number, {
    dynamodb: { ...record(number).dynamodb, NewImage: JSON.parse('{"Total":{"X":"1"}}') },
  });

describe('a batch', () => {
  test.each<[string, count: number, failing: string[], outcome: object, written: number]>([
    ['without a record', 0, [], { batchItemFailures: [] }, 0],
    ['of one record', 1, [], { batchItemFailures: [] }, 1],
    ['of several records', 5, [], { batchItemFailures: [] }, 5],
    ['whose only record fails', 1, ['event-1'], failed(1), 1],
    ['whose first record fails', 5, ['event-1'], failed(1), 1],
    ['whose middle record fails', 5, ['event-3'], failed(3), 3],
    ['whose last record fails', 5, ['event-5'], failed(5), 5],
    ['of which two records fail', 5, ['event-2', 'event-4'], failed(2), 2],
    ['whose records all fail', 3, ['event-1', 'event-2', 'event-3'], failed(1), 1],
  ])('%s', async (_, count, failing, outcome, written) => {
    const result = await handle(batch(count), failing);
    expect(result.outcome).toEqual(outcome);
    expect(result.written).toEqual(ids(written));
  });

  test('reaches the sink as change events', async () => {
    const changes: unknown[] = [];
    const sink: Sink = { write: async (change) => void changes.push(change) };
    await createHandler(sink, () => {})({ Records: batch(2) });
    expect(changes).toEqual(batch(2).map(toChangeEvent));
  });

  test('reaches the sink one change after the other', async () => {
    const steps: string[] = [];
    const sink: Sink = {
      async write({ id }) {
        steps.push(`begin ${id}`);
        await new Promise((resolve) => setImmediate(resolve));
        steps.push(`end ${id}`);
      },
    };
    await createHandler(sink, () => {})({ Records: batch(3) });
    expect(steps).toEqual(ids(3).flatMap((id) => [`begin ${id}`, `end ${id}`]));
  });
});

describe('a record that cannot be decoded', () => {
  test.each<[string, DynamoDBRecord[], outcome: object, written: number]>([
    ['is reported first in the batch', [undecodable(1), record(2)], failed(1), 0],
    ['is reported after others', [record(1), record(2), undecodable(3), record(4)], failed(3), 2],
    [
      'of another source is reported',
      [record(1), record(2, { eventSourceARN: 'arn:aws:sqs:us-east-1:444455556666:orders' })],
      failed(2),
      1,
    ],
  ])('%s', async (_, records, outcome, written) => {
    const result = await handle(records);
    expect(result.outcome).toEqual(outcome);
    expect(result.written).toEqual(ids(written));
  });

  test.each<[string, unknown]>([
    ['has no sequence number', record(2, { dynamodb: { Keys: {} } })],
    ['is empty', {}],
    ['is null', null],
  ])('fails the whole batch where it %s', async (_, broken) => {
    const { outcome, written } = await handle([record(1), broken, record(3)]);
    expect(outcome).toEqual({ thrown: expect.any(TypeError) });
    expect(written).toEqual(['event-1']);
  });
});

describe('the log', () => {
  test('says nothing of a batch that succeeds', async () => {
    const { logged } = await handle(batch(3));
    expect(logged).toEqual([]);
  });

  test('says which change failed, and why', async () => {
    const { logged } = await handle(batch(3), ['event-2']);
    expect(logged).toEqual([
      [
        'ERROR',
        MESSAGE,
        {
          sequenceNumber: sequenceNumber(2),
          eventId: 'event-2',
          error: expect.stringMatching(/^Error: refused event-2\n +at /),
        },
      ],
    ]);
  });

  test('says why where what is thrown is no error', async () => {
    const logged: Parameters<Log>[] = [];
    const sink: Sink = { write: () => Promise.reject('out of space') };
    const handler = createHandler(sink, (...line) => logged.push(line));
    expect(await handler({ Records: batch(1) })).toEqual(failed(1));
    expect(logged).toEqual([
      [
        'ERROR',
        MESSAGE,
        { sequenceNumber: sequenceNumber(1), eventId: 'event-1', error: 'out of space' },
      ],
    ]);
  });
});

describe('refuses an event', () => {
  test.each<[string, unknown]>([
    ['that is undefined', undefined],
    ['that is null', null],
    ['that is empty', {}],
    ['with a text as Records', { Records: 'text' }],
    ['with null as Records', { Records: null }],
    ['of a schedule', { source: 'aws.events', detail: {} }],
  ])('%s', async (_, event) => {
    const write = jest.fn();
    const handler = createHandler({ write }, () => {});
    await expect(handler(event as DynamoDBStreamEvent)).rejects.toThrow(
      new TypeError('not an event of a DynamoDB stream: it has no Records'),
    );
    expect(write).not.toHaveBeenCalled();
  });
});
