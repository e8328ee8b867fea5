import { privateBucket } from '../helpers/blocks';
import { AWS_PROVIDER, synthApp } from '../helpers/synth-app';
import { type Overrides, topology } from '../helpers/topology';

const ID = 'state-bucket';
const MANAGED: Overrides = { 'state.manage': true };
const ROLE = 'arn:aws:iam::999999999999:role/TerraformState';
const BUCKET = '${aws_s3_bucket.bucket.bucket}';

const PRIVATE_BUCKET = privateBucket(
  'bucket',
  'example-terraform-state',
  [
    {
      id: 'expire-noncurrent',
      status: 'Enabled',
      filter: [{}],
      noncurrent_version_expiration: [{ noncurrent_days: 90 }],
    },
  ],
  { versioned: true, provider: 'aws.state' },
);

const RESOURCES = {
  ...PRIVATE_BUCKET.resource,
  aws_s3_bucket: {
    bucket: {
      provider: 'aws.state',
      bucket: 'example-terraform-state',
      lifecycle: { prevent_destroy: true },
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
    data: PRIVATE_BUCKET.data,
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
