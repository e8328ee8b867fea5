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

/**
 * shared-table.yaml with policies that name accounts, so that no stack waits for the roles, and a key. Both functions
 * try to read the table, which one of them may.
 */
function sharedTable() {
  const topology = parseDocument(readFileSync('topologies/shared-table.yaml', 'utf8'));
  unprotectTables(topology);
  topology.setIn(['producers', 'shared-orders', 'streamPolicy'], { principal: 'account' });
  topology.setIn(['producers', 'shared-orders', 'table', 'encryption'], 'customer-managed');
  topology.setIn(['subscriptions', 0, 'readTable'], true);
  for (const consumer of ['index-orders', 'audit-orders']) {
    const entry = '../__tests__/e2e/support/read-order.ts';
    topology.setIn(['consumers', consumer, 'function', 'entry'], entry);
  }
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

  test('one of them reads the table as well', async () => {
    const seen = async (stack: string, name: string) => {
      const lines = await clientsOf(topology, stack).logLines(`/aws/lambda/${name}`);
      return lines.flatMap((line) =>
        line.startsWith('{') ? (JSON.parse(line).present ?? []) : [],
      );
    };
    expect(await seen('consumer-index-orders', 'IndexOrders')).toEqual(
      ['1', '2', '3'].map((id) => ({ OrderId: { S: id } })),
    );
    expect(await seen('consumer-audit-orders', 'AuditOrders')).toEqual(
      Array(3).fill('AccessDeniedException'),
    );
    expect(await deployment.plannedChanges()).toEqual({});
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
