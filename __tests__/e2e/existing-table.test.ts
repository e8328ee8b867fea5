/**
 * A table that somebody else made, from end to end: real Terraform against the AWS API at
 * AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { parse, stringify } from 'yaml';
import { loadTopology } from '../../topology/load';
import { clientsOf } from './support/account';
import { createStateBucket, Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { writeTopology } from './support/topology';

jest.setTimeout(10 * 60 * 1000);

describeWithEndpoint('a table that was there before', () => {
  const content = parse(readFileSync('topologies/orders.yaml', 'utf8'));
  content.name = 'existing';
  content.producers = {
    legacy: {
      account: 'shop',
      existingTable: { name: 'LegacyOrders' },
      streamPolicy: { replacesExisting: true },
    },
  };
  content.subscriptions = [{ producer: 'legacy', consumer: 'reader' }];
  content.consumers = {
    reader: {
      account: 'analytics',
      role: { name: 'LegacyReader' },
      function: { name: 'ReadLegacy' },
    },
  };
  const file = writeTopology(stringify(content));
  const topology = loadTopology(file);
  const owner = clientsOf(topology, 'producer-legacy');
  const deployment = new Deployment(file);
  const table = { TableName: 'LegacyOrders' };

  beforeAll(async () => {
    await createStateBucket(topology.state);
    await owner.dynamodb.send(
      new CreateTableCommand({
        ...table,
        KeySchema: [{ AttributeName: 'OrderId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'OrderId', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });

  test('is refused without a stream', async () => {
    await expect(deployment.deploy()).rejects.toThrow(/Table LegacyOrders has no stream/);
  });

  test('is read once it has one', async () => {
    const StreamSpecification = {
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    } as const;
    await owner.dynamodb.send(new UpdateTableCommand({ ...table, StreamSpecification }));
    await deployment.deploy();
    await owner.dynamodb.send(new PutItemCommand({ ...table, Item: { OrderId: { S: '1' } } }));
    const reader = clientsOf(topology, 'consumer-reader');
    await eventually(async () =>
      expect(await reader.changesSeen('ReadLegacy')).toEqual(['444455556666 LegacyOrders 1']),
    );
  });

  test('stays when the stacks are destroyed; only the policy goes', async () => {
    await deployment.destroy();
    const { Table } = await owner.dynamodb.send(new DescribeTableCommand(table));
    expect(Table?.StreamSpecification?.StreamEnabled).toBe(true);
    await expect(
      owner.dynamodb.send(new GetResourcePolicyCommand({ ResourceArn: Table?.LatestStreamArn })),
    ).rejects.toThrow();
    await owner.dynamodb.send(new DeleteTableCommand(table));
  });
});
