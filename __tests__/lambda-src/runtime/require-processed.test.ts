import { requireProcessed } from '../../../lambda-src/runtime/require-processed';

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
