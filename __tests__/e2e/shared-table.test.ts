/**
 * A table with two readers, from end to end: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { loadTopology } from '../../topology/load';
import { clientsOf } from './support/account';
import { createStateBucket, Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

jest.setTimeout(10 * 60 * 1000);

describeWithEndpoint('a table shared by two services', () => {
  const file = 'topologies/shared-table.yaml';
  const topology = loadTopology(file);
  const owner = clientsOf(topology, 'producer-shared-orders');
  const deployment = new Deployment(file);

  beforeAll(async () => {
    await createStateBucket(topology.state);
    await deployment.deploy();
  });

  afterAll(() => deployment.destroy());

  test('both get every change, under one policy', async () => {
    const orders = ['1', '2', '3'].map((id) => `444455556666 SharedOrders ${id}`);
    for (const id of ['1', '2', '3']) {
      const Item = { OrderId: { S: id } };
      await owner.dynamodb.send(new PutItemCommand({ TableName: 'SharedOrders', Item }));
    }
    for (const [stack, name] of [
      ['consumer-index-orders', 'IndexOrders'],
      ['consumer-audit-orders', 'AuditOrders'],
    ] as const) {
      const consumer = clientsOf(topology, stack);
      await eventually(async () => expect(await consumer.changesSeen(name)).toEqual(orders));
    }
  });
});
