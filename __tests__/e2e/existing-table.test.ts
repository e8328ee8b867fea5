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
  PutResourcePolicyCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse, stringify } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;

/** A topology file in which one consumer reads an existing table; names are made of `name`. */
function existingTable(name: string, streamPolicy: unknown): string {
  const content = parse(readFileSync('topologies/orders.yaml', 'utf8'));
  const id = name.toLowerCase();
  content.name = id;
  content.producers = {
    [id]: { account: 'shop', existingTable: { name: `${name}Orders` }, streamPolicy },
  };
  content.subscriptions = [{ producer: id, consumer: `${id}-reader` }];
  content.consumers = {
    [`${id}-reader`]: {
      account: 'analytics',
      role: { name: `${name}Reader` },
      function: { name: `Read${name}` },
    },
  };
  return stringify(content);
}

describeWithEndpoint('a table that was there before', () => {
  const deployment = new Deployment(existingTable('Legacy', { replacesExisting: true }));
  const { topology } = deployment;
  const owner = clientsOf(topology, 'producer-legacy');
  const table = { TableName: 'LegacyOrders' };

  beforeAll(async () => {
    await deployment.createStateBucket();
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
    await owner.dynamodb.send(new UpdateTableCommand({ ...table, StreamSpecification }));
    await deployment.deploy();
    await owner.dynamodb.send(new PutItemCommand({ ...table, Item: { OrderId: { S: '1' } } }));
    const reader = clientsOf(topology, 'consumer-legacy-reader');
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

describeWithEndpoint('a table whose stream has the policy of others', () => {
  const deployment = new Deployment(existingTable('Shared', 'none'));
  const { topology } = deployment;
  const owner = clientsOf(topology, 'producer-shared');
  const table = { TableName: 'SharedOrders' };
  const OF_OTHERS = {
    Sid: 'OfOthers',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::777788889999:root' },
    Action: 'dynamodb:DescribeStream',
  };
  let streamArn = '';

  async function statements(): Promise<{ Sid: string }[]> {
    const { Policy = '' } = await owner.dynamodb.send(
      new GetResourcePolicyCommand({ ResourceArn: streamArn }),
    );
    return JSON.parse(Policy).Statement;
  }

  async function setStatements(...Statement: object[]): Promise<void> {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await owner.dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: streamArn, Policy }));
  }

  /** What the producer's stack shows the owner. */
  async function statementToAdd(): Promise<object> {
    const { bucket, region, keyPrefix } = topology.state;
    const state = await new S3Client({ region, forcePathStyle: true }).send(
      new GetObjectCommand({ Bucket: bucket, Key: `${keyPrefix}/producer-shared.tfstate` }),
    );
    const { outputs } = JSON.parse((await state.Body?.transformToString()) ?? '');
    return JSON.parse(outputs.stream_policy_statement.value);
  }

  beforeAll(async () => {
    await deployment.createStateBucket();
    const { TableDescription } = await owner.dynamodb.send(
      new CreateTableCommand({
        ...table,
        KeySchema: [{ AttributeName: 'OrderId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'OrderId', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification,
      }),
    );
    streamArn = TableDescription?.LatestStreamArn ?? '';
    await setStatements({ ...OF_OTHERS, Resource: streamArn });
  });

  test('is read once its owner has added the statement', async () => {
    await deployment.deploy('consumer-*', 'producer-*');
    expect((await statements()).map(({ Sid }) => Sid)).toEqual(['OfOthers']);

    const added = await statementToAdd();
    await eventually(() => setStatements({ ...OF_OTHERS, Resource: streamArn }, added));
    await deployment.deploy();
    await owner.dynamodb.send(new PutItemCommand({ ...table, Item: { OrderId: { S: '1' } } }));
    const reader = clientsOf(topology, 'consumer-shared-reader');
    await eventually(async () =>
      expect(await reader.changesSeen('ReadShared')).toEqual(['444455556666 SharedOrders 1']),
    );
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('keeps that policy when the stacks are destroyed', async () => {
    await deployment.destroy();
    expect((await statements()).map(({ Sid }) => Sid)).toEqual([
      'OfOthers',
      'AllowCrossAccountStreamAccess',
    ]);
    await owner.dynamodb.send(new DeleteTableCommand(table));
  });
});
