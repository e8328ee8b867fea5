import { remoteState } from '../helpers/remote-state';
import { AWS_PROVIDER, counts, synthApp } from '../helpers/synth-app';
import {
  PROVISIONED_TABLE_LIFECYCLE,
  SORTED_TABLE_LIFECYCLE,
  TABLE_LIFECYCLE,
  tableLifecycle,
} from '../helpers/table-lifecycle';
import { consumer, type Overrides, topology } from '../helpers/topology';

const ID = 'producer-orders';
const POLICY = 'producers.orders.streamPolicy';

const READ_STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

const STATEMENT = {
  sid: 'AllowCrossAccountStreamAccess',
  principals: [
    {
      type: 'AWS',
      identifiers: ['${data.terraform_remote_state.consumer_process_orders.outputs.role_arn}'],
    },
  ],
  actions: READ_STREAM,
  resources: ['${aws_dynamodb_table.table.stream_arn}'],
};

const BY_ACCOUNT = {
  ...STATEMENT,
  principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
  condition: [
    {
      test: 'ArnEquals',
      variable: 'aws:PrincipalArn',
      values: ['arn:aws:iam::111122223333:role/ProcessOrdersRole'],
    },
  ],
};

const REMOTE_STATE = remoteState('consumer-process-orders', {
  role_arn: 'arn:aws:iam::111122223333:role/ProcessOrdersRole',
});

const TABLE = {
  provider: 'aws.producer',
  name: 'Orders',
  hash_key: 'OrderId',
  attribute: [{ name: 'OrderId', type: 'S' }],
  billing_mode: 'PAY_PER_REQUEST',
  stream_enabled: true,
  stream_view_type: 'NEW_AND_OLD_IMAGES',
  point_in_time_recovery: { enabled: true },
  server_side_encryption: { enabled: false },
  deletion_protection_enabled: true,
  lifecycle: TABLE_LIFECYCLE,
};

const TAGS = {
  table_tag_Topology: {
    provider: 'aws.producer',
    resource_arn: '${aws_dynamodb_table.table.arn}',
    key: 'Topology',
    value: 'orders',
  },
};

const STREAM_POLICY = {
  provider: 'aws.producer',
  resource_arn: '${aws_dynamodb_table.table.stream_arn}',
  policy: '${data.aws_iam_policy_document.stream_policy_document.json}',
};

test('a producer is a table and the policy of its stream, in its account', () => {
  expect(synthApp(topology()).json(ID)).toEqual({
    terraform: {
      backend: {
        s3: {
          bucket: 'example-terraform-state',
          key: 'orders/producer-orders.tfstate',
          region: 'us-east-1',
          encrypt: true,
          use_lockfile: true,
        },
      },
      required_providers: { aws: AWS_PROVIDER },
      required_version: '>= 1.10.0',
    },
    provider: {
      aws: [
        {
          alias: 'producer',
          region: 'us-east-1',
          allowed_account_ids: ['444455556666'],
          default_tags: [{ tags: { Topology: 'orders' } }],
        },
      ],
    },
    data: {
      aws_iam_policy_document: {
        stream_policy_document: { provider: 'aws.producer', statement: [STATEMENT] },
      },
      terraform_remote_state: { consumer_process_orders: REMOTE_STATE },
    },
    resource: {
      aws_dynamodb_table: { table: TABLE },
      aws_dynamodb_tag: TAGS,
      aws_dynamodb_resource_policy: { stream_policy: STREAM_POLICY },
    },
    output: {
      table_name: { description: 'Name of the table', value: '${aws_dynamodb_table.table.name}' },
      table_arn: { description: 'ARN of the table', value: '${aws_dynamodb_table.table.arn}' },
      stream_arn: {
        description: 'ARN of the stream',
        value: '${aws_dynamodb_table.table.stream_arn}',
      },
    },
  });
});

describe('the table', () => {
  test.each<[string, Overrides, object]>([
    [
      'has a sort key',
      { 'producers.orders.table.sortKey': { name: 'Version', type: 'N' } },
      {
        ...TABLE,
        range_key: 'Version',
        attribute: [
          { name: 'OrderId', type: 'S' },
          { name: 'Version', type: 'N' },
        ],
        lifecycle: SORTED_TABLE_LIFECYCLE,
      },
    ],
    [
      'has provisioned capacity',
      {
        'producers.orders.table.billingMode': 'PROVISIONED',
        'producers.orders.table.readCapacity': 5,
        'producers.orders.table.writeCapacity': 6,
      },
      {
        ...TABLE,
        billing_mode: 'PROVISIONED',
        read_capacity: 5,
        write_capacity: 6,
        lifecycle: PROVISIONED_TABLE_LIFECYCLE,
      },
    ],
    [
      'has a stream of keys only',
      { 'producers.orders.table.streamViewType': 'KEYS_ONLY' },
      { ...TABLE, stream_view_type: 'KEYS_ONLY' },
    ],
    [
      'has no backups',
      { 'producers.orders.table.pointInTimeRecovery': false },
      { ...TABLE, point_in_time_recovery: { enabled: false } },
    ],
    [
      'may be deleted',
      { 'producers.orders.table.deletionProtection': false },
      {
        ...TABLE,
        deletion_protection_enabled: false,
        lifecycle: { ...TABLE_LIFECYCLE, prevent_destroy: undefined },
      },
    ],
    [
      'has a key whose name Terraform would take for a template',
      { 'producers.orders.table.partitionKey': { name: '${a} %{b} "\\', type: 'B' } },
      {
        ...TABLE,
        hash_key: '$${a} %%{b} "\\',
        attribute: [{ name: '$${a} %%{b} "\\', type: 'B' }],
        lifecycle: tableLifecycle(
          'self.hash_key == "$${a} %%{b} \\"\\\\" && try(length(self.range_key), 0) == 0 && [for a in self.attribute : a.type if a.name == "$${a} %%{b} \\"\\\\"] == ["B"]',
          '$${a} %%{b} "\\ (B)',
        ),
      },
    ],
  ])('%s', (_, overrides, expected) => {
    expect(synthApp(topology(overrides)).json(ID).resource).toEqual({
      aws_dynamodb_table: { table: expected },
      aws_dynamodb_tag: TAGS,
      aws_dynamodb_resource_policy: { stream_policy: STREAM_POLICY },
    });
  });
});

describe('the stream policy', () => {
  const ofOrganization = {
    test: 'StringEquals',
    variable: 'aws:PrincipalOrgID',
    values: ['o-exampleorgid'],
  };
  const secondReader: Overrides = {
    'consumers.search': consumer('Search'),
    'subscriptions[1]': { producer: 'orders', consumer: 'search' },
  };
  const secondState = remoteState('consumer-search', {
    role_arn: 'arn:aws:iam::111122223333:role/SearchRole',
  });

  test.each<[string, Overrides, statement: object, remoteStates: object | undefined]>([
    [
      'names the roles of two readers in one statement',
      secondReader,
      {
        ...STATEMENT,
        principals: [
          {
            type: 'AWS',
            identifiers: [
              '${data.terraform_remote_state.consumer_process_orders.outputs.role_arn}',
              '${data.terraform_remote_state.consumer_search.outputs.role_arn}',
            ],
          },
        ],
      },
      { consumer_process_orders: REMOTE_STATE, consumer_search: secondState },
    ],
    [
      'adds conditions',
      { [POLICY]: { conditions: [ofOrganization] } },
      { ...STATEMENT, condition: [ofOrganization] },
      { consumer_process_orders: REMOTE_STATE },
    ],
    [
      'keeps the policy variables of a condition from Terraform',
      {
        [POLICY]: {
          conditions: [
            { test: 'StringLike', variable: 'aws:PrincipalTag/team', values: ['${aws:x}', '%{y}'] },
          ],
        },
      },
      {
        ...STATEMENT,
        condition: [
          {
            test: 'StringLike',
            variable: 'aws:PrincipalTag/team',
            values: ['$${aws:x}', '%%{y}'],
          },
        ],
      },
      { consumer_process_orders: REMOTE_STATE },
    ],
    [
      'expects the role with its path, in its partition',
      {
        'accounts.analytics.region': 'us-gov-west-1',
        'accounts.shop.region': 'us-gov-west-1',
        'consumers.process-orders.role.path': '/streams/',
      },
      STATEMENT,
      {
        consumer_process_orders: remoteState('consumer-process-orders', {
          role_arn: 'arn:aws-us-gov:iam::111122223333:role/streams/ProcessOrdersRole',
        }),
      },
    ],
    [
      'names the account of a role that need not exist, and reads no state',
      { [POLICY]: { principal: 'account' } },
      BY_ACCOUNT,
      undefined,
    ],
    [
      'names the account of two roles once',
      { ...secondReader, [POLICY]: { principal: 'account' } },
      {
        ...BY_ACCOUNT,
        condition: [
          {
            test: 'ArnEquals',
            variable: 'aws:PrincipalArn',
            values: [
              'arn:aws:iam::111122223333:role/ProcessOrdersRole',
              'arn:aws:iam::111122223333:role/SearchRole',
            ],
          },
        ],
      },
      undefined,
    ],
    [
      'adds conditions to that of the role',
      { [POLICY]: { principal: 'account', conditions: [ofOrganization] } },
      { ...BY_ACCOUNT, condition: [...BY_ACCOUNT.condition, ofOrganization] },
      undefined,
    ],
    [
      'names the account and the role, with its path, in their partition',
      {
        'accounts.analytics.region': 'us-gov-west-1',
        'accounts.shop.region': 'us-gov-west-1',
        'consumers.process-orders.role.path': '/streams/',
        [POLICY]: { principal: 'account' },
      },
      {
        ...BY_ACCOUNT,
        principals: [{ type: 'AWS', identifiers: ['arn:aws-us-gov:iam::111122223333:root'] }],
        condition: [
          {
            test: 'ArnEquals',
            variable: 'aws:PrincipalArn',
            values: ['arn:aws-us-gov:iam::111122223333:role/streams/ProcessOrdersRole'],
          },
        ],
      },
      undefined,
    ],
  ])('%s', (_, overrides, statement, remoteStates) => {
    const { data, resource } = synthApp(topology(overrides)).json(ID);
    expect(data).toEqual({
      aws_iam_policy_document: {
        stream_policy_document: { provider: 'aws.producer', statement: [statement] },
      },
      ...(remoteStates && { terraform_remote_state: remoteStates }),
    });
    expect(resource).toEqual({
      aws_dynamodb_table: { table: TABLE },
      aws_dynamodb_tag: TAGS,
      aws_dynamodb_resource_policy: { stream_policy: STREAM_POLICY },
    });
  });

  test('has no white space where its size asks for it', () => {
    const conditions = ['a', 'b', 'c', 'd', 'e'].map((key) => ({
      test: 'StringLike',
      variable: `aws:PrincipalTag/${key}`,
      values: Array.from({ length: 200 }, (_, index) => `value-${index}`),
    }));
    const policyOf = (count: number) =>
      synthApp(topology({ [POLICY]: { conditions: conditions.slice(0, count) } })).json(ID).resource
        ?.aws_dynamodb_resource_policy?.stream_policy;
    expect(policyOf(1)).toEqual(STREAM_POLICY);
    expect(policyOf(5)).toEqual({
      ...STREAM_POLICY,
      policy: '${data.aws_iam_policy_document.stream_policy_document.minified_json}',
    });
  });

  test('is none where nobody reads the stream', () => {
    const { data, resource } = synthApp(topology({ subscriptions: [] })).json(ID);
    expect(data).toBeUndefined();
    expect(resource).toEqual({
      aws_dynamodb_table: { table: TABLE },
      aws_dynamodb_tag: TAGS,
    });
  });
});

describe('a table with a customer managed key', () => {
  const ADMINISTRATION = {
    sid: 'AllowAccountAdministration',
    principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::444455556666:root'] }],
    actions: ['kms:*'],
    resources: ['*'],
  };
  const VIA_DYNAMODB = {
    test: 'StringEquals',
    variable: 'kms:ViaService',
    values: ['dynamodb.us-east-1.amazonaws.com'],
  };
  const DECRYPTION = {
    sid: 'AllowCrossAccountStreamDecryption',
    principals: STATEMENT.principals,
    actions: ['kms:Decrypt'],
    resources: ['*'],
    condition: [VIA_DYNAMODB],
  };
  const KEYS = {
    aws_kms_key: {
      key: {
        provider: 'aws.producer',
        description: 'DynamoDB table Orders',
        enable_key_rotation: true,
        policy: '${data.aws_iam_policy_document.key_policy.json}',
        lifecycle: { create_before_destroy: true },
      },
    },
    aws_kms_alias: {
      key_alias: {
        provider: 'aws.producer',
        name: 'alias/dynamodb/Orders',
        target_key_id: '${aws_kms_key.key.key_id}',
      },
    },
  };
  const ENCRYPTED = {
    ...TABLE,
    server_side_encryption: { enabled: true, kms_key_arn: '${aws_kms_key.key.arn}' },
  };
  const MANAGED: Overrides = { 'producers.orders.table.encryption': 'customer-managed' };

  test.each<
    [string, Overrides, keyPolicy: object[], statement: object, remote: object | undefined]
  >([
    [
      'lets the reader decrypt',
      MANAGED,
      [ADMINISTRATION, DECRYPTION],
      STATEMENT,
      { consumer_process_orders: REMOTE_STATE },
    ],
    [
      'lets the account of a role that need not exist decrypt, and reads no state',
      { ...MANAGED, [POLICY]: { principal: 'account' } },
      [
        ADMINISTRATION,
        {
          ...DECRYPTION,
          principals: BY_ACCOUNT.principals,
          condition: [...BY_ACCOUNT.condition, VIA_DYNAMODB],
        },
      ],
      BY_ACCOUNT,
      undefined,
    ],
  ])('%s', (_, overrides, keyPolicy, statement, remoteStates) => {
    const { data, resource } = synthApp(topology(overrides)).json(ID);
    expect(data).toEqual({
      aws_iam_policy_document: {
        key_policy: { provider: 'aws.producer', statement: keyPolicy },
        stream_policy_document: { provider: 'aws.producer', statement: [statement] },
      },
      ...(remoteStates && { terraform_remote_state: remoteStates }),
    });
    expect(resource).toEqual({
      ...KEYS,
      aws_dynamodb_table: { table: ENCRYPTED },
      aws_dynamodb_tag: TAGS,
      aws_dynamodb_resource_policy: { stream_policy: STREAM_POLICY },
    });
  });

  test('lets its own account only where nobody reads the stream', () => {
    const { data, resource } = synthApp(topology({ ...MANAGED, subscriptions: [] })).json(ID);
    expect(data).toEqual({
      aws_iam_policy_document: {
        key_policy: { provider: 'aws.producer', statement: [ADMINISTRATION] },
      },
    });
    expect(resource).toEqual({
      ...KEYS,
      aws_dynamodb_table: { table: ENCRYPTED },
      aws_dynamodb_tag: TAGS,
    });
  });

  test('that exists is encrypted with it, and nothing is made or said of the key', () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:444455556666:key/1234';
    const encrypted = { 'producers.orders.table.encryption': { kmsKeyArn } };
    const { data, resource } = synthApp(topology(encrypted)).json(ID);
    expect(data).toEqual(synthApp(topology()).json(ID).data);
    expect(resource).toEqual({
      aws_dynamodb_table: {
        table: {
          ...TABLE,
          server_side_encryption: { enabled: true, kms_key_arn: kmsKeyArn },
        },
      },
      aws_dynamodb_tag: TAGS,
      aws_dynamodb_resource_policy: { stream_policy: STREAM_POLICY },
    });
  });
});

describe('an existing table', () => {
  const KEY = { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' };
  const existing = (encryption?: object): Overrides => ({
    'producers.orders': {
      account: 'shop',
      existingTable: { name: 'Orders', encryption },
      streamPolicy: { replacesExisting: true },
    },
  });

  test.each<[string, Overrides, sources: object]>([
    ['without a key', existing(), { aws_dynamodb_table: 1 }],
    ['with a key', existing(KEY), { aws_dynamodb_table: 1, aws_kms_key: 1 }],
  ])('%s is looked up and has the policy of its stream', (_, overrides, sources) => {
    const { data, resource, output } = synthApp(topology(overrides)).json(ID);
    const stream = '${data.aws_dynamodb_table.table.stream_arn}';
    expect(resource).toEqual({
      aws_dynamodb_resource_policy: { stream_policy: { ...STREAM_POLICY, resource_arn: stream } },
    });
    expect(counts(data)).toEqual({
      ...sources,
      aws_iam_policy_document: 1,
      terraform_remote_state: 1,
    });
    expect(data?.aws_dynamodb_table?.table).toMatchObject({
      provider: 'aws.producer',
      name: 'Orders',
    });
    expect(data?.aws_iam_policy_document).toEqual({
      stream_policy_document: {
        provider: 'aws.producer',
        statement: [{ ...STATEMENT, resources: [stream] }],
      },
    });
    expect(output).toEqual({
      table_name: {
        description: 'Name of the table',
        value: '${data.aws_dynamodb_table.table.name}',
      },
      table_arn: { description: 'ARN of the table', value: '${data.aws_dynamodb_table.table.arn}' },
      stream_arn: { description: 'ARN of the stream', value: stream },
    });
  });

  test('whose policy belongs to others shows them the statement, and has none here', () => {
    const others: Overrides = { ...existing(), 'producers.orders.streamPolicy': 'none' };
    const { data, resource, output } = synthApp(topology(others)).json(ID);
    expect(resource).toBeUndefined();
    expect(counts(data)).toEqual({ aws_dynamodb_table: 1 });
    expect(output?.stream_policy_statement).toEqual({
      description: 'Statement that the owner of the policy of the stream adds to it, as JSON',
      value:
        '${jsonencode({"Sid" = "AllowCrossAccountStreamAccess", "Effect" = "Allow", "Principal" = {"AWS" = "arn:aws:iam::111122223333:role/ProcessOrdersRole"}, "Action" = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], "Resource" = data.aws_dynamodb_table.table.stream_arn})}',
    });
  });

  test('that nobody reads is looked up and no more', () => {
    const { data, resource } = synthApp(topology({ ...existing(), subscriptions: [] })).json(ID);
    expect(resource).toBeUndefined();
    expect(counts(data)).toEqual({ aws_dynamodb_table: 1 });
  });
});

describe('the resources of a producer', () => {
  test.each<[string, Overrides, object]>([
    [
      'with the key of AWS',
      {},
      { aws_dynamodb_table: 1, aws_dynamodb_tag: 1, aws_dynamodb_resource_policy: 1 },
    ],
    [
      'with a key of its own',
      { 'producers.orders.table.encryption': 'customer-managed' },
      {
        aws_kms_key: 1,
        aws_kms_alias: 1,
        aws_dynamodb_table: 1,
        aws_dynamodb_tag: 1,
        aws_dynamodb_resource_policy: 1,
      },
    ],
    [
      'with a table and a key that exist',
      {
        'producers.orders': {
          account: 'shop',
          existingTable: {
            name: 'Orders',
            encryption: { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' },
          },
          streamPolicy: { replacesExisting: true },
        },
      },
      { aws_dynamodb_resource_policy: 1 },
    ],
  ])('%s are counted', (_, overrides, expected) => {
    expect(counts(synthApp(topology(overrides)).json(ID).resource)).toEqual(expected);
  });
});

test('a producer in several accounts is the same table and policy in each', () => {
  const app = synthApp(
    topology({
      'accounts.tenant': {
        id: '777777777777',
        region: 'us-east-1',
        deployRole: { arn: 'arn:aws:iam::777777777777:role/Deploy' },
      },
      'producers.orders.account': undefined,
      'producers.orders.accounts': ['shop', 'tenant'],
    }),
  );
  const [first, second] = ['producer-orders-shop', 'producer-orders-tenant'].map(app.json);
  expect(counts(first?.resource)).toEqual({
    aws_dynamodb_table: 1,
    aws_dynamodb_tag: 1,
    aws_dynamodb_resource_policy: 1,
  });
  expect(second?.resource).toEqual(first?.resource);
  expect(second?.data).toEqual(first?.data);
  expect(second?.output).toEqual(first?.output);
  expect([first?.provider, second?.provider]).toEqual([
    {
      aws: [
        {
          alias: 'producer',
          region: 'us-east-1',
          allowed_account_ids: ['444455556666'],
          default_tags: [{ tags: { Topology: 'orders' } }],
        },
      ],
    },
    {
      aws: [
        {
          alias: 'producer',
          region: 'us-east-1',
          allowed_account_ids: ['777777777777'],
          assume_role: [{ role_arn: 'arn:aws:iam::777777777777:role/Deploy' }],
          default_tags: [{ tags: { Topology: 'orders' } }],
        },
      ],
    },
  ]);
});
