/**
 * order-service.yaml, with more settings, from end to end: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { GetPolicyCommand, GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import {
  GetFunctionConfigurationCommand,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

const TABLE = { TableName: 'CustomerOrders' };
const HISTORY = { TableName: 'OrderHistory' };
const LAYER = 'arn:aws:lambda:us-east-1:111122223333:layer:shared-code:1';
const RATES = ['arn:aws:s3:::rates/a "b"/*', 'arn:aws:s3:::rates/${aws:PrincipalTag/team}/*'];

/** A zip file with nothing in it. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex');

/** A policy that names the account, so that no stack waits for the role, and what a team adds to its function. */
function service(): string {
  const topology = parseDocument(readFileSync('topologies/order-service.yaml', 'utf8'));
  unprotectTables(topology);
  topology.setIn(['producers', 'customer-orders', 'streamPolicy'], { principal: 'account' });
  const set = (path: string, value: unknown) =>
    topology.setIn(['consumers', 'order-history', ...path.split('.')], topology.createNode(value));
  set('role.statements.1', {
    actions: ['s3:GetObject'],
    resources: RATES,
    conditions: [
      { test: 'StringEquals', variable: 'aws:PrincipalTag/team', values: ['${aws:username}'] },
    ],
  });
  set('function.layers', [LAYER]);
  set('function.ephemeralStorage', 1_024);
  set('function.description', 'History of ${orders}, "daily"');
  return topology.toString();
}

describeWithEndpoint('a service as a team runs it', () => {
  const deployment = new Deployment(service());
  const shop = clientsOf(deployment.topology, 'producer-customer-orders');
  const history = clientsOf(deployment.topology, 'consumer-order-history');

  const configuration = () =>
    history.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'KeepOrderHistory' }));

  beforeAll(async () => {
    await deployment.createStateBucket();
    const layer = { LayerName: 'shared-code', Content: { ZipFile: EMPTY_ZIP } };
    await history.lambda.send(new PublishLayerVersionCommand(layer));
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

  test('the function has its settings, and its environment the key of the consumer', async () => {
    const { KMSKeyArn, VpcConfig, ...settings } = await configuration();
    expect(settings).toMatchObject({
      Description: 'History of ${orders}, "daily"',
      EphemeralStorage: { Size: 1_024 },
      Layers: [{ Arn: LAYER }],
      TracingConfig: { Mode: 'Active' },
    });
    expect(VpcConfig?.SubnetIds?.sort()).toEqual([
      'subnet-0a1b2c3d4e5f60718',
      'subnet-18f60e5d4c3b2a190',
    ]);
    expect(VpcConfig?.SecurityGroupIds).toEqual(['sg-0123456789abcdef0']);
    const { KeyMetadata } = await history.kms.send(new DescribeKeyCommand({ KeyId: KMSKeyArn }));
    expect(KeyMetadata).toMatchObject({ AWSAccountId: '111122223333', KeyManager: 'CUSTOMER' });
  });

  test('the function may call what the topology says, word by word', async () => {
    const PolicyArn = 'arn:aws:iam::111122223333:policy/OrderHistoryWriter-statements';
    const { Policy } = await history.iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId });
    const { PolicyVersion } = await history.iam.send(version);
    expect(Policy?.AttachmentCount).toBe(1);
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '')).Statement).toEqual([
      {
        Sid: 'KeepHistory',
        Effect: 'Allow',
        Action: 'dynamodb:PutItem',
        Resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/OrderHistory',
      },
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: expect.arrayContaining(RATES),
        Condition: { StringEquals: { 'aws:PrincipalTag/team': '${aws:username}' } },
      },
    ]);
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
