import { failureOf } from '../../../operate/redrive/delivery';

const failed = (...failures: unknown[]) => JSON.stringify({ batchItemFailures: failures });

describe('a batch counts as processed if the function returns', () => {
  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['an empty response', '{}'],
    ['an empty list of failures', '{"batchItemFailures":[]}'],
    ['null for the list', '{"batchItemFailures":null}'],
    ['what the walk-through returns', '{"statusCode":200}'],
  ])('%s', (_, payload) => {
    expect(failureOf({ payload })).toBeUndefined();
  });
});

describe('a batch counts as failed if', () => {
  test.each<[string, string, string]>([
    ['throws', '{"errorType":"TypeError","errorMessage":"no order"}', 'TypeError: no order'],
    ['fails with an error that is not JSON', 'out of memory', 'out of memory'],
    ['fails with an error without text', '{"errorMessage":""}', '{"errorMessage":""}'],
    ['fails, whatever it returns', '{"batchItemFailures":[]}', '{"batchItemFailures":[]}'],
  ])('the function %s', (_, payload, error) => {
    expect(failureOf({ functionError: 'Unhandled', payload })).toBe(
      `the function failed: ${error}`,
    );
  });

  const NO_NUMBER = 'the function reports a failure without a sequence number';
  const [LATER, FIRST, LAST] = [
    '1000000000000000000000001',
    '999999999999999999999999',
    '1000000000000000000000002',
  ].map((itemIdentifier) => ({ itemIdentifier }));
  test.each<[string, string, string]>([
    [
      'several records failed, of which the first counts',
      failed(LAST, FIRST, LATER),
      'the function failed at sequence number 999999999999999999999999',
    ],
    ['the identifier is empty', failed({ itemIdentifier: '' }), NO_NUMBER],
    ['the identifier is null', failed({ itemIdentifier: null }), NO_NUMBER],
    [
      'the identifier has another name',
      failed({ itemIdentifier: '200' }, { itemId: '300' }),
      NO_NUMBER,
    ],
    ['the failure is null', failed(null), NO_NUMBER],
    [
      'the failures are not a list',
      '{"batchItemFailures":"200"}',
      "batchItemFailures in the function's answer is not a list",
    ],
    ...['"done"', '""', '1', '0', 'true', 'false', '[]', '[{"itemIdentifier":"200"}]'].map(
      (payload): [string, string, string] => [
        `the answer is ${payload}`,
        payload,
        `the function's answer is neither an object nor null: ${payload}`,
      ],
    ),
    ['the answer is not JSON', 'processed', "the function's answer is not JSON: processed"],
  ])('%s', (_, payload, problem) => {
    expect(failureOf({ payload })).toBe(problem);
  });
});
