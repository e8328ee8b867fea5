import { accountBlocks } from '../helpers/blocks';
import { remoteState } from '../helpers/remote-state';
import { counts, synthApp } from '../helpers/synth-app';
import {
  managing,
  PROVISIONED_TABLE_LIFECYCLE,
  SORTED_TABLE_LIFECYCLE,
  TABLE_LIFECYCLE,
  tableLifecycle,
} from '../helpers/table-lifecycle';
import {
  consumer,
  existingTable,
  inRegion,
  type Overrides,
  TWO_ACCOUNTS,
  topology,
} from '../helpers/topology';

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

const document = (...statement: object[]) => ({ provider: 'aws.producer', statement });

const outputs = (table: string) => ({
  table_name: { description: 'Name of the table', value: `\${${table}.name}` },
  table_arn: { description: 'ARN of the table', value: `\${${table}.arn}` },
  stream_arn: { description: 'ARN of the stream', value: `\${${table}.stream_arn}` },
});

/** All blocks of a producer, but for what a case has otherwise; without states it waits for no role. */
function blocks({
  table = TABLE as object,
  statement = STATEMENT as object,
  states = { consumer_process_orders: REMOTE_STATE } as object | null,
} = {}) {
  return {
    resource: {
      aws_dynamodb_table: { table },
      aws_dynamodb_tag: TAGS,
      aws_dynamodb_resource_policy: { stream_policy: STREAM_POLICY },
    },
    data: {
      aws_iam_policy_document: { stream_policy_document: document(statement) },
      ...(states && { terraform_remote_state: states }),
    },
  };
}

function synth(overrides: Overrides) {
  const { resource, data } = synthApp(topology(overrides)).json(ID);
  return { resource, data };
}

test('a producer is a table and the policy of its stream, in its account', () => {
  expect(synthApp(topology()).json(ID)).toEqual({
    ...accountBlocks(ID, 'producer', '444455556666'),
    ...blocks(),
    output: outputs('aws_dynamodb_table.table'),
  });
});

describe('the table', () => {
  test.each<[string, Overrides, object]>([
    [
      'has a sort key',
      { 'producers.orders.table.sortKey': { name: 'Version', type: 'N' } },
      {
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
        billing_mode: 'PROVISIONED',
        read_capacity: 5,
        write_capacity: 6,
        lifecycle: PROVISIONED_TABLE_LIFECYCLE,
      },
    ],
    ...['NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'].map((type): [string, Overrides, object] => [
      `has a stream of ${type}`,
      { 'producers.orders.table.streamViewType': type },
      { stream_view_type: type },
    ]),
    [
      'has no backups',
      { 'producers.orders.table.pointInTimeRecovery': false },
      { point_in_time_recovery: { enabled: false } },
    ],
    [
      'has backups of a week',
      { 'producers.orders.table.pointInTimeRecovery': { days: 7 } },
      { point_in_time_recovery: { enabled: true, recovery_period_in_days: 7 } },
    ],
    [
      'deletes items that expire',
      { 'producers.orders.table.timeToLive': '${ExpiresAt}' },
      { ttl: { attribute_name: '$${ExpiresAt}', enabled: true }, lifecycle: managing('ttl') },
    ],
    [
      'has a class',
      { 'producers.orders.table.tableClass': 'STANDARD' },
      { table_class: 'STANDARD', lifecycle: managing('table_class') },
    ],
    [
      'has a maximum of requests',
      {
        'producers.orders.table.onDemandThroughput': {
          maxReadRequestUnits: 100,
          maxWriteRequestUnits: -1,
        },
      },
      {
        on_demand_throughput: { max_read_request_units: 100, max_write_request_units: -1 },
        lifecycle: managing('on_demand_throughput'),
      },
    ],
    [
      'has a maximum of writes alone',
      { 'producers.orders.table.onDemandThroughput': { maxWriteRequestUnits: 5 } },
      {
        on_demand_throughput: { max_write_request_units: 5 },
        lifecycle: managing('on_demand_throughput'),
      },
    ],
    [
      'has global secondary indexes, and each attribute once',
      {
        'producers.orders.table.globalSecondaryIndexes': [
          { name: 'byCustomer', partitionKey: { name: 'Customer', type: 'S' } },
          {
            name: 'byState',
            partitionKey: { name: '%{State}', type: 'S' },
            sortKey: { name: 'Customer', type: 'S' },
            projection: ['Total', '${Zip}'],
            onDemandThroughput: { maxReadRequestUnits: -1, maxWriteRequestUnits: 5 },
          },
          {
            name: 'all.orders-2_keys',
            partitionKey: { name: 'Customer', type: 'S' },
            sortKey: { name: 'OrderId', type: 'S' },
            projection: 'KEYS_ONLY',
          },
        ],
      },
      {
        attribute: [
          { name: 'OrderId', type: 'S' },
          { name: 'Customer', type: 'S' },
          { name: '%%{State}', type: 'S' },
        ],
        global_secondary_index: [
          { name: 'byCustomer', hash_key: 'Customer', projection_type: 'ALL' },
          {
            name: 'byState',
            hash_key: '%%{State}',
            range_key: 'Customer',
            projection_type: 'INCLUDE',
            non_key_attributes: ['Total', '$${Zip}'],
            on_demand_throughput: { max_read_request_units: -1, max_write_request_units: 5 },
          },
          {
            name: 'all.orders-2_keys',
            hash_key: 'Customer',
            range_key: 'OrderId',
            projection_type: 'KEYS_ONLY',
          },
        ],
        lifecycle: managing('attribute', 'global_secondary_index'),
      },
    ],
    [
      'has a global secondary index with provisioned capacity',
      {
        'producers.orders.table.billingMode': 'PROVISIONED',
        'producers.orders.table.readCapacity': 5,
        'producers.orders.table.writeCapacity': 6,
        'producers.orders.table.globalSecondaryIndexes': [
          {
            name: 'byId',
            partitionKey: { name: 'OrderId', type: 'S' },
            readCapacity: 7,
            writeCapacity: 8,
          },
        ],
      },
      {
        billing_mode: 'PROVISIONED',
        read_capacity: 5,
        write_capacity: 6,
        global_secondary_index: [
          {
            name: 'byId',
            hash_key: 'OrderId',
            projection_type: 'ALL',
            read_capacity: 7,
            write_capacity: 8,
          },
        ],
        lifecycle: {
          ...PROVISIONED_TABLE_LIFECYCLE,
          ignore_changes: [
            ...managing('attribute', 'global_secondary_index').ignore_changes,
            'read_capacity',
            'write_capacity',
          ],
        },
      },
    ],
    [
      'has local secondary indexes, which it must have had from the beginning',
      {
        'producers.orders.table.sortKey': { name: 'Version', type: 'N' },
        'producers.orders.table.localSecondaryIndexes': [
          {
            name: 'byDate',
            sortKey: { name: 'Date', type: 'S' },
            projection: ['Total', '${"Zip"}'],
          },
          { name: 'byPart', sortKey: { name: '${Part}', type: 'B' } },
        ],
      },
      {
        range_key: 'Version',
        attribute: [
          { name: 'OrderId', type: 'S' },
          { name: 'Version', type: 'N' },
          { name: 'Date', type: 'S' },
          { name: '$${Part}', type: 'B' },
        ],
        local_secondary_index: [
          {
            name: 'byDate',
            range_key: 'Date',
            projection_type: 'INCLUDE',
            non_key_attributes: ['Total', '$${"Zip"}'],
          },
          { name: 'byPart', range_key: '$${Part}', projection_type: 'ALL' },
        ],
        lifecycle: {
          ...SORTED_TABLE_LIFECYCLE,
          postcondition: [
            ...SORTED_TABLE_LIFECYCLE.postcondition,
            {
              condition:
                '${length(self.local_secondary_index) == 2 && anytrue([for i in self.local_secondary_index : i.name == "byDate" && i.range_key == "Date" && toset(i.non_key_attributes) == toset(["Total", "$${\\"Zip\\"}"])]) && anytrue([for i in self.local_secondary_index : i.name == "byPart" && i.range_key == "$${Part}" && i.projection_type == "ALL"])}',
              error_message:
                'Table Orders does not have the local secondary indexes byDate, byPart, as the topology says, or has others. They cannot change: write those it has, or see "A table\'s key or name" in docs/changes.md.',
            },
          ],
        },
      },
    ],
    [
      'may be deleted',
      { 'producers.orders.table.deletionProtection': false },
      {
        deletion_protection_enabled: false,
        lifecycle: { ...TABLE_LIFECYCLE, prevent_destroy: undefined },
      },
    ],
    [
      'has keys whose names Terraform would take for templates',
      {
        'producers.orders.table.partitionKey': { name: '${a} "\\', type: 'B' },
        'producers.orders.table.sortKey': { name: '%{b}', type: 'S' },
      },
      {
        hash_key: '$${a} "\\',
        range_key: '%%{b}',
        attribute: [
          { name: '$${a} "\\', type: 'B' },
          { name: '%%{b}', type: 'S' },
        ],
        lifecycle: tableLifecycle(
          'self.hash_key == "$${a} \\"\\\\" && self.range_key == "%%{b}" && [for a in self.attribute : a.type if a.name == "$${a} \\"\\\\"] == ["B"] && [for a in self.attribute : a.type if a.name == "%%{b}"] == ["S"]',
          '$${a} "\\ (B), %%{b} (S)',
        ),
      },
    ],
  ])('%s', (_, overrides, expected) => {
    expect(synth(overrides)).toEqual(blocks({ table: { ...TABLE, ...expected } }));
  });

  test('has the same addresses for its tags in any order, also with new ones in front', () => {
    const addresses = (tags: object) =>
      Object.keys({ ...synth({ tags }).resource?.aws_dynamodb_tag });
    const tags = { 'cost-center': '1', cost_center: '2', 部門: '3', 環境: '4' };
    const reversed = Object.fromEntries(Object.entries(tags).reverse());
    expect(addresses(reversed).sort()).toEqual(addresses(tags).sort());
    expect(addresses(tags)).toContain('table_tag_cost_center');
    const { 'cost-center': _, ...others } = tags;
    expect(addresses(tags)).toEqual(expect.arrayContaining(addresses(others)));
  });

  test('has its tags one by one, whose names differ where their keys do', () => {
    const tags = { 'Cost-Center': '1', 'Cost:Center': '2', Team: 'a b' };
    const tag = (key: string, value: string) => ({ ...TAGS.table_tag_Topology, key, value });
    expect(synth({ tags }).resource?.aws_dynamodb_tag).toEqual({
      table_tag_Cost_Center_d7b85971: tag('Cost-Center', '1'),
      table_tag_Cost_Center_f3a2da72: tag('Cost:Center', '2'),
      table_tag_Team: tag('Team', 'a b'),
      ...TAGS,
    });
    const ofProducer = { tags, 'producers.orders.tags': { Team: 'shop' } };
    expect(synth(ofProducer).resource?.aws_dynamodb_tag).toMatchObject({
      table_tag_Team: tag('Team', 'shop'),
    });
  });
});

/** Of a second consumer, in the account of the first or in another. */
const secondReader = (account = 'analytics'): Overrides => ({
  'accounts.other': { id: '777788889999', region: 'us-east-1' },
  'consumers.search': { ...consumer('Search'), account },
  'subscriptions[1]': { producer: 'orders', consumer: 'search' },
});
const TWO_ROLES = [
  'arn:aws:iam::111122223333:role/ProcessOrdersRole',
  'arn:aws:iam::111122223333:role/SearchRole',
];
const whoseRoleIs = (...values: string[]) => ({
  test: 'ArnEquals',
  variable: 'aws:PrincipalArn',
  values,
});
const principals = (...identifiers: string[]) => [{ type: 'AWS', identifiers }];
const ACCOUNT = { [POLICY]: { principal: 'account' } };
const KEY_ARN = 'arn:aws:kms:us-east-1:444455556666:key/1234';
const INDEXER = 'arn:aws:iam::999988887777:role/search/Indexer';

describe('the stream policy', () => {
  const ofOrganization = {
    test: 'StringEquals',
    variable: 'aws:PrincipalOrgID',
    values: ['o-exampleorgid'],
  };

  test.each<[string, Overrides, statement: object, states: object | null | undefined]>([
    [
      'names the roles of two readers in one statement',
      secondReader(),
      {
        principals: principals(
          '${data.terraform_remote_state.consumer_process_orders.outputs.role_arn}',
          '${data.terraform_remote_state.consumer_search.outputs.role_arn}',
        ),
      },
      {
        consumer_process_orders: REMOTE_STATE,
        consumer_search: remoteState('consumer-search', {
          role_arn: 'arn:aws:iam::111122223333:role/SearchRole',
        }),
      },
    ],
    [
      'adds conditions',
      { [POLICY]: { conditions: [ofOrganization] } },
      { condition: [ofOrganization] },
      undefined,
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
        condition: [
          {
            test: 'StringLike',
            variable: 'aws:PrincipalTag/team',
            values: ['$${aws:x}', '%%{y}'],
          },
        ],
      },
      undefined,
    ],
    [
      'expects the role with its path, in its partition',
      {
        ...inRegion('us-gov-west-1'),
        'consumers.process-orders.role.path': '/streams/',
      },
      {},
      {
        consumer_process_orders: remoteState('consumer-process-orders', {
          role_arn: 'arn:aws-us-gov:iam::111122223333:role/streams/ProcessOrdersRole',
        }),
      },
    ],
    [
      'names the account of a role that need not exist, and reads no state',
      ACCOUNT,
      BY_ACCOUNT,
      null,
    ],
    [
      'names the account of two roles once',
      { ...secondReader(), ...ACCOUNT },
      { ...BY_ACCOUNT, condition: [whoseRoleIs(...TWO_ROLES)] },
      null,
    ],
    [
      'names the accounts of two roles, in the order of the readers',
      { ...secondReader('other'), ...ACCOUNT },
      {
        principals: principals('arn:aws:iam::111122223333:root', 'arn:aws:iam::777788889999:root'),
        condition: [
          whoseRoleIs(
            'arn:aws:iam::111122223333:role/ProcessOrdersRole',
            'arn:aws:iam::777788889999:role/SearchRole',
          ),
        ],
      },
      null,
    ],
    [
      'adds conditions to that of the role',
      { [POLICY]: { principal: 'account', conditions: [ofOrganization] } },
      { ...BY_ACCOUNT, condition: [...BY_ACCOUNT.condition, ofOrganization] },
      null,
    ],
    [
      'names the role of another team after that of a consumer, and waits for the latter only',
      { [POLICY]: { readers: [INDEXER] } },
      {
        principals: principals(
          '${data.terraform_remote_state.consumer_process_orders.outputs.role_arn}',
          INDEXER,
        ),
      },
      undefined,
    ],
    [
      'names the accounts of two teams',
      { [POLICY]: { readers: [INDEXER], principal: 'account' } },
      {
        principals: principals('arn:aws:iam::111122223333:root', 'arn:aws:iam::999988887777:root'),
        condition: [whoseRoleIs('arn:aws:iam::111122223333:role/ProcessOrdersRole', INDEXER)],
      },
      null,
    ],
  ])('%s', (_, overrides, statement, states) => {
    expect(synth(overrides)).toEqual(blocks({ statement: { ...STATEMENT, ...statement }, states }));
  });

  test('has no white space where its size asks for it', () => {
    const conditions = ['a', 'b', 'c', 'd', 'e'].map((key) => ({
      test: 'StringLike',
      variable: `aws:PrincipalTag/${key}`,
      values: Array.from({ length: 200 }, (_, index) => `value-${index}`),
    }));
    const policyOf = (count: number) =>
      synth({ [POLICY]: { conditions: conditions.slice(0, count) } }).resource
        ?.aws_dynamodb_resource_policy;
    expect(policyOf(1)).toEqual({ stream_policy: STREAM_POLICY });
    expect(policyOf(5)).toEqual({
      stream_policy: {
        ...STREAM_POLICY,
        policy: '${data.aws_iam_policy_document.stream_policy_document.minified_json}',
      },
    });
  });

  test('is none where nobody reads the stream', () => {
    expect(synth({ subscriptions: [] })).toEqual({
      resource: { aws_dynamodb_table: { table: TABLE }, aws_dynamodb_tag: TAGS },
      data: undefined,
    });
  });
});

describe('the table policy', () => {
  const READ_TABLE = { 'subscriptions[0].readTable': true };
  const arn = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
  const READS = {
    sid: 'AllowCrossAccountTableReads',
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    resources: [arn, `${arn}/index/*`],
  };
  const POLICY_OF_TABLE = {
    provider: 'aws.producer',
    resource_arn: '${aws_dynamodb_table.table.arn}',
    policy: '${data.aws_iam_policy_document.table_policy_document.json}',
  };
  const condition = { test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] };

  test.each<[string, Overrides, statement: object]>([
    ['names the role that reads the table', {}, { principals: STATEMENT.principals }],
    [
      'names of two readers the one that reads the table as well',
      secondReader(),
      { principals: STATEMENT.principals },
    ],
    [
      'names its account, with the conditions of the stream policy',
      { ...secondReader('other'), [POLICY]: { principal: 'account', conditions: [condition] } },
      { principals: BY_ACCOUNT.principals, condition: [...BY_ACCOUNT.condition, condition] },
    ],
  ])('%s', (_, overrides, statement) => {
    const { resource, data } = synth(overrides);
    expect(synth({ ...overrides, ...READ_TABLE })).toEqual({
      resource: {
        ...resource,
        aws_dynamodb_resource_policy: {
          stream_policy: STREAM_POLICY,
          table_policy: POLICY_OF_TABLE,
        },
      },
      data: {
        ...data,
        aws_iam_policy_document: {
          ...data?.aws_iam_policy_document,
          table_policy_document: document({ ...READS, ...statement }),
        },
      },
    });
  });

  test('of a table that exists belongs to others, whoever owns that of the stream', () => {
    const { resource, output } = synthApp(topology({ ...existingTable(), ...READ_TABLE })).json(ID);
    expect(resource).toEqual({
      aws_dynamodb_resource_policy: { stream_policy: expect.anything() },
    });
    expect(output?.table_policy_statement).toEqual({
      description: 'Statement that the owner of the table policy adds to it, as JSON',
      value: `\${jsonencode({"Sid" = "AllowCrossAccountTableReads", "Effect" = "Allow", "Principal" = {"AWS" = data.terraform_remote_state.consumer_process_orders.outputs.role_arn}, "Action" = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"], "Resource" = ["${arn}", "${arn}/index/*"]})}`,
    });
  });
});

describe('a table with a customer managed key', () => {
  const MANAGED: Overrides = { 'producers.orders.table.encryption': 'customer-managed' };
  const ADMINISTRATION = {
    sid: 'AllowAccountAdministration',
    principals: principals('arn:aws:iam::444455556666:root'),
    actions: ['kms:*'],
    resources: ['*'],
  };
  const viaDynamodb = (...values: string[]) => ({
    test: 'StringEquals',
    variable: 'kms:ViaService',
    values,
  });
  const VIA_DYNAMODB = viaDynamodb('dynamodb.us-east-1.amazonaws.com');
  const DECRYPTION = {
    sid: 'AllowCrossAccountStreamDecryption',
    principals: STATEMENT.principals,
    actions: ['kms:Decrypt'],
    resources: ['*'],
    condition: [VIA_DYNAMODB],
  };
  const ENCRYPTED = {
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
    aws_dynamodb_table: {
      table: {
        ...TABLE,
        server_side_encryption: { enabled: true, kms_key_arn: '${aws_kms_key.key.arn}' },
      },
    },
    aws_dynamodb_tag: TAGS,
  };

  test.each<[string, Overrides, keyPolicy: object[]]>([
    ['lets its account administer it, and the reader decrypt', {}, [ADMINISTRATION, DECRYPTION]],
    [
      'lets two readers decrypt, in one statement',
      secondReader(),
      [
        ADMINISTRATION,
        {
          ...DECRYPTION,
          principals: principals(
            '${data.terraform_remote_state.consumer_process_orders.outputs.role_arn}',
            '${data.terraform_remote_state.consumer_search.outputs.role_arn}',
          ),
        },
      ],
    ],
    [
      'lets the role of another team decrypt',
      { [POLICY]: { readers: [INDEXER] }, subscriptions: [] },
      [ADMINISTRATION, { ...DECRYPTION, principals: principals(INDEXER) }],
    ],
    [
      'lets the account of a role that need not exist decrypt',
      ACCOUNT,
      [
        ADMINISTRATION,
        {
          ...DECRYPTION,
          principals: BY_ACCOUNT.principals,
          condition: [...BY_ACCOUNT.condition, VIA_DYNAMODB],
        },
      ],
    ],
    [
      'in China lets both names of the service decrypt',
      inRegion('cn-northwest-1'),
      [
        { ...ADMINISTRATION, principals: principals('arn:aws-cn:iam::444455556666:root') },
        {
          ...DECRYPTION,
          condition: [
            viaDynamodb(
              'dynamodb.cn-northwest-1.amazonaws.com',
              'dynamodb.cn-northwest-1.amazonaws.com.cn',
            ),
          ],
        },
      ],
    ],
    [
      'in GovCloud lets the service there decrypt',
      inRegion('us-gov-west-1'),
      [
        { ...ADMINISTRATION, principals: principals('arn:aws-us-gov:iam::444455556666:root') },
        { ...DECRYPTION, condition: [viaDynamodb('dynamodb.us-gov-west-1.amazonaws.com')] },
      ],
    ],
  ])('%s', (_, overrides, keyPolicy) => {
    const { resource, data } = synth(overrides);
    expect(synth({ ...MANAGED, ...overrides })).toEqual({
      resource: { ...resource, ...ENCRYPTED },
      data: {
        ...data,
        aws_iam_policy_document: {
          ...data?.aws_iam_policy_document,
          key_policy: document(...keyPolicy),
        },
      },
    });
  });

  test('lets its own account only where nobody reads the stream', () => {
    expect(synth({ ...MANAGED, subscriptions: [] })).toEqual({
      resource: ENCRYPTED,
      data: { aws_iam_policy_document: { key_policy: document(ADMINISTRATION) } },
    });
  });

  test('that exists is encrypted with it, and nothing is made or said of the key', () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:444455556666:key/1234';
    expect(synth({ 'producers.orders.table.encryption': { kmsKeyArn } })).toEqual(
      blocks({
        table: { ...TABLE, server_side_encryption: { enabled: true, kms_key_arn: kmsKeyArn } },
      }),
    );
  });
});

describe('a topology of a producer alone', () => {
  const alone = (encryption: unknown) => {
    const { accounts, producers, ...others } = topology({
      [POLICY]: { readers: [INDEXER] },
      'producers.orders.table.encryption': encryption,
    });
    return synthApp({ ...others, accounts, producers, consumers: {}, subscriptions: [] }).json(ID);
  };
  const BY_LAMBDA = '"Condition" = {"Null" = {"lambda:SourceFunctionArn" = "true"}';
  const statements = (...more: string[]) => {
    const read = `"Action" = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], "Resource" = "arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*", ${BY_LAMBDA}}`;
    const list = `"Action" = "dynamodb:ListStreams", "Resource" = "*", ${BY_LAMBDA}}`;
    const all = [read, ...more, list].map((each) => `{"Effect" = "Allow", ${each}}`);
    return {
      consumer_statement: {
        description: 'Statements that the role of another team needs to read the stream, as JSON',
        value: `\${jsonencode([${all.join(', ')}])}`,
      },
      region: { description: 'Region of the stream', value: 'us-east-1' },
    };
  };

  test('waits for no role, and publishes what the role of another team needs', () => {
    const { output, ...stack } = alone(undefined);
    expect(stack).toEqual({
      ...accountBlocks(ID, 'producer', '444455556666'),
      ...blocks({
        statement: { ...STATEMENT, principals: principals(INDEXER) },
        states: null,
      }),
    });
    expect(output).toEqual({ ...outputs('aws_dynamodb_table.table'), ...statements() });
  });

  test.each<[string, unknown, inJson: string, inStatement: string]>([
    ['that the stack creates', 'customer-managed', '${aws_kms_key.key.arn}', 'aws_kms_key.key.arn'],
    ['that exists', { kmsKeyArn: KEY_ARN }, KEY_ARN, `"${KEY_ARN}"`],
  ])('publishes the customer managed key %s', (_, encryption, arn, resource) => {
    const decrypt = `"Action" = "kms:Decrypt", "Resource" = ${resource}, ${BY_LAMBDA}, "StringEquals" = {"kms:ViaService" = "dynamodb.us-east-1.amazonaws.com"}}`;
    expect(alone(encryption).output).toEqual({
      ...outputs('aws_dynamodb_table.table'),
      ...statements(decrypt),
      kms_key_arn: { description: 'ARN of the customer managed key of the table', value: arn },
    });
  });
});

describe('an existing table', () => {
  const kmsKeyArn = 'arn:aws:kms:us-east-1:444455556666:key/1234';
  const STREAM = '${data.aws_dynamodb_table.table.stream_arn}';

  /** The table as it is looked up, and what must be true of it. */
  const lookedUp = (...encryption: object[]) => ({
    table: {
      provider: 'aws.producer',
      name: 'Orders',
      lifecycle: {
        postcondition: [
          {
            condition: '${self.stream_enabled}',
            error_message:
              'Table Orders has no stream. Enable one (for example NEW_AND_OLD_IMAGES), then deploy again.',
          },
          ...encryption,
        ],
      },
    },
  });
  const UNENCRYPTED = {
    aws_dynamodb_table: lookedUp({
      condition: '${!try(self.server_side_encryption[0].enabled, false)}',
      error_message:
        "Table Orders is encrypted with a KMS key, which the topology does not say. For a customer managed key write encryption: { kmsKeyArn: ... }. The AWS managed key (alias/aws/dynamodb) does not work across accounts: change the table's key first.",
    }),
  };
  const ENCRYPTED = {
    aws_dynamodb_table: lookedUp({
      condition: `\${try(self.server_side_encryption[0].kms_key_arn, "") == "${kmsKeyArn}"}`,
      error_message: `Table Orders is not encrypted with ${kmsKeyArn}. Write the table's own key into the topology.`,
    }),
    aws_kms_key: {
      table_key: {
        provider: 'aws.producer',
        key_id: '${data.aws_dynamodb_table.table.server_side_encryption[0].kms_key_arn}',
        lifecycle: {
          postcondition: [
            {
              condition: '${self.key_manager == "CUSTOMER"}',
              error_message:
                "Table Orders is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts: change the table's key first.",
            },
          ],
        },
      },
    },
  };

  test.each<[string, settings: object, sources: object]>([
    ['without a key must have a stream and no key', {}, UNENCRYPTED],
    [
      'with a key must have a stream and this key, of a customer',
      { existingTable: { name: 'Orders', encryption: { kmsKeyArn } } },
      ENCRYPTED,
    ],
  ])('%s, and has the policy of its stream', (_, settings, sources) => {
    const { data, resource, output } = synthApp(topology(existingTable(settings))).json(ID);
    expect(resource).toEqual({
      aws_dynamodb_resource_policy: { stream_policy: { ...STREAM_POLICY, resource_arn: STREAM } },
    });
    expect(data).toEqual({
      ...sources,
      ...blocks({ statement: { ...STATEMENT, resources: [STREAM] } }).data,
    });
    expect(output).toEqual(outputs('data.aws_dynamodb_table.table'));
  });

  test('whose policy belongs to others shows them the statement, and has none here', () => {
    const others = topology(existingTable({ streamPolicy: 'none' }));
    const { data, resource, output } = synthApp(others).json(ID);
    expect({ resource, data }).toEqual({ resource: undefined, data: UNENCRYPTED });
    expect(output?.stream_policy_statement).toEqual({
      description: 'Statement that the owner of the stream policy adds to it, as JSON',
      value:
        '${jsonencode({"Sid" = "AllowCrossAccountStreamAccess", "Effect" = "Allow", "Principal" = {"AWS" = "arn:aws:iam::111122223333:role/ProcessOrdersRole"}, "Action" = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], "Resource" = data.aws_dynamodb_table.table.stream_arn})}',
    });
  });

  test('that nobody reads is looked up and no more', () => {
    expect(synth({ ...existingTable(), subscriptions: [] })).toEqual({
      resource: undefined,
      data: UNENCRYPTED,
    });
  });
});

describe('the alias of a key', () => {
  const aliasOf = (table: string): string => {
    const { resource } = synth({
      'producers.orders.table': {
        name: table,
        partitionKey: { name: 'OrderId', type: 'S' },
        encryption: 'customer-managed',
      },
    });
    return Object(resource?.aws_kms_alias?.key_alias).name;
  };

  test.each([['shop.eu.Orders', 'alias/dynamodb/shop/eu/Orders']])(
    'of the table %s is %s',
    (table, alias) => {
      expect(aliasOf(table)).toBe(alias);
    },
  );

  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
  test.each(['Abc', 'T'.repeat(241), '.'.repeat(241)])(
    'of the table %s is one that KMS takes',
    (table) => {
      expect(aliasOf(table)).toMatch(/^(?=.{1,256}$)alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/);
    },
  );
});

test('a producer in several accounts is the same table and policy in each', () => {
  const app = synthApp(topology(TWO_ACCOUNTS));
  const [first, second] = ['producer-orders-shop', 'producer-orders-tenant'].map(app.json);
  const { resource, data, output } = first ?? {};
  expect(second).toMatchObject({ resource, data, output });
  expect(counts(resource)).toEqual({
    aws_dynamodb_table: 1,
    aws_dynamodb_tag: 1,
    aws_dynamodb_resource_policy: 1,
  });
  expect([first?.provider.aws, second?.provider.aws]).toMatchObject([
    [{ allowed_account_ids: ['444455556666'] }],
    [{ allowed_account_ids: ['777777777777'] }],
  ]);
});
