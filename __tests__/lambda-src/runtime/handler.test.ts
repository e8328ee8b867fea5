import { describeRecord } from '../../../lambda-src/runtime/describe-record';
import type { RunBatch } from '../../../lambda-src/runtime/run-batch';
import { CONTEXT, handlerOf } from '../../helpers/invoke';
import { batch, described, record, sequenceNumber } from '../../helpers/records';

const MESSAGE = 'Change failed; Lambda will deliver it and what follows again';
const ERROR = new Error('refused');

/** Processes all. */
const succeed: RunBatch = async (records) => ({ processed: records.length });

/** Fails at the record of this index. */
const failAt =
  (processed: number, thrown: boolean, error: unknown = ERROR): RunBatch =>
  async (records) => ({
    processed,
    failure: { record: records[processed] ?? {}, changes: 1, error, thrown },
  });

const base = {
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  requestId: 'request-1',
  functionName: 'ProcessOrders',
  coldStart: true,
};

describe('a handler', () => {
  test('gives all records to what processes them, with the context', async () => {
    const runBatch = jest.fn(succeed);
    await handlerOf(runBatch).invoke(batch(3));
    expect(runBatch.mock.calls).toEqual([
      [
        batch(3),
        {
          log: expect.any(Object),
          requestId: 'request-1',
          functionName: 'ProcessOrders',
          count: expect.any(Function),
          getRemainingTimeInMillis: expect.any(Function),
        },
      ],
    ]);
    expect(runBatch.mock.calls[0]?.[1].getRemainingTimeInMillis()).toBe(1_234);
  });

  test.each([0, 1, 5])('reports nothing of %d records that were processed', async (count) => {
    const { response, thrown, lines } = await handlerOf(succeed).invoke(batch(count));
    expect({ response, thrown, lines }).toEqual({
      response: { batchItemFailures: [] },
      thrown: undefined,
      lines: [],
    });
  });

  test('reports one record, and logs it', async () => {
    const { response, lines } = await handlerOf(failAt(2, false)).invoke(batch(5));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(3) }] });
    expect(lines).toEqual([
      {
        ...base,
        level: 'ERROR',
        message: MESSAGE,
        sequenceNumber: sequenceNumber(3),
        eventId: 'event-3',
        error: {
          name: 'Error',
          message: 'refused',
          stack: expect.stringMatching(/^Error: refused\n +at /),
        },
      },
    ]);
  });

  test.each([
    ['an error', ERROR],
    ['a text', 'out of space'],
  ])('throws %s as it is, and logs it', async (_, error) => {
    const { thrown, response, lines } = await handlerOf(failAt(0, true, error)).invoke(batch(2));
    expect(thrown).toBe(error);
    expect(response).toBeUndefined();
    expect(lines.map(({ message, eventId }) => ({ message, eventId }))).toEqual([
      { message: MESSAGE, eventId: 'event-1' },
    ]);
  });
});

test('keeps the function running while a change is processed, and no longer', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  let finish = () => {};
  const handler = handlerOf(async (records) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { processed: records.length };
  });
  const invoked = handler.invoke(batch(1));
  expect(timers()).toBe(before + 1);
  finish();
  await invoked;
  expect(timers()).toBe(before);
});

describe('a line of the log', () => {
  const logOnce: RunBatch = async (records, { log }) => {
    log.info('Message', { count: records.length });
    return { processed: records.length };
  };
  const line = { ...base, level: 'INFO', message: 'Message', count: 1 };

  test('says whether the invocation is the first', async () => {
    const { invoke } = handlerOf(logOnce);
    const lines = [...(await invoke(batch(1))).lines, ...(await invoke(batch(2))).lines];
    expect(lines).toEqual([line, { ...line, count: 2, coldStart: false }]);
  });

  test('has the id of the trace', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const { invoke } = handlerOf(logOnce, { _X_AMZN_TRACE_ID: trace });
    const xrayTraceId = '1-5759e988-bd862e3fe1be46a994272793';
    expect((await invoke(batch(1))).lines).toEqual([{ ...line, xrayTraceId }]);
  });

  test.each([
    ['is written', 'DEBUG', [line]],
    ['is written', 'INFO', [line]],
    ['is not written', 'WARN', []],
    ['is not written', 'error', []],
  ])('at INFO %s with LOG_LEVEL %s', async (_, LOG_LEVEL, lines) => {
    expect((await handlerOf(logOnce, { LOG_LEVEL }).invoke(batch(1))).lines).toEqual(lines);
  });

  test.each(['TRACE', ''])('cannot have LOG_LEVEL %j, which the start refuses', (LOG_LEVEL) => {
    expect(() => handlerOf(logOnce, { LOG_LEVEL })).toThrow(
      new RangeError(`LOG_LEVEL must be DEBUG, INFO, WARN, ERROR, got ${LOG_LEVEL}`),
    );
  });
});

describe('the metrics of a batch', () => {
  const line = (processed: number, failed: number, stream: object) => ({
    _aws: {
      Timestamp: 1_767_323_045_678,
      CloudWatchMetrics: [
        {
          Namespace: 'CrossAccountStreams',
          Dimensions: [['FunctionName']],
          Metrics: [
            { Name: 'ChangesProcessed', Unit: 'Count' },
            { Name: 'ChangesFailed', Unit: 'Count' },
          ],
        },
      ],
    },
    FunctionName: 'ProcessOrders',
    ChangesProcessed: processed,
    ChangesFailed: failed,
    ...stream,
  });
  const orders = { account: '444455556666', table: 'Orders' };
  const elsewhere = record(1, { eventSourceARN: 'arn:aws:sqs:us-east-1:444455556666:orders' });

  test.each<[string, RunBatch, unknown[], object]>([
    ['that succeeds', succeed, batch(3), line(3, 0, orders)],
    ['that is empty', succeed, [], line(0, 0, {})],
    ['that is reported', failAt(2, false), batch(5), line(2, 1, orders)],
    ['that is thrown', failAt(0, true), batch(5), line(0, 1, orders)],
    ['of another source', failAt(0, true), [elsewhere], line(0, 1, {})],
  ])('%s are one line', async (_, runBatch, records, expected) => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(1_767_323_045_678);
    const { metrics } = await handlerOf(runBatch).invoke(records);
    now.mockRestore();
    expect(metrics).toEqual([expected]);
  });
});

describe('what a processor counts', () => {
  const counting =
    (...counts: [name: unknown, by?: unknown][]): RunBatch =>
    async (records, { count }) => {
      for (const one of counts) Reflect.apply(count, undefined, one);
      return { processed: records.length };
    };
  const failed = async (runBatch: RunBatch) => (await handlerOf(runBatch).invoke(batch(1))).thrown;

  test('is summed by name, in the line of the invocation', async () => {
    const { invoke } = handlerOf(
      counting(['Orders'], ['Cents', 499.5], ['Orders', 2], ['Cents', -1]),
    );
    for (const { metrics } of [await invoke(batch(1)), await invoke(batch(1))]) {
      expect(metrics).toMatchObject([
        {
          _aws: {
            CloudWatchMetrics: [
              {
                Metrics: ['ChangesProcessed', 'ChangesFailed', 'Orders', 'Cents'].map((Name) => ({
                  Name,
                  Unit: 'Count',
                })),
              },
            ],
          },
          ChangesProcessed: 1,
          Orders: 3,
          Cents: 498.5,
        },
      ]);
    }
  });

  test.each<[string, unknown, unknown, string]>([
    [
      'no name',
      undefined,
      1,
      'a metric must have a name of 1 to 255 ASCII characters, got undefined',
    ],
    ['a blank name', ' ', 1, 'a metric must have a name of 1 to 255 ASCII characters, got  '],
    ['an umlaut', 'Ü', 1, 'a metric must have a name of 1 to 255 ASCII characters, got Ü'],
    ['the name of a column', '_aws', 1, 'the line of metrics has a _aws of its own'],
    [
      'the name of its own metric',
      'ChangesFailed',
      1,
      'the line of metrics has a ChangesFailed of its own',
    ],
    ['text', 'Orders', '1', 'Orders must be counted by a number, got 1'],
    ['no number', 'Orders', Number.NaN, 'Orders must be counted by a number, got NaN'],
  ])('is refused: %s', async (_, name, by, message) => {
    expect(await failed(counting([name, by]))).toEqual(new TypeError(message));
  });

  test('is refused: more names than a line can have', async () => {
    const names = Array.from({ length: 99 }, (_, index): [string] => [`Metric${index}`]);
    expect(await failed(counting(...names.slice(0, 98), ['Metric0']))).toBeUndefined();
    expect(await failed(counting(...names))).toEqual(
      new RangeError('an invocation counts at most 98 metrics: Metric98 is one too many'),
    );
  });
});

describe('rejects, before processing starts, an event', () => {
  const NO_RECORDS = 'not an event of a DynamoDB stream: it has no Records';
  const ofWindow = (key: string) =>
    `an event of a tumbling window (it has ${key}), whose state a processor does not return: set tumblingWindowInSeconds to 0, or export a handler of your own that gives { Records } to the processor and returns its answer with the state`;
  const window = { start: '2026-01-02T03:00:00Z', end: '2026-01-02T03:05:00Z' };
  const Records = batch(2);

  test.each<[string, unknown, string]>([
    ['that is undefined', undefined, NO_RECORDS],
    ['that is empty', {}, NO_RECORDS],
    ['with text as Records', { Records: 'text' }, NO_RECORDS],
    ['of a schedule', { source: 'aws.events', detail: {} }, NO_RECORDS],
    ['of a tumbling window', { Records, state: {}, window }, ofWindow('window')],
    [
      'that ends a tumbling window',
      { Records: [], state: {}, isFinalInvokeForWindow: true },
      ofWindow('isFinalInvokeForWindow'),
    ],
    [
      'of a tumbling window that is not terminated early',
      { Records, state: {}, isWindowTerminatedEarly: false },
      ofWindow('isWindowTerminatedEarly'),
    ],
    ...[
      ['without a sequence number', described(2, { SequenceNumber: undefined })],
      ['with letters as sequence number', described(2, { SequenceNumber: 'abc' })],
      ['with a number as sequence number', described(2, JSON.parse('{"SequenceNumber":12}'))],
      ['that is null', null],
      ['of a queue', { messageId: '1', eventSource: 'aws:sqs', body: '{}' }],
    ].map(([name, broken]): [string, unknown, string] => [
      `with a record ${name}`,
      { Records: [record(1), broken] },
      `not a record of a DynamoDB stream, it has no SequenceNumber: ${describeRecord(broken)}`,
    ]),
  ])('%s', async (_, event, message) => {
    const runBatch = jest.fn(succeed);
    const { thrown, lines, metrics } = await handlerOf(runBatch).invokeWith(event);
    expect(thrown).toEqual(new TypeError(message));
    expect([runBatch.mock.calls, lines, metrics]).toEqual([[], [], []]);
  });
});

test('an event of a tumbling window is processed if redrive delivers it, without its state', async () => {
  const runBatch = jest.fn(succeed);
  const { invokeWith } = handlerOf(runBatch);
  const event = { Records: batch(2), window: {}, isFinalInvokeForWindow: false };
  const { response } = await invokeWith(event, { custom: { redrive: true } });
  expect(response).toEqual({ batchItemFailures: [] });
  const { thrown } = await invokeWith(event, { custom: { redrive: 'no' } });
  expect(thrown).toBeInstanceOf(TypeError);
  expect(runBatch).toHaveBeenCalledTimes(1);
});

test('the remaining time is read from Lambda each time', async () => {
  const times: number[] = [];
  const left = jest.spyOn(CONTEXT, 'getRemainingTimeInMillis');
  left.mockReturnValueOnce(500).mockReturnValueOnce(400);
  await handlerOf(async (_, context) => {
    times.push(context.getRemainingTimeInMillis(), context.getRemainingTimeInMillis());
    return { processed: 0 };
  }).invoke([]);
  left.mockRestore();
  expect(times).toEqual([500, 400]);
});
