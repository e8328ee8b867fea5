import fc from 'fast-check';
import type { Answer } from '../../../operate/redrive/delivery';
import type { FailedBatch } from '../../../operate/redrive/failed-batch';
import {
  findFailedBatches,
  type Outcome,
  redrive,
  type Store,
} from '../../../operate/redrive/redrive';
import {
  event,
  type Facts,
  invocationRecord,
  keyOf,
  MemoryStore,
  ORIGIN,
  STREAM,
} from '../../helpers/failed-batches';

const OTHER_STREAM =
  'arn:aws:dynamodb:us-east-1:777788889999:table/Orders/stream/2026-01-02T03:04:05.678';
const PROCESSED: Answer = { payload: '{"batchItemFailures":[]}' };
const THROWN: Answer = { functionError: 'Unhandled', payload: '{"errorMessage":"refused"}' };
const failedAt = (number: number): Answer => ({
  payload: `{"batchItemFailures":[{"itemIdentifier":"${number}"}]}`,
});
const EARLIER = 'an earlier batch of the shard failed';

interface Run {
  /** Name, status and problem of each batch. */
  readonly outcomes: string[];
  /** First sequence number of each event the function was invoked with. */
  readonly delivered: string[];
}

/** One run over all of a bucket. `answer` is given the first sequence number of the event. */
async function run(
  store: MemoryStore,
  answer: (first: string) => Answer | Promise<Answer> = () => PROCESSED,
  signal = new AbortController().signal,
): Promise<Run> {
  const delivered: string[] = [];
  const outcomes: Outcome[] = [];
  const found = await findFailedBatches(store, ORIGIN);
  const redriven = redrive(found, {
    store,
    origin: ORIGIN,
    signal,
    invoke: async (payload) => {
      const first = JSON.parse(payload).Records[0].dynamodb.SequenceNumber;
      delivered.push(first);
      return answer(first);
    },
  });
  for await (const outcome of redriven) outcomes.push(outcome);
  return {
    outcomes: outcomes.map(({ batch, status, problem }) =>
      [store.nameOf(batch.key), status, problem].filter((part) => part !== undefined).join(' '),
    ),
    delivered,
  };
}

/** Replaces what reading the object of this name gives. */
function readAs(store: MemoryStore, name: string, result: Store['read']): void {
  const read = store.read.bind(store);
  store.read = (key) => (store.nameOf(key) === name ? result(key) : read(key));
}

const namesOf = (store: MemoryStore, batches: readonly FailedBatch[]) =>
  batches.map(({ key }) => store.nameOf(key));

describe('the bucket', () => {
  test('is read over all its pages, in the order of the streams', async () => {
    const store = new MemoryStore({
      a: { records: [1000, 1001] },
      b: { records: [999] },
      c: { streamArn: OTHER_STREAM, records: [1] },
      d: { records: [50], shardId: 'shardId-2' },
      e: { records: [99, 1002] },
    });
    const { batches, others } = await findFailedBatches(store, ORIGIN);
    expect(namesOf(store, batches)).toEqual(['d', 'e', 'b', 'a', 'c']);
    expect(others).toEqual([]);
  });

  test('keeps objects that are not failed batches, and reports them', async () => {
    const a = keyOf('a', { shardId: 'shardId-2' });
    const store = new MemoryStore({ z: 'hello', b: {}, [a]: '{}' });
    const read = jest.spyOn(store, 'read');
    expect((await findFailedBatches(store, ORIGIN)).others).toEqual([
      { key: a, read: true, problem: 'requestContext must be an object' },
      { key: 'z', read: true, problem: 'its key is not one that Lambda gives a failed batch' },
    ]);
    expect(read).not.toHaveBeenCalledWith('z');
    await run(store);
    expect(store.names).toEqual(['z', a]);
  });

  test('may lose an object while it is read', async () => {
    const store = new MemoryStore({ a: {}, b: {} });
    readAs(store, 'a', async () => undefined);
    const { batches, others } = await findFailedBatches(store, ORIGIN);
    expect(namesOf(store, batches)).toEqual(['b']);
    expect(others).toEqual([]);
  });

  test('that cannot be listed ends the run', async () => {
    const store = new MemoryStore({ a: {} });
    store.list = () => {
      throw new Error('denied');
    };
    await expect(findFailedBatches(store, ORIGIN)).rejects.toThrow(new Error('denied'));
  });

  test('is read from a time on', async () => {
    const store = new MemoryStore({
      before: { timestamp: '2026-01-02T09:59:59.999Z' },
      at: { timestamp: '2026-01-02T10:00:00.000Z', records: [100] },
      after: { timestamp: '2026-01-02T12:00:00+01:00', records: [200] },
    });
    const { batches } = await findFailedBatches(store, ORIGIN, new Date('2026-01-02T10:00:00Z'));
    expect(namesOf(store, batches)).toEqual(['at', 'after']);
  });
});

describe('a batch', () => {
  test('is delivered as Lambda delivered it', async () => {
    const store = new MemoryStore({ a: { records: [100, 200] } });
    const found = await findFailedBatches(store, ORIGIN);
    const invoke = jest.fn().mockResolvedValue(PROCESSED);
    const { signal } = new AbortController();
    await redrive(found, { store, origin: ORIGIN, invoke, signal }).next();
    expect(invoke.mock.calls).toEqual([[event(100, 200)]]);
  });

  test.each<[string, Answer, string]>([
    ['throws', THROWN, 'the function failed: refused'],
    ['reports its last record', failedAt(300), 'the function failed at sequence number 300'],
  ])('stays whole if the function %s', async (_, answer, problem) => {
    const store = new MemoryStore({ a: {} });
    expect((await run(store, () => answer)).outcomes).toEqual([`a failed ${problem}`]);
    expect([...store.objects]).toEqual([['a', JSON.stringify(invocationRecord())]]);
  });

  test('stays if the function cannot be invoked', async () => {
    const store = new MemoryStore({ a: {} });
    const tooLarge = () => Promise.reject(new Error('Request must be smaller than 6291456 bytes'));
    expect((await run(store, tooLarge)).outcomes).toEqual([
      'a failed Request must be smaller than 6291456 bytes',
    ]);
    expect(store.names).toEqual(['a']);
  });

  test('that is gone when its turn comes is not delivered', async () => {
    const store = new MemoryStore({ a: { records: [100] }, b: { records: [200] } });
    const { outcomes, delivered } = await run(store, () => {
      store.objects.delete('b');
      return PROCESSED;
    });
    expect(outcomes).toEqual([
      'a delivered',
      'b failed the object is gone: it expired, or another run delivered it',
    ]);
    expect(delivered).toEqual(['100']);
  });

  test('that cannot be deleted is reported, and delivered again by the next run', async () => {
    const store = new MemoryStore({
      a: { records: [100] },
      b: { records: [200] },
      c: { records: [300], shardId: 'shardId-2' },
    });
    const deletion = store.delete.bind(store);
    store.delete = async (key) => {
      if (store.nameOf(key) === 'a') throw new Error('denied');
      store.objects.delete(store.nameOf(key));
    };
    const problem = 'not deleted, so the next run delivers it again: denied';
    expect(await run(store)).toEqual({
      outcomes: [
        `a delivered ${problem}`,
        'b waiting an earlier batch of the shard was not deleted',
        'c delivered',
      ],
      delivered: ['100', '300'],
    });
    expect(store.names).toEqual(['a', 'b']);
    store.delete = deletion;
    expect((await run(store)).delivered).toEqual(['100', '200']);
  });

  test('that cannot be read holds the later ones of its table', async () => {
    const store = new MemoryStore({
      a: { records: [100] },
      b: { records: [200], shardId: 'shardId-2' },
      c: { records: [50], streamArn: OTHER_STREAM },
    });
    const read = store.read.bind(store);
    const twice = jest.fn(read).mockImplementationOnce(read);
    readAs(store, 'a', twice.mockRejectedValue(new Error('socket hang up')));
    expect(await run(store)).toEqual({
      outcomes: [
        'a failed socket hang up',
        'b waiting an earlier batch of the table could not be read',
        'c delivered',
      ],
      delivered: ['50'],
    });
  });

  test('is delivered again if the run dies before it is deleted', async () => {
    const store = new MemoryStore({ a: { records: [100] }, b: { records: [200] } });
    const deletion = store.delete.bind(store);
    let reached = () => {};
    const died = new Promise<void>((resolve) => {
      reached = resolve;
    });
    store.delete = () => {
      reached();
      return new Promise(() => {}); // the process is gone here
    };
    run(store);
    await died;
    expect(store.names).toEqual(['a', 'b']);
    store.delete = deletion;
    expect((await run(store)).delivered).toEqual(['100', '200']);
    expect(store.names).toEqual([]);
  });
});

describe('an object whose content is not known', () => {
  const shard2 = { shardId: 'shardId-2' };
  const bad = keyOf('bad', shard2);
  const batches = {
    a: { records: [100] },
    b: { records: [200], ...shard2 },
    c: { records: [300] },
  } satisfies Record<string, Facts>;

  test('that is denied holds its shard, and stops no other', async () => {
    const store = new MemoryStore({ ...batches, [bad]: '' });
    readAs(store, bad, () => Promise.reject(new Error('AccessDenied')));
    expect((await findFailedBatches(store, ORIGIN)).others).toEqual([
      { key: bad, read: false, problem: 'AccessDenied' },
    ]);
    expect(await run(store)).toEqual({
      outcomes: [
        'a delivered',
        'b waiting an object of the shard could not be read',
        'c delivered',
      ],
      delivered: ['100', '300'],
    });
    expect(store.names).toEqual(['b', bad]);
  });

  const record = JSON.stringify(invocationRecord(shard2));
  const deep = `${'{"M":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  test.each<[string, string, string]>([
    [
      'of a table that the consumer does not read',
      record.replaceAll('444455556666', '999999999999'),
      'DDBStreamBatchInfo.streamArn must be the stream of a table that the consumer reads, got "arn:aws:dynamodb:us-east-1:999999999999:table/Orders/stream/2026-01-02T03:04:05.678"',
    ],
    [
      'that is nested too deeply',
      record.replace(
        '\\"dynamodb\\":{',
        `\\"dynamodb\\":{\\"Keys\\":${deep.replaceAll('"', '\\"')},`,
      ),
      'payload is nested more than 100 levels deep',
    ],
    [
      'that is nested too deeply outside',
      `{"requestContext":${deep}}`,
      'is nested more than 100 levels deep',
    ],
  ])('%s holds its shard, and stops no other', async (_, content, problem) => {
    const store = new MemoryStore({ ...batches, [bad]: content });
    expect((await findFailedBatches(store, ORIGIN)).others).toEqual([
      { key: bad, read: true, problem },
    ]);
    expect((await run(store)).outcomes).toEqual([
      'a delivered',
      'b waiting an object of the shard is not a failed batch of this consumer',
      'c delivered',
    ]);
    expect(store.names).toEqual(['b', bad]);
  });

  test('larger than a failed batch can be is not read', async () => {
    const store = new MemoryStore({ [bad]: '' });
    store.list = async function* () {
      yield [{ key: bad, size: 38_797_313 }];
    };
    const read = jest.spyOn(store, 'read');
    expect((await findFailedBatches(store, ORIGIN)).others).toEqual([
      {
        key: bad,
        read: true,
        problem: 'it has 38797313 bytes, a failed batch has at most 38797312',
      },
    ]);
    expect(read).not.toHaveBeenCalled();
  });

  test('without a shard in its key holds nothing', async () => {
    const store = new MemoryStore({ ...batches, 'aws/lambda/notes.txt': 'hello' });
    expect((await run(store)).delivered).toEqual(['100', '200', '300']);
  });
});

describe('an object that is replaced', () => {
  test('before its batch is delivered is not delivered in its place', async () => {
    const store = new MemoryStore({ a: { records: [100] }, b: { records: [200] } });
    const { outcomes } = await run(store, () => {
      store.objects.set('b', JSON.stringify(invocationRecord({ records: [300] })));
      return PROCESSED;
    });
    expect(outcomes).toEqual(['a delivered', 'b failed the object was replaced in the meantime']);
    expect(store.names).toEqual(['b']);
  });

  test('while its batch is delivered is not deleted, and delivered by the next run', async () => {
    const store = new MemoryStore({ a: { records: [100] } });
    const { outcomes } = await run(store, () => {
      store.objects.set('a', JSON.stringify(invocationRecord({ records: [101] })));
      return PROCESSED;
    });
    expect(outcomes).toEqual([
      'a delivered not deleted, so the next run delivers it again: replaced',
    ]);
    expect((await run(store)).delivered).toEqual(['101']);
  });
});

describe('a batch that fails', () => {
  const objects = {
    a: { records: [100] },
    b: { records: [200], shardId: 'shardId-2' },
    c: { records: [300] },
    d: { records: [400], shardId: 'shardId-2' },
    e: { records: [50], streamArn: OTHER_STREAM },
    f: { records: [500] },
  } satisfies Record<string, Facts>;

  test('holds the later ones of its shard, and of no other', async () => {
    const store = new MemoryStore(objects);
    expect(await run(store, (first) => (first === '100' ? THROWN : PROCESSED))).toEqual({
      outcomes: [
        'a failed the function failed: refused',
        'b delivered',
        `c waiting ${EARLIER}`,
        'd delivered',
        `f waiting ${EARLIER}`,
        'e delivered',
      ],
      delivered: ['100', '200', '400', '50'],
    });
    expect(store.names).toEqual(['a', 'c', 'f']);
  });

  test('is delivered by the next run, and the ones it held after it', async () => {
    const store = new MemoryStore(objects);
    await run(store, (first) => (first === '100' ? failedAt(100) : PROCESSED));
    expect((await run(store)).delivered).toEqual(['100', '300', '500']);
    expect(store.names).toEqual([]);
  });

  test('holds the later ones with changes of its items, in shards that came after its own', async () => {
    const store = new MemoryStore({
      a: { records: [100], order: 'x' },
      b: { records: [200], order: 'y', shardId: 'shardId-2' },
      c: { records: [300], order: 'x', shardId: 'shardId-3' },
      d: { records: [400], order: 'y', shardId: 'shardId-4' },
      e: { records: [500], order: 'z', shardId: 'shardId-3' },
      f: { records: [600], order: 'z', shardId: 'shardId-5' },
      g: { records: [50], order: 'x', streamArn: OTHER_STREAM },
    });
    const item = 'an earlier batch with a change of one of its items failed';
    expect(await run(store, (first) => (first === '100' ? THROWN : PROCESSED))).toEqual({
      outcomes: [
        'a failed the function failed: refused',
        'b delivered',
        `c waiting ${item}`,
        'd delivered',
        `e waiting ${EARLIER}`,
        `f waiting ${item}`,
        'g delivered',
      ],
      delivered: ['100', '200', '400', '50'],
    });
    expect((await run(store)).delivered).toEqual(['100', '300', '500', '600']);
  });
});

describe('a run that is stopped', () => {
  test('finishes the batch it is at, and leaves the rest to the next run', async () => {
    const store = new MemoryStore({
      a: { records: [100] },
      b: { records: [200] },
      c: { records: [300], shardId: 'shardId-2' },
    });
    const stop = new AbortController();
    const stopAt200 = (first: string) => {
      if (first === '200') stop.abort();
      return PROCESSED;
    };
    expect(await run(store, stopAt200, stop.signal)).toEqual({
      outcomes: ['a delivered', 'b delivered', 'c waiting the run was stopped'],
      delivered: ['100', '200'],
    });
    expect(store.names).toEqual(['c']);
    expect((await run(store)).outcomes).toEqual(['c delivered']);
  });

  test('before its first batch delivers nothing', async () => {
    const store = new MemoryStore({ a: {} });
    expect(await run(store, undefined, AbortSignal.abort())).toEqual({
      outcomes: ['a waiting the run was stopped'],
      delivered: [],
    });
  });
});

describe('whatever is in the bucket and whatever fails', () => {
  interface Generated {
    readonly streamArn: string;
    readonly shardId: string;
    readonly first: bigint;
    readonly fails: boolean;
  }
  const batch: fc.Arbitrary<Generated> = fc.record({
    streamArn: fc.constantFrom(STREAM, OTHER_STREAM),
    shardId: fc.constantFrom('shardId-1', 'shardId-2'),
    // Numbers of very different lengths, whose order as text is another.
    first: fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(10n ** 20n, 10n ** 26n)),
    fails: fc.boolean(),
  });
  const bucket = fc.uniqueArray(batch, { selector: ({ first }) => first, maxLength: 12 });

  test('nothing overtakes in a shard, and nothing is lost or left without need', async () => {
    const nothingOvertakes = fc.asyncProperty(bucket, async (generated) => {
      const named = generated.map((one) => [`${one.first}`, { ...one, records: [one.first] }]);
      const store = new MemoryStore(Object.fromEntries(named));
      const failing = generated.filter(({ fails }) => fails).map(({ first }) => `${first}`);
      const { delivered } = await run(store, (first) =>
        failing.includes(first) ? THROWN : PROCESSED,
      );

      const shardOf = (one: Generated) => one.streamArn + one.shardId;
      for (const shard of new Set(generated.map(shardOf))) {
        const firsts = generated
          .filter((one) => shardOf(one) === shard)
          .sort((a, b) => (a.first < b.first ? -1 : 1))
          .map(({ first }) => `${first}`);
        const failure = firsts.findIndex((first) => failing.includes(first));
        const processed = failure < 0 ? firsts.length : failure;
        expect(delivered.filter((first) => firsts.includes(first))).toEqual(
          firsts.slice(0, processed + 1),
        );
        expect(firsts.filter((first) => store.objects.has(first))).toEqual(firsts.slice(processed));
      }

      // Once the function is right, further runs empty the bucket.
      await run(store);
      expect(store.names).toEqual([]);
    });
    await fc.assert(nothingOvertakes, { numRuns: 200 });
  });
});
