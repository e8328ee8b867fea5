import fc from 'fast-check';
import { consumerBucketName, producerAccounts } from '../../topology/names';
import type { Account } from '../../topology/resolve';

test('a producer with accounts is named after each once, and after a single one as well', () => {
  const named = (...accounts: string[]) =>
    accounts.map((account) => ({ account, idPart: account }));
  expect(producerAccounts({ accounts: ['shop', 'store', 'shop'] })).toEqual(named('shop', 'store'));
  expect(producerAccounts({ accounts: ['shop'] })).toEqual(named('shop'));
});

const ACCOUNT: Account = { id: '111122223333', region: 'us-east-1', partition: 'aws' };

const bucketName = (name: string, topologyName = 'orders', account = ACCOUNT) =>
  consumerBucketName('failed-batches', { topologyName, name, account });

const hash = expect.stringMatching(/^[0-9a-f]{12}$/);

test.each<[string, string, string[]]>([
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
