import type { DynamoDBStreamHandler } from 'aws-lambda';
import {
  type ChangeEvent,
  defineBatchProcessor,
  defineProcessor,
} from '../../lambda-src/processor';
import type { StreamHandler } from '../../lambda-src/runtime/handler';
import { type Change, deliver } from '../../lambda-src/testing';

const order = (number: number): Change => ({
  eventName: 'INSERT',
  keys: { OrderId: number },
  newImage: { OrderId: number },
});
const orders = (count: number) => Array.from({ length: count }, (_, index) => order(index));

interface Order {
  OrderId: number;
}

beforeEach(() => jest.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

/** A processor that refuses these orders. `got` has the orders that it took. */
function refusing(...refused: number[]) {
  const got: number[] = [];
  const handler = defineProcessor<Order>(async ({ keys: { OrderId = -1 } }) => {
    if (refused.includes(OrderId)) throw new Error(`refused ${OrderId}`);
    got.push(OrderId);
  });
  return { handler, got };
}

test('a batch without failures is one invocation', async () => {
  const changes = orders(3);
  const { handler, got } = refusing();
  expect(await deliver(handler, changes)).toEqual({
    processed: changes,
    repeated: [],
    discarded: [],
    invocations: [{ changes, outcome: 'answered' }],
  });
  expect(got).toEqual([0, 1, 2]);
});

test('poison is isolated by reports and halves, and alone discarded', async () => {
  const changes = orders(6);
  const { handler, got } = refusing(2, 3);
  const { processed, repeated, discarded, invocations } = await deliver(handler, changes, {
    batchSize: 5,
    retries: 1,
  });
  expect(discarded).toEqual([order(2), order(3)]);
  expect(processed).toEqual([order(0), order(1), order(4), order(5)]);
  expect(repeated).toEqual([]);
  expect(got).toEqual([0, 1, 4, 5]);
  const error = (number: number) => new Error(`refused ${number}`);
  expect(invocations).toEqual([
    { changes: changes.slice(0, 5), outcome: 'answered', reported: order(2) },
    { changes: changes.slice(2, 5), outcome: 'failed', error: error(2) },
    { changes: changes.slice(2, 3), outcome: 'failed', error: error(2) },
    { changes: changes.slice(2, 3), outcome: 'failed', error: error(2) },
    { changes: changes.slice(3, 5), outcome: 'failed', error: error(3) },
    { changes: changes.slice(3, 4), outcome: 'failed', error: error(3) },
    { changes: changes.slice(3, 4), outcome: 'failed', error: error(3) },
    { changes: changes.slice(4, 5), outcome: 'answered' },
    { changes: changes.slice(5), outcome: 'answered' },
  ]);
});

test('after a time-out, what was processed is delivered again in halves', async () => {
  const changes = orders(4);
  const { handler, got } = refusing();
  const { processed, repeated, discarded, invocations } = await deliver(handler, changes, {
    faults: ['time-out', 'none', 'lost answer'],
  });
  expect({ processed, repeated, discarded }).toEqual({
    processed: changes,
    repeated: changes,
    discarded: [],
  });
  expect(invocations.map(({ outcome }) => outcome)).toEqual([
    'time-out',
    'answered',
    'lost answer',
    'answered',
  ]);
  expect(got).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 2, 3]);
});

test('what was processed can be discarded all the same, where no answer arrives', async () => {
  const { handler } = refusing();
  const faults = ['lost answer', 'lost answer'] as const;
  expect(await deliver(handler, orders(2), { retries: 1, faults })).toMatchObject({
    processed: orders(2),
    repeated: orders(2),
    discarded: orders(2),
  });
});

test('a batch processor that refuses one change is halved', async () => {
  const handler = defineBatchProcessor<Order>((changes) => {
    if (changes.some(({ keys }) => keys.OrderId === 1)) throw new Error('refused');
  });
  const { processed, discarded, invocations } = await deliver(handler, orders(4), { retries: 0 });
  expect({ processed, discarded }).toEqual({
    processed: [order(0), order(2), order(3)],
    discarded: [order(1)],
  });
  expect(invocations.map(({ changes }) => changes.length)).toEqual([4, 2, 1, 1, 2]);
});

test('a change that never ends is aborted, and alone discarded', async () => {
  const handler = defineProcessor<Order>(
    async ({ keys }, { signal }) => {
      if (keys.OrderId !== 1) return;
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
    { timeoutInSeconds: 0.001 },
  );
  expect(await deliver(handler, orders(3), { retries: 0 })).toMatchObject({
    processed: [order(0), order(2)],
    discarded: [order(1)],
    invocations: [
      { outcome: 'answered', reported: order(1) },
      { outcome: 'failed', error: { name: 'TimeoutError' } },
      { outcome: 'failed' },
      { outcome: 'answered' },
    ],
  });
});

test('a handler of another kind is invoked as Lambda does, and its answer is checked', async () => {
  const never: DynamoDBStreamHandler = () => new Promise(() => {});
  const misspelled = async () => ({ batchItemsFailures: [] });
  const contexts: unknown[] = [];
  const own: DynamoDBStreamHandler = async ({ Records }, context) => {
    contexts.push(context);
    const [, second] = Records.splice(0);
    if (!second) return;
    return { batchItemFailures: [{ itemIdentifier: second.dynamodb?.SequenceNumber ?? '' }] };
  };
  const options = { retries: 0, timeout: 0.001 };
  expect((await deliver(never, orders(1), options)).invocations).toMatchObject([
    { outcome: 'time-out' },
  ]);
  expect((await deliver(misspelled, orders(1), options)).invocations).toMatchObject([
    {
      outcome: 'failed',
      error: { message: expect.stringContaining('handler of deliver() must answer') },
    },
  ]);
  expect((await deliver(own, orders(2))).invocations).toEqual([
    { changes: orders(2), outcome: 'answered', reported: order(1) },
    { changes: [order(1)], outcome: 'answered' },
  ]);
  expect(contexts).toEqual([
    expect.objectContaining({ awsRequestId: 'request-0', functionName: 'Function' }),
    expect.objectContaining({ awsRequestId: 'request-1', memoryLimitInMB: '128' }),
  ]);
});

test('changes can be of another stream', async () => {
  const tables: string[] = [];
  const handler = defineProcessor(({ table, position }) => void tables.push(table, position));
  const streamArn =
    'arn:aws:dynamodb:eu-west-1:444455556666:table/Carts/stream/2027-01-02T03:04:05.678';
  await deliver(handler, orders(1), { streamArn });
  expect(tables).toEqual(['Carts', expect.stringMatching(/^2027-01-02T03:04:05\.678\/\d{40}$/)]);
});

test('refuses what is not a handler, or has a callback', async () => {
  await expect(deliver(undefined as never, [])).rejects.toThrow(
    'deliver must be given a handler, which is a function, got undefined',
  );
  const callback = ((_event: object, _context: object, _callback: object) => {}) as never;
  await expect(deliver(callback, [])).rejects.toThrow('handler of deliver() has 3 parameters');
});

test('refuses a change that is none, with its place', async () => {
  const changes = [...orders(1), null] as never;
  await expect(deliver(refusing().handler, changes)).rejects.toThrow(
    'changes[1] must be a change as an object, got null',
  );
});

test.each<[object | null, Error]>([
  [null, new TypeError('deliver must be given its options as an object, got null')],
  [{ batchSize: 0 }, new RangeError('batchSize of deliver must be a whole number from 1, got 0')],
  [{ retries: -1 }, new RangeError('retries of deliver must be a whole number from 0, got -1')],
  [{ bisect: 1 }, new RangeError('bisect of deliver must be true or false, got 1')],
  [
    { faults: ['timeout'] },
    new RangeError('faults of deliver must be a list of none, time-out, lost answer, got timeout'),
  ],
  [
    { timeout: 0 },
    new RangeError('timeout of deliver must be a number above 0, at most 900, got 0'),
  ],
  [
    { timeout: '5' },
    new RangeError('timeout of deliver must be a number above 0, at most 900, got 5'),
  ],
  [
    { streamArn: 'Orders' },
    new RangeError('streamArn of deliver must be the ARN of a DynamoDB stream, got Orders'),
  ],
  [
    { maximumRetryAttempts: 1 },
    new TypeError(
      'deliver has no option maximumRetryAttempts, only batchSize and retries and bisect and progressUsesRetry and faults and timeout and streamArn',
    ),
  ],
])('refuses %j', async (options, error) => {
  await expect(deliver(refusing().handler, orders(1), options as object)).rejects.toEqual(error);
});

describe('a processor that gives its record another sequence number repeats what it has not done', () => {
  test.each<[string, (process: (change: ChangeEvent<Order>) => void) => StreamHandler]>([
    ['one by one', (process) => defineProcessor(process)],
    ['concurrently', (process) => defineProcessor(process, { concurrency: 2 })],
    [
      'all at once',
      (process) =>
        defineBatchProcessor<Order>((changes) => changes.forEach(process), { repeatWhole: true }),
    ],
  ])('%s', async (_, define) => {
    const done = new Set<unknown>();
    let failures = 0;
    const handler = define(({ keys, sequenceNumber, record }) => {
      const last = `${sequenceNumber.slice(0, -1)}3`;
      Object.assign(record.dynamodb ?? {}, { SequenceNumber: last });
      if (keys.OrderId === 1 && failures++ === 0) throw new Error('refused');
      done.add(keys.OrderId);
    });
    await deliver(handler, orders(4));
    expect(done).toEqual(new Set([0, 1, 2, 3]));
  });
});
