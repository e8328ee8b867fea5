import { defineBatchProcessor, defineProcessor } from '../../../lambda-src/processor';
import { deployedHandler } from '../../../lambda-src/runtime/deployed-handler';
import { describeRecord } from '../../../lambda-src/runtime/describe-record';
import { record } from '../../helpers/records';

/** As another copy of the package would mark it. */
const marked = <T extends object>(handler: T): T =>
  Object.defineProperty(handler, Symbol.for('dynamodb-cross-account-streams/handler'), {
    value: true,
  });

const PROCESSOR = defineProcessor(() => {});
const handlerOf = (handler: unknown, fallback?: unknown) =>
  deployedHandler({ handler, default: fallback }, 'src/audit.ts');

describe('the deployed handler', () => {
  test.each([
    ['defineProcessor', PROCESSOR],
    ['defineBatchProcessor', defineBatchProcessor(() => {})],
    ['another copy of the package', marked(async () => ({}))],
  ])('is what %s returned, as it is', (_, handler) => {
    expect(handlerOf(undefined, handler)).toBe(handler);
    expect(handlerOf(handler, 42)).toBe(handler);
  });

  test('knows the mark by its name in the global registry', () => {
    const name = Symbol.for('dynamodb-cross-account-streams/handler');
    expect(Reflect.get(PROCESSOR, name)).toBe(true);
    const marked = Object.assign(async () => ({}), { [name]: true });
    expect(handlerOf(undefined, marked)).toBe(marked);
  });

  test('is the default export of a compiled module', () => {
    expect(handlerOf(undefined, { __esModule: true, default: PROCESSOR })).toBe(PROCESSOR);
    expect(handlerOf(undefined, { default: PROCESSOR })).toBe(PROCESSOR);
  });

  test('is `handler` rather than the default export', async () => {
    const handler = handlerOf(async () => null, PROCESSOR);
    await expect(handler({}, {})).resolves.toBeNull();
  });

  test('that is custom gets event and context', async () => {
    const own = jest.fn(async (_event: unknown, _context: unknown) => null);
    await handlerOf(own)({ Records: [] }, { awsRequestId: 'request-1' });
    expect(own.mock.calls).toEqual([[{ Records: [] }, { awsRequestId: 'request-1' }]]);
  });
});

describe('refuses at the start', () => {
  const UNWRAPPED =
    'has a default export that defineProcessor did not return: wrap it in defineProcessor, or export your own handler as `handler`';
  const MISSING =
    'must export a handler: write export default defineProcessor(…), or export const handler';

  test.each<[string, unknown, string]>([
    ['no export', undefined, MISSING],
    ['a default export that is a processor', async () => {}, UNWRAPPED],
    ['a default export that makes a handler', () => PROCESSOR, UNWRAPPED],
    [
      'a default export that took a handler’s properties',
      Object.assign(() => {}, PROCESSOR),
      UNWRAPPED,
    ],
    ['a default export that is an object', { handler: async () => null }, UNWRAPPED],
  ])('%s', (_, fallback, problem) => {
    expect(() => handlerOf(undefined, fallback)).toThrow(new TypeError(`src/audit.ts ${problem}`));
  });

  test.each<[string, unknown, string]>([
    ['that is an object', { handler: 1 }, 'must be a function, got object'],
    [
      'with a callback',
      (_event: unknown, _context: unknown, _callback: unknown) => {},
      'has 3 parameters: a callback is never called here; return a promise, as in export const handler = async (event, context) => { … }',
    ],
  ])('a handler %s, with or without a default export', (_, handler, problem) => {
    const error = new TypeError(`handler of src/audit.ts ${problem}`);
    expect(() => handlerOf(handler)).toThrow(error);
    expect(() => handlerOf(handler, PROCESSOR)).toThrow(error);
  });
});

describe('the answer of a custom handler', () => {
  const FAILURES = [{ itemIdentifier: '1' }];
  class StreamsEventResponse {
    batchItemFailures = FAILURES;
  }
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object', {}],
    ['null for a list', { batchItemFailures: null }],
    ['a list', { batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '2' }] }],
    ['an identifier that Lambda takes for all', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['an instance of a class', new StreamsEventResponse()],
  ])('is passed on: %s', async (_, answer) => {
    await expect(handlerOf(async () => answer)({}, {})).resolves.toEqual(
      answer === undefined || answer === null ? answer : { ...answer },
    );
  });

  test.each<[string, unknown]>([
    [
      'a getter of a class',
      new (class {
        get batchItemFailures() {
          return FAILURES;
        }
      })(),
    ],
    ['not enumerable', Object.defineProperty({}, 'batchItemFailures', { value: FAILURES })],
  ])('has its failures in the JSON that Lambda gets: %s', async (_, answer) => {
    const sent = JSON.stringify(await handlerOf(async () => answer)({}, {}));
    expect(JSON.parse(sent)).toEqual({ batchItemFailures: FAILURES });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['an object', { batchItemFailures: [{ itemIdentifier: '1' }] }],
  ])('is a promise, also where it was given at once: %s', async (_, answer) => {
    const promise = handlerOf(() => answer)({}, {});
    expect(promise).toBeInstanceOf(Promise);
    await promise;
  });

  test('that is nothing, at once, is left to the runtime', () => {
    expect(handlerOf(() => undefined)({}, {})).toBeUndefined();
  });

  const MUST =
    'handler of src/audit.ts must answer with nothing or { batchItemFailures: [{ itemIdentifier: <sequence number> }] }, got ';
  test.each<[string, unknown, string]>([
    ['a function', () => {}, 'a function'],
    ['a text', 'ok', "'ok'"],
    ['a list', [{ itemIdentifier: '1' }], "[ { itemIdentifier: '1' } ]"],
    ['an error', new RangeError('lost'), 'the error RangeError: lost'],
    ['a generator', (async function* () {})(), 'Object [AsyncGenerator] {}'],
    ['an object whose JSON is a text', { toJSON: () => 'ok' }, '{ toJSON: [Function: toJSON] }'],
    [
      'failures under a key of one letter less',
      { batchItemFailure: [] },
      '{ batchItemFailure: [] }',
    ],
    ['failures under a key in capitals', { BatchItemFailures: [] }, '{ BatchItemFailures: [] }'],
    ['failures that are an object', { batchItemFailures: {} }, '{ batchItemFailures: {} }'],
    ['a failure that is a text', { batchItemFailures: ['1'] }, "{ batchItemFailures: [ '1' ] }"],
    [
      'an identifier that is a number',
      { batchItemFailures: [{ itemIdentifier: 1 }] },
      '{ batchItemFailures: [ { itemIdentifier: 1 } ] }',
    ],
    [
      'an identifier of another name',
      { batchItemFailures: [{ ItemIdentifier: '1' }] },
      "{ batchItemFailures: [ { ItemIdentifier: '1' } ] }",
    ],
    ['much text', 'x'.repeat(200), `'${'x'.repeat(98)}…`],
  ])('fails the batch: %s', async (_, answer, got) => {
    await expect(handlerOf(async () => answer)({}, {})).rejects.toThrow(
      new TypeError(`${MUST}${got}`),
    );
  });

  test.each([
    [
      'thrown',
      () => {
        throw new Error('lost');
      },
    ],
    [
      'rejected',
      async () => {
        throw new Error('lost');
      },
    ],
  ])('is an error that was %s, as it is', async (_, own) => {
    await expect((async () => handlerOf(own)({}, {}))()).rejects.toThrow(new Error('lost'));
  });

  test.each<[string, () => unknown]>([
    [
      'thrown',
      () => {
        throw undefined;
      },
    ],
    ['rejected', () => Promise.reject()],
  ])('is an error also where undefined was %s', async (_, own) => {
    await expect((async () => handlerOf(own)({}, {}))()).rejects.toThrow(
      /^handler of .* failed without an error: it threw or rejected with undefined$/,
    );
  });
});

describe('the handler of a processor', () => {
  const ORDERS = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
  const LABEL = 'stream/2026-01-02T03:04:05.678';
  const handler = jest.fn(async (_event: unknown, _context: unknown) => 'answer');
  const tableArns = [ORDERS, ORDERS.replace('Orders', 'Items')];
  const known = async (event: unknown, context: unknown) =>
    deployedHandler(
      { handler: marked(handler), default: undefined },
      'a.ts',
      tableArns,
    )(event, context);
  const of = (eventSourceARN: string) => record(1, { eventSourceARN });

  beforeEach(() => handler.mockClear());

  test.each<[string, unknown]>([
    ['the streams of known tables', { Records: [record(1), record(2)] }],
    [
      'another stream of such a table',
      { Records: [of(`${ORDERS}/stream/2027-01-01T00:00:00.000`)] },
    ],
    ['no records', { Records: [] }],
    ['nothing, which the handler rejects', undefined],
    ['text in place of records', { Records: 'x' }],
    ['values that are not records', { Records: [null, 1, {}, { eventSourceARN: 7 }] }],
  ])('events of %s reach the handler', async (_, event) => {
    await expect(known(event, 'context')).resolves.toBe('answer');
    expect(handler.mock.calls).toEqual([[event, 'context']]);
  });

  test.each([
    ['account', `${ORDERS.replace('444455556666', '999999999999')}/${LABEL}`],
    ['table', `${ORDERS}2/${LABEL}`],
    ['table ..', `${ORDERS}/../..${LABEL}`],
    ['Region', `${ORDERS.replace('us-east-1', 'eu-west-1')}/${LABEL}`],
    ['partition', `${ORDERS.replace('aws', 'aws-cn')}/${LABEL}`],
    ['service', `${ORDERS.replace('dynamodb', 'kinesis')}/${LABEL}`],
    ['kind: the table itself', ORDERS],
  ])('a record of another %s fails the batch, whatever else is in it', async (_, arn) => {
    const stranger = of(arn);
    await expect(known({ Records: [record(1), stranger] }, 'context')).rejects.toThrow(
      new Error(
        `a record of a table that this function is not subscribed to: ${describeRecord(stranger)}; subscribe the consumer to it in the topology and deploy, or look who invokes the function`,
      ),
    );
    expect(handler).not.toHaveBeenCalled();
  });
});
