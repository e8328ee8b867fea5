/**
 * A topology that changes in many places, from end to end: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 * Recorded (e2e/emulator/README.md), it shows what Terraform calls to change what it once created.
 */
import { readFileSync } from 'node:fs';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTableCommand,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';

const CONSUMER = 'consumer-process-orders';

/** orders.yaml with other values. */
function orders(changes: readonly [path: readonly string[], value: unknown][]): string {
  const topology = parseDocument(readFileSync('topologies/orders.yaml', 'utf8'));
  topology.set('name', 'changing');
  for (const [path, value] of changes) topology.setIn(path, topology.createNode(value));
  return topology.toString();
}

const lambda = ['consumers', 'process-orders', 'function'];
const role = ['consumers', 'process-orders', 'role'];
const alarms = ['consumers', 'process-orders', 'alarms'];
const table = ['producers', 'orders', 'table'];

const vpc = (subnet: string) => ({
  subnetIds: [subnet],
  securityGroupIds: ['sg-0123456789abcdef0'],
});

const BEFORE = orders([
  [['tags'], { Team: 'shop' }],
  [[...lambda, 'reservedConcurrentExecutions'], 5],
  [[...lambda, 'vpc'], vpc('subnet-0a1b2c3d4e5f60718')],
  [[...role, 'managedPolicyArns'], ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess']],
  [alarms, { email: 'before@example.com' }],
]);
const CHANGES: Parameters<typeof orders>[0] = [
  [['tags'], { Team: 'shop' }],
  [[...lambda, 'memorySize'], 512],
  [[...lambda, 'vpc'], vpc('subnet-18f60e5d4c3b2a190')],
  [[...lambda, 'environment'], { LOG_LEVEL: 'WARN' }],
  [[...lambda, 'code'], { directory: '../lambda-src/python', handler: 'index.handler' }],
  [[...lambda, 'runtime'], 'python3.12'],
  [[...lambda, 'logRetentionInDays'], 7],
  [['consumers', 'process-orders', 'failedBatches'], { expirationInDays: 7 }],
  [['consumers', 'process-orders', 'encryption'], 'customer-managed'],
  [alarms, { email: 'after@example.com', iteratorAgeInSeconds: 60 }],
  [[...table, 'encryption'], 'customer-managed'],
  [[...table, 'pointInTimeRecovery'], false],
  [[...table, 'timeToLive'], 'ExpiresAt'],
  [
    [...table, 'globalSecondaryIndexes'],
    [{ name: 'byCustomer', partitionKey: { name: 'Customer', type: 'S' } }],
  ],
  [['producers', 'orders', 'streamPolicy'], { principal: 'account' }],
  [['subscriptions', '0', 'batchSize'], 7],
];
const RETAGGED = [...CHANGES, [['tags'], { Owner: 'analytics' }]] satisfies typeof CHANGES;

/** A role that reads so many streams that it needs a managed policy. */
function wide(tables: number): string {
  const topology = parseDocument(orders([]));
  const names = Array.from({ length: tables }, (_, index) => `orders-${index}`);
  const producers = names.map((name) => [
    name,
    {
      account: 'shop',
      table: { name: `Table-${name}`, partitionKey: { name: 'Id', type: 'S' } },
      streamPolicy: { principal: 'account' },
    },
  ]);
  topology.set('producers', topology.createNode(Object.fromEntries(producers)));
  topology.set(
    'subscriptions',
    topology.createNode(names.map((producer) => ({ producer, consumer: 'process-orders' }))),
  );
  return topology.toString();
}

describeWithEndpoint('a topology that changes', () => {
  const before = new Deployment(BEFORE);
  const after = new Deployment(orders(CHANGES));
  const consumer = clientsOf(before.topology, CONSUMER);
  const producer = clientsOf(before.topology, 'producer-orders');

  const failedBatches = before.topology.consumers[0]?.failedBatches.bucket;
  /** What a replaced log group and bucket would have otherwise. */
  async function made() {
    const logGroupNamePrefix = '/aws/lambda/ProcessOrders';
    const { logGroups: [log] = [] } = await consumer.logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix }),
    );
    const { Buckets = [] } = await consumer.s3.send(new ListBucketsCommand({}));
    const bucket = Buckets.find(({ Name }) => Name === failedBatches);
    return { key: log?.kmsKeyId, at: [log?.creationTime, bucket?.CreationDate] };
  }
  let first: Awaited<ReturnType<typeof made>>;

  beforeAll(async () => {
    await before.createStateBucket();
    await before.deploy();
    first = await made();
    await after.deploy();
    await new Deployment(orders(RETAGGED)).deploy();
  });

  afterAll(() => after.destroy());

  test('is changed in place', async () => {
    const { Configuration, Concurrency } = await consumer.lambda.send(
      new GetFunctionCommand({ FunctionName: 'ProcessOrders' }),
    );
    const { EventSourceMappings = [] } = await consumer.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: 'ProcessOrders' }),
    );
    const { Tags } = await consumer.lambda.send(
      new ListTagsCommand({ Resource: Configuration?.FunctionArn }),
    );
    const { Table } = await producer.dynamodb.send(
      new DescribeTableCommand({ TableName: 'Orders' }),
    );
    const { Policy } = await producer.dynamodb.send(
      new GetResourcePolicyCommand({ ResourceArn: Table?.LatestStreamArn }),
    );
    const { Tags: tags = [] } = await producer.dynamodb.send(
      new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }),
    );
    expect(Configuration).toMatchObject({ Runtime: 'python3.12', MemorySize: 512 });
    expect(Configuration?.VpcConfig?.SubnetIds).toEqual(['subnet-18f60e5d4c3b2a190']);
    expect(Concurrency).toBeUndefined();
    expect(EventSourceMappings.map(({ BatchSize }) => BatchSize)).toEqual([7]);
    expect(Tags).toEqual({ Owner: 'analytics', Topology: 'changing' });
    // The emulator has a key twice that is set twice.
    expect(Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))).toEqual(Tags);
    expect(Policy).toContain('arn:aws:iam::111122223333:root');
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual([
      'byCustomer',
    ]);
  });

  test('has a key for what it kept already, which is not replaced', async () => {
    const now = await made();
    expect(first.key).toBeUndefined();
    expect(now).toEqual({ ...first, key: expect.stringMatching(/^arn:aws:kms:us-east-1:/) });
    const { KMSKeyArn } = await consumer.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'ProcessOrders' }),
    );
    const { ServerSideEncryptionConfiguration } = await consumer.s3.send(
      new GetBucketEncryptionCommand({ Bucket: failedBatches }),
    );
    expect(KMSKeyArn).toBe(now.key);
    expect(
      ServerSideEncryptionConfiguration?.Rules?.map(
        ({ ApplyServerSideEncryptionByDefault: by }) => by?.KMSMasterKeyID,
      ),
    ).toEqual([now.key]);
  });

  test('has no drift by what was deployed', () => after.drift());
});

describeWithEndpoint('a role that reads many streams', () => {
  test('has a managed policy, which changes with them', async () => {
    const wider = new Deployment(wide(110));
    const widest = new Deployment(wide(120));
    const { iam } = clientsOf(wider.topology, CONSUMER);
    await wider.createStateBucket();
    await wider.deploy(CONSUMER);
    await widest.deploy(CONSUMER);
    const { AttachedPolicies = [] } = await iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: 'CrossAccountStreamProcessor' }),
    );
    expect(AttachedPolicies.map(({ PolicyName }) => PolicyName)).toEqual([
      'CrossAccountStreamProcessor-streams-1',
    ]);
    await widest.destroy(CONSUMER);
  });
});
