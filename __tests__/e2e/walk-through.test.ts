/**
 * The AWS walk-through from end to end: real Terraform against the AWS API at AWS_ENDPOINT_URL. The
 * test deploys the shipped topologies to the accounts they name, so it does not run without it.
 */

import { readFileSync } from 'node:fs';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteItemCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  ListTablesCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Account } from '../../topology/resolve';
import { AccountClients } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

const ROLE = 'CrossAccountStreamProcessor';
const LOG_GROUP = '/aws/lambda/ProcessOrders';

/** What both functions log of a change, whatever form their log has. */
interface Seen {
  readonly eventName: string;
  readonly oldStatus?: string;
  readonly newStatus?: string;
}

interface Variant {
  readonly topology: string;
  readonly runtime: string;
  readonly managedPolicies: string[];
  /** By which it is deployed and destroyed. */
  readonly command: 'npm run' | 'cdktf';
  readonly changesIn: (line: string) => Seen[];
}

const VARIANTS: Variant[] = [
  {
    topology: 'topologies/orders.yaml',
    runtime: 'nodejs22.x',
    managedPolicies: [],
    command: 'npm run',
    changesIn: (line) => {
      const { change } = JSON.parse(line);
      if (!change) return []; // the metrics of an invocation
      const { eventName, oldImage, newImage } = change;
      return [{ eventName, oldStatus: oldImage?.Status, newStatus: newImage?.Status }];
    },
  },
  {
    topology: 'topologies/orders-python.yaml',
    runtime: 'python3.12',
    managedPolicies: ['AWSLambdaDynamoDBExecutionRole'],
    command: 'cdktf',
    changesIn: (line) =>
      // biome-ignore lint/suspicious/noExplicitAny: the event as the Python function printed it
      JSON.parse(line).Records.map(({ eventName, dynamodb }: any) => ({
        eventName,
        oldStatus: dynamodb.OldImage?.Status.S,
        newStatus: dynamodb.NewImage?.Status.S,
      })),
  },
];

describeWithEndpoint.each(VARIANTS)(
  '$topology, by $command',
  ({ topology: original, runtime, managedPolicies, command, changesIn }) => {
    const deployment = new Deployment(readFileSync(original, 'utf8'));
    const { consumers, producers } = deployment.topology;
    const consumerAccount = consumers[0]?.account as Account;
    const producerAccount = producers[0]?.account as Account;
    const roleArn = `arn:aws:iam::${consumerAccount.id}:role/${ROLE}`;
    const consumer = new AccountClients(consumerAccount);
    const producer = new AccountClients(producerAccount);

    const mappings = async () =>
      (
        await consumer.lambda.send(
          new ListEventSourceMappingsCommand({ FunctionName: 'ProcessOrders' }),
        )
      ).EventSourceMappings ?? [];

    const table = async () =>
      (await producer.dynamodb.send(new DescribeTableCommand({ TableName: 'Orders' }))).Table;

    const seen = async () =>
      (await consumer.logLines(LOG_GROUP))
        .filter((line) => line.startsWith('{'))
        .flatMap(changesIn);

    /** Writes, updates and deletes one order in the producer's account. */
    async function changeOrder(orderId: string): Promise<void> {
      const key = { OrderId: { S: orderId } };
      await producer.dynamodb.send(
        new PutItemCommand({ TableName: 'Orders', Item: { ...key, Status: { S: 'placed' } } }),
      );
      await producer.dynamodb.send(
        new UpdateItemCommand({
          TableName: 'Orders',
          Key: key,
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'Status' },
          ExpressionAttributeValues: { ':s': { S: 'shipped' } },
        }),
      );
      await producer.dynamodb.send(new DeleteItemCommand({ TableName: 'Orders', Key: key }));
    }

    const THREE_CHANGES: Seen[] = [
      { eventName: 'INSERT', oldStatus: undefined, newStatus: 'placed' },
      { eventName: 'MODIFY', oldStatus: 'placed', newStatus: 'shipped' },
      { eventName: 'REMOVE', oldStatus: 'shipped', newStatus: undefined },
    ];

    beforeAll(async () => {
      await deployment.createStateBucket();
      if (command === 'cdktf') await deployment.cdktf('deploy', '*');
      else await deployment.deploy();
    });

    let destroyed = false;
    afterAll(async () => {
      if (!destroyed) await deployment.destroy();
    });

    test('step 1: the role, trusted by Lambda', async () => {
      const { Role } = await consumer.iam.send(new GetRoleCommand({ RoleName: ROLE }));
      const { AttachedPolicies = [] } = await consumer.iam.send(
        new ListAttachedRolePoliciesCommand({ RoleName: ROLE }),
      );
      expect(Role?.Arn).toBe(roleArn);
      expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AllowLambda',
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      });
      expect(AttachedPolicies.map(({ PolicyName }) => PolicyName).sort()).toEqual(managedPolicies);
    });

    test('step 2: the function', async () => {
      const { Configuration } = await consumer.lambda.send(
        new GetFunctionCommand({ FunctionName: 'ProcessOrders' }),
      );
      expect(Configuration).toMatchObject({
        FunctionName: 'ProcessOrders',
        Role: roleArn,
        Runtime: runtime,
        Handler: 'index.handler',
      });
    });

    test('step 3: the table with its stream', async () => {
      expect(await table()).toMatchObject({
        TableName: 'Orders',
        KeySchema: [{ AttributeName: 'OrderId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'OrderId', AttributeType: 'S' }],
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      });
    });

    test('step 4: the policy of the stream', async () => {
      const streamArn = (await table())?.LatestStreamArn;
      const { Policy = '' } = await producer.dynamodb.send(
        new GetResourcePolicyCommand({ ResourceArn: streamArn }),
      );
      expect(JSON.parse(Policy)).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AllowCrossAccountStreamAccess',
            Effect: 'Allow',
            Principal: { AWS: roleArn },
            Action: ['dynamodb:GetShardIterator', 'dynamodb:GetRecords', 'dynamodb:DescribeStream'],
            Resource: streamArn,
          },
        ],
      });
    });

    test('step 5: the event source mapping', async () => {
      expect(await mappings()).toMatchObject([
        {
          FunctionArn: `arn:aws:lambda:us-east-1:${consumerAccount.id}:function:ProcessOrders`,
          EventSourceArn: (await table())?.LatestStreamArn,
          StartingPosition: 'LATEST',
          State: 'Enabled',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 10,
          MaximumRecordAgeInSeconds: 82_800,
        },
      ]);
    });

    test('an order written in the producer account reaches the function, in order', async () => {
      await changeOrder('order-1');
      await eventually(async () => expect(await seen()).toEqual(THREE_CHANGES));
    });

    // One language is enough: all but the code is the same for both.
    const testOnce = runtime.startsWith('nodejs') ? test : test.skip;
    testOnce('records flow again after the role was deleted and created again', async () => {
      const role = { RoleName: ROLE };
      const { PolicyNames = [] } = await consumer.iam.send(new ListRolePoliciesCommand(role));
      const { AttachedPolicies = [] } = await consumer.iam.send(
        new ListAttachedRolePoliciesCommand(role),
      );
      for (const PolicyName of PolicyNames) {
        await consumer.iam.send(new DeleteRolePolicyCommand({ ...role, PolicyName }));
      }
      for (const { PolicyArn } of AttachedPolicies) {
        await consumer.iam.send(new DetachRolePolicyCommand({ ...role, PolicyArn }));
      }
      await consumer.iam.send(new DeleteRoleCommand(role));

      await deployment.deploy();
      await changeOrder('order-2');
      await eventually(async () =>
        expect(await seen()).toEqual([...THREE_CHANGES, ...THREE_CHANGES]),
      );
      expect(await deployment.plannedChanges()).toEqual({});
    });

    const testOfCdktf = command === 'cdktf' ? test : test.skip;
    testOfCdktf('what cdktf deployed has nothing to plan', async () => {
      await deployment.cdktf('diff', 'producer-orders');
      expect(await deployment.plannedChanges()).toEqual({});
      await deployment.deploy('producer-orders');
    });

    test('destroy leaves nothing but the state bucket', async () => {
      if (command === 'cdktf') await deployment.cdktf('destroy', '*');
      else await deployment.destroy();
      destroyed = true;
      const { Functions } = await consumer.lambda.send(new ListFunctionsCommand({}));
      const { EventSourceMappings } = await consumer.lambda.send(
        new ListEventSourceMappingsCommand({}),
      );
      const { Roles } = await consumer.iam.send(new ListRolesCommand({}));
      const { Policies } = await consumer.iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
      const { logGroups } = await consumer.logs.send(new DescribeLogGroupsCommand({}));
      const { Buckets } = await consumer.s3.send(new ListBucketsCommand({}));
      const { TableNames } = await producer.dynamodb.send(new ListTablesCommand({}));
      expect({
        Functions,
        EventSourceMappings,
        Roles,
        Policies,
        logGroups,
        Buckets,
        TableNames,
      }).toEqual({
        Functions: [],
        EventSourceMappings: [],
        Roles: [],
        Policies: [],
        logGroups: [],
        Buckets: [],
        TableNames: [],
      });
    });
  },
);
