/**
 * order-service.yaml from end to end: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

const TABLE = { TableName: 'CustomerOrders' };
const HISTORY = { TableName: 'OrderHistory' };

describeWithEndpoint('a service as a team runs it', () => {
  const document = parseDocument(readFileSync('topologies/order-service.yaml', 'utf8'));
  unprotectTables(document);
  const deployment = new Deployment(document.toString());
  const shop = clientsOf(deployment.topology, 'producer-customer-orders');
  const history = clientsOf(deployment.topology, 'consumer-order-history');

  const configuration = () =>
    history.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'KeepOrderHistory' }));

  beforeAll(async () => {
    await deployment.createStateBucket();
    await history.dynamodb.send(
      new CreateTableCommand({
        ...HISTORY,
        KeySchema: [
          { AttributeName: 'OrderId', KeyType: 'HASH' },
          { AttributeName: 'Change', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'OrderId', AttributeType: 'S' },
          { AttributeName: 'Change', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await deployment.deploy();
  });

  afterAll(() => deployment.destroy());

  test('the history has each state of an order, in order', async () => {
    const order = { OrderId: { S: 'order-1' }, CustomerId: { S: 'c-1' }, PlacedAt: { S: '2026' } };
    for (const status of ['placed', 'paid', 'shipped']) {
      await shop.dynamodb.send(
        new PutItemCommand({ ...TABLE, Item: { ...order, Status: { S: status } } }),
      );
    }
    await eventually(async () => {
      const { Items = [] } = await history.dynamodb.send(
        new QueryCommand({
          ...HISTORY,
          KeyConditionExpression: 'OrderId = :id',
          ExpressionAttributeValues: { ':id': { S: 'order-1' } },
        }),
      );
      expect(
        Items.map(({ EventName, Order }) => [EventName?.S, JSON.parse(Order?.S ?? '{}').Status]),
      ).toEqual([
        ['INSERT', 'placed'],
        ['MODIFY', 'paid'],
        ['MODIFY', 'shipped'],
      ]);
    });
  });

  test('the function is in the VPC, traced, and its environment has the key of the consumer', async () => {
    const { VpcConfig, TracingConfig, KMSKeyArn, Description } = await configuration();
    expect(VpcConfig?.SubnetIds?.sort()).toEqual([
      'subnet-0a1b2c3d4e5f60718',
      'subnet-18f60e5d4c3b2a190',
    ]);
    expect(VpcConfig?.SecurityGroupIds).toEqual(['sg-0123456789abcdef0']);
    expect(TracingConfig).toEqual({ Mode: 'Active' });
    expect(Description).toBe('Keeps each change of an order in the table OrderHistory');
    const { KeyMetadata } = await history.kms.send(new DescribeKeyCommand({ KeyId: KMSKeyArn }));
    expect(KeyMetadata).toMatchObject({ AWSAccountId: '111122223333', KeyManager: 'CUSTOMER' });
  });

  test('the table has its index, its expiry and a key', async () => {
    const { Table } = await shop.dynamodb.send(new DescribeTableCommand(TABLE));
    const { TimeToLiveDescription } = await shop.dynamodb.send(
      new DescribeTimeToLiveCommand(TABLE),
    );
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual([
      'byCustomer',
    ]);
    expect(TimeToLiveDescription?.AttributeName).toBe('ExpiresAt');
    expect(Table?.SSEDescription).toMatchObject({ Status: 'ENABLED', SSEType: 'KMS' });
  });

  test('there is nothing to plan', async () => {
    expect(await deployment.plannedChanges()).toEqual({});
  });
});
