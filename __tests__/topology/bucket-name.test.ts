import fc from 'fast-check';
import { consumerBucketName } from '../../topology/bucket-name';
import type { Account } from '../../topology/resolve';

const ACCOUNT: Account = { id: '111122223333', region: 'us-east-1', partition: 'aws' };

function bucketName(name: string, functionName = 'ProcessOrders', account = ACCOUNT): string {
  return consumerBucketName('failed-batches', { name, account, function: { name: functionName } });
}

test.each<[string, string, string]>([
  ['failed batches', bucketName('process-orders'), 'process-orders-failed-batches-7fa858386cd3'],
  [
    'changes',
    consumerBucketName('changes', {
      name: 'process-orders',
      account: ACCOUNT,
      function: { name: 'ProcessOrders' },
    }),
    'process-orders-changes-7fa858386cd3',
  ],
  [
    'a name that just fits',
    bucketName('p'.repeat(35)),
    `${'p'.repeat(35)}-failed-batches-7fa858386cd3`,
  ],
  [
    'a name that does not fit',
    bucketName('p'.repeat(36)),
    `${'p'.repeat(35)}-failed-batches-7fa858386cd3`,
  ],
  [
    'a name that is cut after a hyphen',
    bucketName(`${'p'.repeat(33)}--orders`),
    `${'p'.repeat(33)}-failed-batches-7fa858386cd3`,
  ],
  [
    'a name that S3 reserves the beginning of',
    bucketName('xn--sthree-orders'),
    'orders-failed-batches-7fa858386cd3',
  ],
  ['a name that is nothing but that', bucketName('sthree-'), 'failed-batches-7fa858386cd3'],
])('the bucket of %s', (_, name, expected) => {
  expect(name).toBe(expected);
});

test('another account, Region or function has another bucket', () => {
  const names = [
    bucketName('process-orders'),
    bucketName('process-orders', 'ProcessOrders2'),
    bucketName('process-orders', 'ProcessOrders', { ...ACCOUNT, id: '444455556666' }),
    bucketName('process-orders', 'ProcessOrders', { ...ACCOUNT, region: 'us-east-2' }),
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
