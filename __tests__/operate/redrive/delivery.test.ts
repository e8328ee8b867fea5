import { type Answer, failureOf } from '../../../operate/redrive/delivery';

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
  test.each([
    [
      'the function throws',
      {
        functionError: 'Unhandled',
        payload: '{"errorType":"TypeError","errorMessage":"no order"}',
      },
      'the function failed: TypeError: no order',
    ],
    [
      'the function times out',
      {
        functionError: 'Unhandled',
        payload: '{"errorMessage":"Task timed out after 3.00 seconds"}',
      },
      'the function failed: Task timed out after 3.00 seconds',
    ],
    [
      'the error is no JSON',
      { functionError: 'Handled', payload: 'out of memory' },
      'the function failed: out of memory',
    ],
    [
      'the error has no text',
      { functionError: 'Unhandled', payload: '{"errorMessage":""}' },
      'the function failed: {"errorMessage":""}',
    ],
    [
      'the function fails, whatever it returns',
      { functionError: 'Unhandled', payload: '{"batchItemFailures":[]}' },
      'the function failed: {"batchItemFailures":[]}',
    ],
    [
      'a record failed',
      { payload: failed({ itemIdentifier: '200' }) },
      'the function failed at sequence number 200',
    ],
    [
      'several records failed, of which the first counts',
      {
        payload: failed(
          { itemIdentifier: '1000000000000000000000002' },
          { itemIdentifier: '999999999999999999999999' },
          { itemIdentifier: '1000000000000000000000001' },
        ),
      },
      'the function failed at sequence number 999999999999999999999999',
    ],
    [
      'the identifier is empty',
      { payload: failed({ itemIdentifier: '' }) },
      'the function reports a failure without a sequence number',
    ],
    [
      'the identifier is null',
      { payload: failed({ itemIdentifier: null }) },
      'the function reports a failure without a sequence number',
    ],
    [
      'the identifier has another name',
      { payload: failed({ itemIdentifier: '200' }, { itemId: '300' }) },
      'the function reports a failure without a sequence number',
    ],
    [
      'the failure is null',
      { payload: failed(null) },
      'the function reports a failure without a sequence number',
    ],
    [
      'the failures are no list',
      { payload: '{"batchItemFailures":"200"}' },
      "batchItemFailures in the function's answer is not a list",
    ],
    ...['"done"', '""', '1', '0', 'true', 'false', '[]', '[{"itemIdentifier":"200"}]'].map(
      (payload): [string, Answer, string] => [
        `the answer is ${payload}`,
        { payload },
        `the function's answer is neither an object nor null: ${payload}`,
      ],
    ),
    [
      'the answer is no JSON',
      { payload: 'processed' },
      "the function's answer is not JSON: processed",
    ],
  ])('%s', (_, answer, problem) => {
    expect(failureOf(answer)).toBe(problem);
  });
});
