import { AWS_PROVIDER, synthApp } from '../helpers/synth-app';
import { type Overrides, topology } from '../helpers/topology';

const ID = 'state-bucket';
const MANAGED: Overrides = { 'state.manage': true };
const ROLE = 'arn:aws:iam::999999999999:role/TerraformState';
const BUCKET = '${aws_s3_bucket.bucket.bucket}';

const RESOURCES = {
  aws_s3_bucket: {
    bucket: {
      provider: 'aws.state',
      bucket: 'example-terraform-state',
      lifecycle: { prevent_destroy: true },
    },
  },
  aws_s3_bucket_versioning: {
    bucket_versioning: {
      provider: 'aws.state',
      bucket: BUCKET,
      versioning_configuration: { status: 'Enabled' },
    },
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    bucket_encryption: {
      provider: 'aws.state',
      bucket: BUCKET,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
    },
  },
  aws_s3_bucket_public_access_block: {
    bucket_public_access_block: {
      provider: 'aws.state',
      bucket: BUCKET,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    },
  },
  aws_s3_bucket_policy: {
    bucket_policy: {
      provider: 'aws.state',
      bucket: BUCKET,
      policy: '${data.aws_iam_policy_document.bucket_policy_document.json}',
    },
  },
  aws_s3_bucket_lifecycle_configuration: {
    bucket_lifecycle: {
      provider: 'aws.state',
      bucket: BUCKET,
      rule: [
        {
          id: 'expire-noncurrent',
          status: 'Enabled',
          filter: [{}],
          noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        },
        {
          id: 'abort-uploads',
          status: 'Enabled',
          filter: [{}],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
        },
      ],
      depends_on: ['aws_s3_bucket_versioning.bucket_versioning'],
    },
  },
};

const TAGS = [{ tags: { Topology: 'orders' } }];

test('the state bucket is private, encrypted, versioned and kept, and its own state is a file', () => {
  expect(synthApp(topology(MANAGED)).json(ID)).toEqual({
    terraform: {
      backend: { local: { path: '../../../orders.state-bucket.tfstate' } },
      required_providers: { aws: AWS_PROVIDER },
      required_version: '>= 1.10.0',
    },
    // Nothing says whose account it is, so nothing locks the provider to one.
    provider: { aws: [{ alias: 'state', region: 'us-east-1', default_tags: TAGS }] },
    data: {
      aws_iam_policy_document: {
        bucket_policy_document: {
          provider: 'aws.state',
          statement: [
            {
              sid: 'DenyInsecureTransport',
              effect: 'Deny',
              principals: [{ type: '*', identifiers: ['*'] }],
              actions: ['s3:*'],
              resources: ['${aws_s3_bucket.bucket.arn}', '${aws_s3_bucket.bucket.arn}/*'],
              condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
            },
          ],
        },
      },
    },
    resource: RESOURCES,
    output: { bucket_name: { description: 'Name of the state bucket', value: BUCKET } },
  });
});

test('the role of the state makes it, in its account and in the Region of the bucket', () => {
  const content = topology({ ...MANAGED, 'state.roleArn': ROLE, 'state.region': 'eu-west-1' });
  const { provider, resource } = synthApp(content).json(ID);
  expect(provider).toEqual({
    aws: [
      {
        alias: 'state',
        region: 'eu-west-1',
        allowed_account_ids: ['999999999999'],
        assume_role: [{ role_arn: ROLE }],
        default_tags: TAGS,
      },
    ],
  });
  expect(resource).toEqual(RESOURCES);
});

test('a key of the state is that of the bucket', () => {
  const kmsKeyId = 'arn:aws:kms:us-east-1:999999999999:key/1234';
  const { resource } = synthApp(topology({ ...MANAGED, 'state.kmsKeyId': kmsKeyId })).json(ID);
  expect(resource).toEqual({
    ...RESOURCES,
    aws_s3_bucket_server_side_encryption_configuration: {
      bucket_encryption: {
        provider: 'aws.state',
        bucket: BUCKET,
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
  });
});

test.each([
  ['team', '../../../team.state-bucket.tfstate'],
  ['team/streams/orders', '../../../team-streams-orders.state-bucket.tfstate'],
])('with the prefix %s the file is %s', (keyPrefix, file) => {
  const content = topology({ ...MANAGED, 'state.keyPrefix': keyPrefix });
  expect(synthApp(content).json(ID).terraform).toMatchObject({
    backend: { local: { path: file } },
  });
});

describe('the other stacks', () => {
  const others = [
    'consumer-process-orders',
    'producer-orders',
    'subscription-orders-process-orders',
  ];

  // It is deployed by itself: cdktf initializes all stacks, and their backends, before the first.
  test('do not wait for it', () => {
    const app = synthApp(topology(MANAGED));
    expect(app.ids).toEqual([ID, ...others]);
    expect(app.ids.map(app.dependencies)).toEqual([
      [],
      [],
      ['consumer-process-orders'],
      ['producer-orders', 'consumer-process-orders'],
    ]);
  });

  test.each(others)('are the same with it: %s', (id) => {
    expect(synthApp(topology(MANAGED)).json(id)).toEqual(synthApp(topology()).json(id));
  });

  test('do without it', () => {
    expect(synthApp(topology({ 'state.manage': false })).ids).toEqual(others);
  });
});
