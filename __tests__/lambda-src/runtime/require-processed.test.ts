import { requireProcessed } from '../../../lambda-src/runtime/require-processed';

describe('what a processor returns', () => {
  const NEVER_CALLED = 'the processor returned a function or a generator, which nobody calls';

  const NOT_AWAITED =
    'the processor returned promises in a list, set, map or object, which nobody awaits: return Promise.all of them';

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
    ['promises in a list', [undefined, Promise.resolve()], NOT_AWAITED],
    ['promises in a set', new Set([Promise.resolve()]), NOT_AWAITED],
    ['promises in a map', new Map([['a', Promise.resolve()]]), NOT_AWAITED],
    ['promises in an object', { a: Promise.resolve() }, NOT_AWAITED],
    [
      'promises deep in an object',
      { a: [new Map([['b', { c: Promise.resolve() }]])] },
      NOT_AWAITED,
    ],
    [
      'queries in a list, which begin when they are awaited',
      // biome-ignore lint/suspicious/noThenProperty: as query builders have it
      [{ then: () => {} }],
      NOT_AWAITED,
    ],
    ['functions in a list', [() => {}], NEVER_CALLED],
    ['errors in a list', [undefined, new RangeError('lost')], 'lost'],
    [
      'what failed of several promises',
      [
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: new RangeError('lost') },
      ],
      '1 of 2 promises failed',
    ],
    [
      'what failed, in a list of lists',
      [[], [{ status: 'rejected', reason: 7 }]],
      '1 of 1 promises failed',
    ],
  ])('is a failure: %s', (_, returned, message) => {
    expect(() => requireProcessed(returned)).toThrow(message);
  });

  const circular: Record<string, unknown> = { status: 200 };
  circular.self = circular;

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['the response of a client', { $metadata: { httpStatusCode: 200 } }],
    ['a response that has its request', circular],
    ['an object with functions', { retry: [() => {}] }],
    [
      'a getter that would begin work',
      {
        get work() {
          return Promise.resolve();
        },
      },
    ],
    [
      'a client that is connecting',
      {
        client: new (class {
          connected = Promise.resolve();
        })(),
      },
    ],
    ['the results of several promises', [undefined, {}]],
    ['promises that were all kept', [{ status: 'fulfilled', value: undefined }]],
    ['an order that was rejected', [{ status: 'rejected', reason: 'no stock', orderId: 'o-1' }]],
    ['a text', 'done'],
  ])('is ignored: %s', (_, returned) => {
    expect(() => requireProcessed(returned)).not.toThrow();
  });
});
