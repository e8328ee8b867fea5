import fc from 'fast-check';
import {
  consumerBucketName,
  consumerStackId,
  producerAccounts,
  producerStackId,
  STATE_BUCKET_STACK_ID,
  subscriptionStackId,
} from '../../topology/names';
import type { Account } from '../../topology/resolve';

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

const ACCOUNT: Account = { id: '111122223333', region: 'us-east-1', partition: 'aws' };

const bucketName = (name: string, topologyName = 'orders', account = ACCOUNT) =>
  consumerBucketName('failed-batches', topologyName, { name, account });

const hash = expect.stringMatching(/^[0-9a-f]{12}$/);

test.each<[string, string, string[]]>([
  [
    'failed batches',
    bucketName('process-orders'),
    ['process-orders-failed-batches-', '025f751830a2'],
  ],
  [
    'changes',
    consumerBucketName('changes', 'orders', { name: 'process-orders', account: ACCOUNT }),
    ['process-orders-changes-', '025f751830a2'],
  ],
  [
    'a name that just fits',
    bucketName('p'.repeat(35)),
    [`${'p'.repeat(35)}-failed-batches-`, hash],
  ],
  [
    'a name that does not fit',
    bucketName('p'.repeat(36)),
    [`${'p'.repeat(35)}-failed-batches-`, hash],
  ],
  [
    'a name that is cut after a hyphen',
    bucketName(`${'p'.repeat(33)}--orders`),
    [`${'p'.repeat(33)}-failed-batches-`, hash],
  ],
  [
    'a name that S3 reserves the beginning of',
    bucketName('xn--sthree-orders'),
    ['orders-failed-batches-', hash],
  ],
  ['a name that is nothing but that', bucketName('sthree-'), ['failed-batches-', hash]],
])('the bucket of %s', (_, name, expected) => {
  expect([name.slice(0, -12), name.slice(-12)]).toEqual(expected);
});

test('another account, Region, topology or consumer has another bucket', () => {
  const names = [
    bucketName('process-orders'),
    bucketName('process-orders', 'other'),
    bucketName('process-orders', 'orders', { ...ACCOUNT, id: '444455556666' }),
    bucketName('process-orders', 'orders', { ...ACCOUNT, region: 'us-east-2' }),
    bucketName('p'.repeat(40)),
    bucketName('p'.repeat(41)),
  ];
  expect(new Set(names).size).toBe(names.length);
});

test('S3 takes the bucket of any consumer', () => {
  const hyphenated = fc.stringMatching(/^[a-z][a-z0-9-]{0,70}$/);
  const reserved = fc
    .tuple(
      fc.constantFrom('xn--', 'sthree-', 'amzn-s3-demo-'),
      fc.stringMatching(/^[a-z0-9-]{0,70}$/),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(hyphenated, reserved), (name) => {
      const bucket = bucketName(name);
      expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
      expect(bucket).not.toMatch(/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--[a-z0-9]+-s3)$/);
    }),
  );
});
