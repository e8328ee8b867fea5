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

describeWithEndpoint('a table that was there before, adopted', () => {
  const deploymentOf = (table: object) => new Deployment(adopted(table).toString());
  const deployment = deploymentOf({});
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
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byCustomer',
            KeySchema: [{ AttributeName: 'Customer', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        Tags: [{ Key: 'Owner', Value: 'shop' }],
      }),
    );
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ExpiresAt' };
    await dynamodb.send(new UpdateTimeToLiveCommand({ ...name, TimeToLiveSpecification }));
    await deployment.import(STACK, 'aws_dynamodb_table.table', name.TableName);
    await deployment.deploy(STACK);
  });

  test('keeps its index, its TTL and its tags, and gets a stream with a policy', async () => {
    const { TableArn, GlobalSecondaryIndexes, StreamSpecification } = (await table()) ?? {};
    const { Tags = [] } = await dynamodb.send(
      new ListTagsOfResourceCommand({ ResourceArn: TableArn }),
    );
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand(name));
    expect(GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['byCustomer']);
    expect(TimeToLiveDescription?.AttributeName).toBe('ExpiresAt');
    expect(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))).toEqual({
      Owner: 'shop',
      Topology: 'adopted',
    });
    expect(StreamSpecification?.StreamEnabled).toBe(true);
    expect((await policy()).Policy).toContain('AllowCrossAccountStreamAccess');
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
    ['another name', { name: 'RenamedOrders' }, /Instance cannot be destroyed/],
  ])('is refused %s before anything is touched', async (_, change, message) => {
    await expect(deploymentOf(change).deploy(STACK)).rejects.toThrow(message);
    expect((await policy()).Policy).toContain('AllowCrossAccountStreamAccess');
  });

  test('is destroyed only after its protection is off, and until then its policy stays', async () => {
    await expect(deployment.destroy(STACK)).rejects.toThrow(/Instance cannot be destroyed/);
    expect((await policy()).Policy).toContain('AllowCrossAccountStreamAccess');

    const document = adopted({});
    unprotectTables(document);
    const unprotected = new Deployment(document.toString());
    await unprotected.deploy(STACK);
    await unprotected.destroy(STACK);
    await expect(table()).rejects.toThrow('not found');
  });
});
