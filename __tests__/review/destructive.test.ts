import { loadTopology } from '../../load/load';
import { protections } from '../../review/destructive';
import { Stacks } from '../../review/read/resources';
import { synthesizedStacks } from '../helpers/review';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

test('protection is told of each table, and alike ones together', () => {
  const topologyOfTenants = loadTopology('topologies/saas-tenants.yaml');
  expect(protections(new Stacks(synthesizedStacks(topologyOfTenants)))).toEqual([
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

test('a table with deletion protection and a state bucket with prevent_destroy are protected', () => {
  const stacks = synthesizedStacks(resolved(topology({ 'state.manage': true })));
  expect(
    protections(new Stacks(stacks))
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
