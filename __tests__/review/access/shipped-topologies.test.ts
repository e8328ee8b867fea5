import { loadTopology } from '../../../load/load';
import { accessOf, differences } from '../../helpers/review';
import { SHIPPED } from '../../helpers/shipped-topologies';

/** Questions that are asked, and those that are answered with yes. */
const COUNTS: Record<(typeof SHIPPED)[number], { asked: number; allowed: number }> = {
  'analytics-lake.yaml': { asked: 651, allowed: 18 },
  'order-totals.yaml': { asked: 393, allowed: 13 },
  'orders-python.yaml': { asked: 393, allowed: 41 },
  'orders.yaml': { asked: 393, allowed: 13 },
  'saas-tenants.yaml': { asked: 970, allowed: 22 },
  'shared-table.yaml': { asked: 1094, allowed: 26 },
};

test.each(SHIPPED)('%s allows what it means to, and nothing else', async (file) => {
  const matrix = await accessOf(loadTopology(`topologies/${file}`));
  expect(differences(matrix)).toEqual([]);
  expect(matrix.missing).toEqual([]);
  expect({
    asked: matrix.cells.length,
    allowed: matrix.cells.filter(({ allowed }) => allowed).length,
  }).toEqual(COUNTS[file]);
});

test('the walk-through allows exactly this', async () => {
  const { cells } = await accessOf(loadTopology('topologies/orders.yaml'));
  expect(
    cells
      .filter(({ allowed }) => allowed)
      .map(({ principal, action, resource, by }) => [
        principal.arn.split(':').at(-1),
        action,
        `${resource.kind} ${resource.name}`,
        by,
      ]),
  ).toEqual([
    [
      'role/CrossAccountStreamProcessor',
      'dynamodb:DescribeStream',
      'stream Orders',
      ['role: streams/ReadStreams', 'resource policy: AllowCrossAccountStreamAccess'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      'dynamodb:GetRecords',
      'stream Orders',
      ['role: streams/ReadStreams', 'resource policy: AllowCrossAccountStreamAccess'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      'dynamodb:GetShardIterator',
      'stream Orders',
      ['role: streams/ReadStreams', 'resource policy: AllowCrossAccountStreamAccess'],
    ],
    [
      'cloudwatch.amazonaws.com',
      'kms:Decrypt',
      'key SNS topic ProcessOrders-alarms',
      ['resource policy: AllowAlarms'],
    ],
    [
      'cloudwatch.amazonaws.com',
      'kms:GenerateDataKey',
      'key SNS topic ProcessOrders-alarms',
      ['resource policy: AllowAlarms'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      'logs:CreateLogStream',
      'log group /aws/lambda/ProcessOrders',
      ['role: function/WriteLog'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      'logs:PutLogEvents',
      'log group /aws/lambda/ProcessOrders',
      ['role: function/WriteLog'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      'logs:CreateLogGroup',
      'log group /aws/lambda/ProcessOrders',
      ['role: function/CreateLog'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      's3:PutObject',
      'bucket process-orders-failed-batches-025f751830a2',
      ['role: function/SendFailedBatches'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      's3:ListBucket',
      'bucket process-orders-failed-batches-025f751830a2',
      ['role: function/ListFailedBatches'],
    ],
    [
      'cloudwatch.amazonaws.com',
      'sns:Publish',
      'topic ProcessOrders-alarms',
      ['resource policy: AllowAlarms'],
    ],
    [
      'lambda.amazonaws.com',
      'sts:AssumeRole',
      'role CrossAccountStreamProcessor',
      ['resource policy: AllowLambda'],
    ],
    [
      'role/CrossAccountStreamProcessor',
      'dynamodb:ListStreams',
      'account 111122223333',
      ['role: function/ListStreams'],
    ],
  ]);
});

test('an administrator of a tenant’s account may do nothing in the other accounts', async () => {
  const topology = loadTopology('topologies/saas-tenants.yaml');
  const tenants = topology.producers.map(({ account }) => account.id);
  const { cells } = await accessOf(topology);
  const asked = cells.filter(
    ({ principal, resource }) =>
      principal.arn.endsWith(':role/NotOfTheseStacks') &&
      tenants.includes(principal.account ?? '') &&
      principal.account !== resource.account,
  );
  expect(new Set(asked.map(({ principal }) => principal.account))).toEqual(new Set(tenants));
  expect([...new Set(asked.map(({ resource }) => resource.kind))]).toEqual(
    expect.arrayContaining(['stream', 'key', 'bucket', 'function', 'role']),
  );
  expect(asked.filter(({ allowed }) => allowed)).toEqual([]);
});
