import { PrivateBucket, type PrivateBucketProps } from '../../constructs/private-bucket';
import { privateBucket } from '../helpers/blocks';
import { EmptyStack } from '../helpers/empty-stack';
import { jsonOf } from '../helpers/synth-app';

const EXPIRE = { id: 'expire', status: 'Enabled', filter: [{}] };

function synth(settings: Partial<PrivateBucketProps> = {}) {
  const stack = new EmptyStack();
  const { name, arn } = new PrivateBucket(stack, 'my-bucket', {
    name: 'my-bucket-1',
    lifecycleRules: [{ ...EXPIRE, expiration: [{ days: 7 }] }],
    ...settings,
  });
  stack.publish({ name, arn });
  stack.prepareStack();
  return jsonOf(stack);
}

const BLOCKS = privateBucket('my_bucket', 'my-bucket-1', [
  { ...EXPIRE, expiration: [{ days: 7 }] },
]);

test('a bucket is encrypted, private, and reached by TLS only', () => {
  const { resource, data, output } = synth();
  expect({ resource, data }).toEqual(BLOCKS);
  expect(output).toEqual({
    name: { description: 'name', value: '${aws_s3_bucket.my_bucket.bucket}' },
    arn: { description: 'arn', value: '${aws_s3_bucket.my_bucket.arn}' },
  });
});

test('a bucket with a key is encrypted with it, through a bucket key', () => {
  const kmsKeyId = 'arn:aws:kms:us-east-1:111122223333:key/1234';
  const { resource, data } = synth({ kmsKeyId });
  expect({ resource, data }).toEqual({
    ...BLOCKS,
    resource: {
      ...BLOCKS.resource,
      aws_s3_bucket_server_side_encryption_configuration: {
        my_bucket_encryption: {
          provider: 'aws.consumer',
          bucket: '${aws_s3_bucket.my_bucket.bucket}',
          rule: [
            {
              apply_server_side_encryption_by_default: {
                sse_algorithm: 'aws:kms',
                kms_master_key_id: kmsKeyId,
              },
              bucket_key_enabled: true,
            },
          ],
        },
      },
    },
  });
});

test.each([
  ['is not destroyed', true, { lifecycle: { prevent_destroy: true } }],
  ['is destroyed when it is empty', false, {}],
])('a bucket with preventDestroy %s', (_, preventDestroy, lifecycle) => {
  expect(synth({ preventDestroy }).resource).toEqual({
    ...BLOCKS.resource,
    aws_s3_bucket: {
      my_bucket: { provider: 'aws.consumer', bucket: 'my-bucket-1', ...lifecycle },
    },
  });
});

test('a bucket has its lifecycle rules, in their order', () => {
  const { resource } = synth({
    lifecycleRules: [
      {
        id: 'b',
        status: 'Enabled',
        filter: [{ prefix: 'b/' }],
        transition: [{ days: 30, storageClass: 'STANDARD_IA' }],
      },
      { id: 'a', status: 'Enabled', filter: [{ prefix: 'a/' }], expiration: [{ days: 1 }] },
    ],
  });
  expect(resource).toEqual(
    privateBucket('my_bucket', 'my-bucket-1', [
      {
        id: 'b',
        status: 'Enabled',
        filter: [{ prefix: 'b/' }],
        transition: [{ days: 30, storage_class: 'STANDARD_IA' }],
      },
      { id: 'a', status: 'Enabled', filter: [{ prefix: 'a/' }], expiration: [{ days: 1 }] },
    ]).resource,
  );
});
