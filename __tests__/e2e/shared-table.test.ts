/**
 * A table with two readers, from end to end: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import {
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

/** shared-table.yaml with a policy that names accounts, so that no stack waits for the roles. */
function sharedTable() {
  const topology = parseDocument(readFileSync('topologies/shared-table.yaml', 'utf8'));
  unprotectTables(topology);
  topology.setIn(['producers', 'shared-orders', 'streamPolicy'], { principal: 'account' });
  return topology;
}

/** shared-table.yaml without its second consumer. */
function withoutAudit(): string {
  const topology = sharedTable();
  topology.deleteIn(['consumers', 'audit-orders']);
  topology.deleteIn(['subscriptions', 1]);
  return topology.toString();
}

describeWithEndpoint('a table shared by two services', () => {
  const deployment = new Deployment(sharedTable().toString());
  const { topology } = deployment;
  const owner = clientsOf(topology, 'producer-shared-orders');
  let remaining = deployment;

  const write = (id: string) =>
    owner.dynamodb.send(
      new PutItemCommand({ TableName: 'SharedOrders', Item: { OrderId: { S: id } } }),
    );

  beforeAll(async () => {
    await deployment.createStateBucket();
    await deployment.deploy();
  });

  afterAll(() => remaining.destroy());

  test('both get every change, under one policy', async () => {
    const orders = ['1', '2', '3'].map((id) => `444455556666 SharedOrders ${id}`);
    for (const id of ['1', '2', '3']) await write(id);
    for (const [stack, name] of [
      ['consumer-index-orders', 'IndexOrders'],
      ['consumer-audit-orders', 'AuditOrders'],
    ] as const) {
      const consumer = clientsOf(topology, stack);
      await eventually(async () => expect(await consumer.changesSeen(name)).toEqual(orders));
    }
  });

  test('one of them is removed while the other goes on, and the table stays', async () => {
    await deployment.destroy('subscription-*-audit-orders');
    await deployment.destroy('consumer-audit-orders');
    remaining = new Deployment(withoutAudit());
    await remaining.deploy('*');

    await write('4');
    const reader = clientsOf(topology, 'consumer-index-orders');
    await eventually(async () =>
      expect(await reader.changesSeen('IndexOrders')).toContain('444455556666 SharedOrders 4'),
    );
    const { Table } = await owner.dynamodb.send(
      new DescribeTableCommand({ TableName: 'SharedOrders' }),
    );
    const { Policy = '' } = await owner.dynamodb.send(
      new GetResourcePolicyCommand({ ResourceArn: Table?.LatestStreamArn }),
    );
    expect(JSON.parse(Policy).Statement).toMatchObject([
      {
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/OrderIndexer' },
        },
      },
    ]);
  });
});
