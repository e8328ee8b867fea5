import { StreamTable, type StreamTableProps } from '../../constructs/stream-table';
import { EmptyStack } from '../helpers/empty-stack';
import { jsonOf } from '../helpers/synth-app';
import {
  PROVISIONED_TABLE_LIFECYCLE,
  SORTED_TABLE_LIFECYCLE,
  TABLE_LIFECYCLE,
  tableLifecycle,
} from '../helpers/table-lifecycle';

const TABLE: StreamTableProps['table'] = {
  name: 'Orders',
  partitionKey: { name: 'OrderId', type: 'S' },
  streamViewType: 'NEW_AND_OLD_IMAGES',
  billingMode: 'PAY_PER_REQUEST',
  pointInTimeRecovery: true,
  deletionProtection: true,
  encryption: 'aws-owned',
};

const BLOCK = {
  provider: 'aws.consumer',
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

function synth(
  table: StreamTableProps['table'],
  kmsKeyArn?: string,
  tags: StreamTableProps['tags'] = {},
) {
  const stack = new EmptyStack();
  const { name, arn, streamArn } = new StreamTable(stack, 'orders', {
    table,
    kmsKeyArn,
    tags,
  });
  stack.publish({ name, arn, stream_arn: streamArn });
  stack.prepareStack();
  return jsonOf(stack);
}

describe('a table', () => {
  test.each<[string, Partial<StreamTableProps['table']>, object]>([
    ['with a partition key', {}, {}],
    [
      'with a sort key',
      { sortKey: { name: 'Version', type: 'N' } },
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
      'with provisioned capacity',
      { billingMode: 'PROVISIONED', readCapacity: 5, writeCapacity: 6 },
      {
        billing_mode: 'PROVISIONED',
        read_capacity: 5,
        write_capacity: 6,
        lifecycle: PROVISIONED_TABLE_LIFECYCLE,
      },
    ],
    ...(['NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'] as const).map(
      (streamViewType): [string, Partial<StreamTableProps['table']>, object] => [
        `with a stream of ${streamViewType}`,
        { streamViewType },
        { stream_view_type: streamViewType },
      ],
    ),
    [
      'without backups and protection',
      { pointInTimeRecovery: false, deletionProtection: false },
      {
        point_in_time_recovery: { enabled: false },
        deletion_protection_enabled: false,
        lifecycle: { ...TABLE_LIFECYCLE, prevent_destroy: undefined },
      },
    ],
    [
      'with key names in which Terraform sees no template',
      {
        partitionKey: { name: '${a}', type: 'B' },
        sortKey: { name: '%{b}', type: 'S' },
      },
      {
        hash_key: '$${a}',
        range_key: '%%{b}',
        attribute: [
          { name: '$${a}', type: 'B' },
          { name: '%%{b}', type: 'S' },
        ],
        lifecycle: tableLifecycle(
          'self.hash_key == "$${a}" && self.range_key == "%%{b}" && [for a in self.attribute : a.type if a.name == "$${a}"] == ["B"] && [for a in self.attribute : a.type if a.name == "%%{b}"] == ["S"]',
          '$${a} (B), %%{b} (S)',
        ),
      },
    ],
  ])('%s', (_, settings, expected) => {
    const { resource, data } = synth({ ...TABLE, ...settings });
    expect(resource).toEqual({ aws_dynamodb_table: { orders: { ...BLOCK, ...expected } } });
    expect(data).toBeUndefined();
  });

  test.each(['arn:aws:kms:us-east-1:444455556666:key/1234', '${aws_kms_key.key.arn}'])(
    'with the key %s is encrypted with it',
    (kmsKeyArn) => {
      expect(synth(TABLE, kmsKeyArn).resource).toEqual({
        aws_dynamodb_table: {
          orders: {
            ...BLOCK,
            server_side_encryption: { enabled: true, kms_key_arn: kmsKeyArn },
          },
        },
      });
    },
  );

  test('has the tags of the topology one by one, whose names differ where their keys do', () => {
    const tags = { 'Cost-Center': '1', 'Cost:Center': '2', Team: 'a b' };
    const tag = (key: string, value: string) => ({
      provider: 'aws.consumer',
      resource_arn: '${aws_dynamodb_table.orders.arn}',
      key,
      value,
    });
    expect(synth(TABLE, undefined, tags).resource?.aws_dynamodb_tag).toEqual({
      orders_tag_Cost_Center: tag('Cost-Center', '1'),
      orders_tag_Cost_Center_2: tag('Cost:Center', '2'),
      orders_tag_Team: tag('Team', 'a b'),
    });
  });

  test('has a name, an ARN and the ARN of its stream, which others refer to', () => {
    expect(synth(TABLE).output).toEqual({
      name: { description: 'name', value: '${aws_dynamodb_table.orders.name}' },
      arn: { description: 'arn', value: '${aws_dynamodb_table.orders.arn}' },
      stream_arn: {
        description: 'stream_arn',
        value: '${aws_dynamodb_table.orders.stream_arn}',
      },
    });
  });
});
