import { loadTopology } from '../../load/load';
import { reviewOf } from '../helpers/review';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

test('what replaces is told of the types that are deployed', async () => {
  const { replacements } = await reviewOf(loadTopology('topologies/orders.yaml'));
  expect(replacements.map(({ type, attributes }) => [type, attributes])).toEqual([
    ['aws_dynamodb_table', ['name', 'hash_key', 'range_key', 'local_secondary_index']],
    ['aws_dynamodb_table', ['stream_enabled', 'stream_view_type']],
    ['aws_dynamodb_resource_policy', ['resource_arn']],
    [
      'aws_lambda_event_source_mapping',
      ['event_source_arn', 'starting_position', 'starting_position_timestamp'],
    ],
    ['aws_iam_role', ['name', 'path']],
    ['aws_lambda_function', ['function_name', 'package_type']],
    ['aws_kms_key', ['customer_master_key_spec', 'key_usage', 'multi_region']],
    ['aws_s3_bucket', ['bucket', 'object_lock_enabled']],
    ['aws_cloudwatch_log_group', ['name']],
  ]);
});

test('protection is told of each table, and alike ones together', async () => {
  const { protections } = await reviewOf(loadTopology('topologies/saas-tenants.yaml'));
  expect(protections).toEqual([
    {
      type: 'aws_dynamodb_table',
      names: [
        'Documents of 444455556666',
        'Documents of 777788889999',
        'Documents of 222233334444',
      ],
      settings: [
        'deletion_protection_enabled = true',
        'point_in_time_recovery = true',
        'prevent_destroy = true',
      ],
      unprotected: false,
    },
    {
      type: 'aws_kms_key',
      names: [
        'SNS topic MeterDocuments-alarms of 111122223333',
        'DynamoDB table Documents of 444455556666',
        'DynamoDB table Documents of 777788889999',
        'DynamoDB table Documents of 222233334444',
      ],
      settings: ['deletion_window_in_days = 30', 'prevent_destroy = false'],
      unprotected: false,
    },
    {
      type: 'aws_s3_bucket',
      names: ['metering-failed-batches-4583a1ed016b of 111122223333'],
      settings: ['force_destroy = false', 'prevent_destroy = false'],
      unprotected: false,
    },
    {
      type: 'aws_cloudwatch_log_group',
      names: ['/aws/lambda/MeterDocuments of 111122223333'],
      settings: ['skip_destroy = false', 'retention_in_days = 30', 'prevent_destroy = false'],
      unprotected: true,
    },
  ]);
});

test('a table with deletion protection and a state bucket with prevent_destroy are protected', async () => {
  const { protections } = await reviewOf(resolved(topology({ 'state.manage': true })));
  expect(
    protections
      .filter(({ type }) => type === 'aws_dynamodb_table' || type === 'aws_s3_bucket')
      .map(({ names, settings, unprotected }) => [names, settings, unprotected]),
  ).toEqual([
    [
      ['Orders of 444455556666'],
      [
        'deletion_protection_enabled = true',
        'point_in_time_recovery = true',
        'prevent_destroy = true',
      ],
      false,
    ],
    [
      ['example-terraform-state of 000000000000'],
      ['force_destroy = false', 'prevent_destroy = true'],
      false,
    ],
    [
      ['process-orders-failed-batches-025f751830a2 of 111122223333'],
      ['force_destroy = false', 'prevent_destroy = false'],
      false,
    ],
  ]);
});
