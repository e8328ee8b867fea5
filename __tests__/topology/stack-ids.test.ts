import {
  consumerStackId,
  producerAccounts,
  producerStackId,
  STATE_BUCKET_STACK_ID,
  subscriptionStackId,
} from '../../topology/stack-ids';

type Producer = Parameters<typeof producerAccounts>[0];

test.each([
  ['the state bucket', STATE_BUCKET_STACK_ID, 'state-bucket'],
  ['a consumer', consumerStackId('process-orders'), 'consumer-process-orders'],
  ['a producer with one account', producerStackId('orders'), 'producer-orders'],
  ['a producer of several', producerStackId('orders', 'shop'), 'producer-orders-shop'],
  [
    'a subscription to a producer with one account',
    subscriptionStackId('orders', undefined, 'search'),
    'subscription-orders-search',
  ],
  [
    'a subscription to one of several accounts',
    subscriptionStackId('orders', 'shop', 'search'),
    'subscription-orders-shop-search',
  ],
])('the stack of %s is %s', (_, id, expected) => {
  expect(id).toBe(expected);
});

describe('the accounts of a producer', () => {
  test.each<[string, Producer, object[]]>([
    ['with account are that one', { account: 'shop' }, [{ account: 'shop' }]],
    [
      'with accounts are named in stack ids',
      { accounts: ['store', 'shop'] },
      [
        { account: 'store', idPart: 'store' },
        { account: 'shop', idPart: 'shop' },
      ],
    ],
    [
      'with a single one of accounts is named as well',
      { accounts: ['shop'] },
      [{ account: 'shop', idPart: 'shop' }],
    ],
    [
      'that are listed twice count once',
      { accounts: ['shop', 'store', 'shop'] },
      [
        { account: 'shop', idPart: 'shop' },
        { account: 'store', idPart: 'store' },
      ],
    ],
  ])('%s', (_, producer, expected) => {
    expect(producerAccounts(producer)).toStrictEqual(expected);
  });
});
