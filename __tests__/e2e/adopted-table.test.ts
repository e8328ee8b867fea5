/**
 * A table that Terraform takes over and protects, from end to end: real Terraform against the AWS API at
 * AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
  type Projection,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { unprotectTables } from './support/topology';

const STACK = 'producer-orders';
/** The subscription that depends on it is never deployed. */
const KEY = { name: 'OrderId', type: 'S' };
const SORT_KEY = { name: 'Version', type: 'N' };

const projection = ['Total', 'Currency'];
/** Everything that a topology can say of the table, as it is. */
const DESCRIBED = {
  timeToLive: 'ExpiresAt',
  globalSecondaryIndexes: [
    { name: 'byCustomer', partitionKey: { name: 'Customer', type: 'S' } },
    { name: 'byState', partitionKey: { name: 'State', type: 'S' }, sortKey: SORT_KEY, projection },
  ],
  localSecondaryIndexes: [
    { name: 'byDate', sortKey: { name: 'Date', type: 'S' }, projection },
    { name: 'byWeight', sortKey: { name: 'Weight', type: 'N' }, projection: 'KEYS_ONLY' },
  ],
  pointInTimeRecovery: { days: 7 },
};

/** orders.yaml with another table, whose policy needs no role, so that its stack is deployed alone. */
function adopted(table: object) {
  const topology = parseDocument(readFileSync('topologies/orders.yaml', 'utf8'));
  topology.set('name', 'adopted');
  topology.setIn(['producers', 'orders'], {
    account: 'shop',
    table: { name: 'AdoptedOrders', partitionKey: KEY, sortKey: SORT_KEY, ...table },
    streamPolicy: { principal: 'account' },
  });
  // Set as plain values, which become nodes of the document.
  return parseDocument(topology.toString());
}

const localIndex = (IndexName: string, sortKey: string, Projection: Projection) => ({
  IndexName,
  KeySchema: [
    { AttributeName: 'OrderId', KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ],
  Projection,
});

describeWithEndpoint('a table that was there before, adopted', () => {
  const deploymentOf = (table: object) => new Deployment(adopted(table).toString());
  const deployment = deploymentOf(DESCRIBED);
  const { topology } = deployment;
  const { dynamodb } = clientsOf(topology, STACK);
  const name = { TableName: 'AdoptedOrders' };

  const table = async () => (await dynamodb.send(new DescribeTableCommand(name))).Table;
  const policy = async () =>
    dynamodb.send(new GetResourcePolicyCommand({ ResourceArn: (await table())?.LatestStreamArn }));

  beforeAll(async () => {
    await deployment.createStateBucket();
    await dynamodb.send(
      new CreateTableCommand({
        ...name,
        KeySchema: [
          { AttributeName: 'OrderId', KeyType: 'HASH' },
          { AttributeName: 'Version', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'OrderId', AttributeType: 'S' },
          { AttributeName: 'Version', AttributeType: 'N' },
          { AttributeName: 'Customer', AttributeType: 'S' },
          { AttributeName: 'State', AttributeType: 'S' },
          { AttributeName: 'Date', AttributeType: 'S' },
          { AttributeName: 'Weight', AttributeType: 'N' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byState',
            KeySchema: [
              { AttributeName: 'State', KeyType: 'HASH' },
              { AttributeName: 'Version', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['Currency', 'Total'] },
          },
          {
            IndexName: 'byCustomer',
            KeySchema: [{ AttributeName: 'Customer', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        LocalSecondaryIndexes: [
          localIndex('byWeight', 'Weight', { ProjectionType: 'KEYS_ONLY' }),
          // In another order than in the topology.
          localIndex('byDate', 'Date', {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: ['Currency', 'Total'],
          }),
        ],
        BillingMode: 'PAY_PER_REQUEST',
        Tags: [{ Key: 'Owner', Value: 'shop' }],
      }),
    );
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ExpiresAt' };
    await dynamodb.send(new UpdateTimeToLiveCommand({ ...name, TimeToLiveSpecification }));
    const PointInTimeRecoverySpecification = {
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 7,
    };
    await dynamodb.send(
      new UpdateContinuousBackupsCommand({ ...name, PointInTimeRecoverySpecification }),
    );
    await deployment.import(STACK, 'aws_dynamodb_table.table', name.TableName);
    await deployment.deploy(STACK);
  });

  const indexNames = async () => {
    const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = (await table()) ?? {};
    return [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes]
      .map(({ IndexName }) => IndexName)
      .sort();
  };

  test('keeps its indexes, its TTL and its tags, and gets a stream with a policy', async () => {
    const { TableArn, StreamSpecification } = (await table()) ?? {};
    const { Tags = [] } = await dynamodb.send(
      new ListTagsOfResourceCommand({ ResourceArn: TableArn }),
    );
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand(name));
    expect(await indexNames()).toEqual(['byCustomer', 'byDate', 'byState', 'byWeight']);
    expect(TimeToLiveDescription?.AttributeName).toBe('ExpiresAt');
    expect(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))).toEqual({
      Owner: 'shop',
      Topology: 'adopted',
    });
    expect(StreamSpecification?.StreamEnabled).toBe(true);
    expect((await policy()).Policy).toContain('AllowCrossAccountStreamAccess');
  });

  test.each([
    ['that says all of it', DESCRIBED],
    ['that says nothing of it but its key', {}],
  ])('has an empty plan by a topology %s', async (_, described) => {
    const planned = deploymentOf(described);
    const [folder = ''] = await planned.synthesize(STACK);
    expect(await planned.planErrors(folder)).toEqual([]);
    expect((await planned.plannedChanges())[STACK]).toBeUndefined();
  });

  test('loses a global index and gets another in place', async () => {
    const byPlace = { name: 'byPlace', partitionKey: { name: 'Place', type: 'S' } };
    const [byCustomer] = DESCRIBED.globalSecondaryIndexes;
    const changed = deploymentOf({ ...DESCRIBED, globalSecondaryIndexes: [byPlace, byCustomer] });
    const { TableId } = (await table()) ?? {};
    await changed.deploy(STACK);
    expect(await indexNames()).toEqual(['byCustomer', 'byDate', 'byPlace', 'byWeight']);
    expect((await table())?.TableId).toBe(TableId);
    expect((await changed.plannedChanges())[STACK]).toBeUndefined();
  });

  test.each<[string, object, RegExp]>([
    [
      'another partition key',
      { partitionKey: { name: 'Id', type: 'S' } },
      /does not have the key\s+Id \(S\)/,
    ],
    [
      'another type of its key',
      { partitionKey: { ...KEY, type: 'N' } },
      /does not have the key\s+OrderId \(N\)/,
    ],
    ['no sort key', { sortKey: undefined }, /does not have the key\s+OrderId \(S\)/],
    [
      'another local index',
      { localSecondaryIndexes: DESCRIBED.localSecondaryIndexes.slice(1) },
      /does not have the\s+local secondary indexes\s+byWeight/,
    ],
    [
      'other global indexes without the local ones',
      { globalSecondaryIndexes: DESCRIBED.globalSecondaryIndexes },
      /Unmatched\s+indexes: \["Date" "Weight"\]/,
    ],
    [
      'another name',
      { name: 'RenamedOrders' },
      /table would be destroyed, and deletionProtection: true/,
    ],
  ])('is refused %s before anything is touched', async (_, change, message) => {
    await expect(deploymentOf(change).deploy(STACK)).rejects.toThrow(message);
    expect((await policy()).Policy).toContain('AllowCrossAccountStreamAccess');
  });

  test('is destroyed only after its protection is off, and until then its policy stays', async () => {
    await expect(deployment.destroy(STACK)).rejects.toThrow(
      /table would be destroyed, and deletionProtection: true/,
    );
    expect((await policy()).Policy).toContain('AllowCrossAccountStreamAccess');

    const document = adopted({});
    unprotectTables(document);
    const unprotected = new Deployment(document.toString());
    await unprotected.deploy(STACK);
    await unprotected.destroy(STACK);
    await expect(table()).rejects.toThrow('not found');
  });
});
