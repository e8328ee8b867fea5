/**
 * A function in a VPC that calls things of its account, from end to end: real Terraform against the AWS API at
 * AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

const CONSUMER = 'consumer-process-orders';
const ROLE = 'CrossAccountStreamProcessor';
const SUBNETS = ['subnet-0a1b2c3d4e5f60718', 'subnet-1a1b2c3d4e5f60718'] as const;
const GROUP = 'sg-0a1b2c3d4e5f60718';
const LAYER = 'arn:aws:lambda:us-east-1:111122223333:layer:shared-code:1';
const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/Totals-${aws:PrincipalTag/team}';

/** orders.yaml, whose function is in this subnet. */
function orders(subnet: string): string {
  const topology = parseDocument(readFileSync('topologies/orders.yaml', 'utf8'));
  topology.set('name', 'settings');
  const set = (path: string, value: unknown) =>
    topology.setIn(['consumers', 'process-orders', ...path.split('.')], topology.createNode(value));
  set('role.statements', [
    { sid: 'Write', actions: ['dynamodb:UpdateItem'], resources: [TABLE, `${TABLE}/index/*`] },
    {
      actions: ['s3:GetObject'],
      resources: ['arn:aws:s3:::rates/a "b"/*'],
      conditions: [
        { test: 'StringEquals', variable: 'aws:PrincipalTag/team', values: ['${aws:username}'] },
      ],
    },
  ]);
  set('function.vpc', { subnetIds: [subnet], securityGroupIds: [GROUP] });
  set('function.layers', [LAYER]);
  set('function.tracing', 'Active');
  set('function.ephemeralStorage', 1_024);
  set('function.description', 'Totals of ${orders}, "daily"');
  topology.setIn(['producers', 'orders', 'streamPolicy'], { principal: 'account' });
  unprotectTables(topology);
  return topology.toString();
}

/** A zip file with nothing in it. */
const EMPTY_ZIP = Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex');

describeWithEndpoint('a function in a VPC that calls things of its account', () => {
  const before = new Deployment(orders(SUBNETS[0]));
  const after = new Deployment(orders(SUBNETS[1]));
  const consumer = clientsOf(before.topology, CONSUMER);
  const producer = clientsOf(before.topology, 'producer-orders');
  const { iam, lambda } = consumer;
  const configuration = () =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'ProcessOrders' }));

  beforeAll(async () => {
    await before.createStateBucket();
    const Content = { ZipFile: EMPTY_ZIP };
    await lambda.send(new PublishLayerVersionCommand({ LayerName: 'shared-code', Content }));
    await before.deploy();
  });

  test('has the settings of the topology, and nothing is left to change, also by its HCL', async () => {
    expect(await configuration()).toMatchObject({
      Description: 'Totals of ${orders}, "daily"',
      EphemeralStorage: { Size: 1_024 },
      Layers: [{ Arn: LAYER }],
      TracingConfig: { Mode: 'Active' },
      VpcConfig: { SubnetIds: [SUBNETS[0]], SecurityGroupIds: [GROUP] },
    });
    expect(await before.plannedChanges()).toEqual({});
    expect(await before.plannedChangesOfHcl()).toEqual({});
  });

  test('may call what the topology says, word by word', async () => {
    const PolicyArn = `arn:aws:iam::111122223333:policy/${ROLE}-statements`;
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    expect(Policy?.AttachmentCount).toBe(1);
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '')).Statement).toEqual([
      {
        Sid: 'Write',
        Effect: 'Allow',
        Action: 'dynamodb:UpdateItem',
        Resource: expect.arrayContaining([TABLE, `${TABLE}/index/*`]),
      },
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::rates/a "b"/*',
        Condition: { StringEquals: { 'aws:PrincipalTag/team': '${aws:username}' } },
      },
    ]);
  });

  test('processes changes', async () => {
    const Item = { OrderId: { S: '1' } };
    await producer.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
    await eventually(async () =>
      expect(await consumer.changesSeen('ProcessOrders')).toEqual(['444455556666 Orders 1']),
    );
  });

  test('moves to another subnet in place', async () => {
    await after.synthesize();
    const changes = await after.plannedChanges();
    expect(Object.keys(changes)).toEqual([CONSUMER]);
    expect(changes[CONSUMER]).toContain('Plan: 0 to add, 1 to change, 0 to destroy.');
    await after.deploy();
    expect((await configuration()).VpcConfig?.SubnetIds).toEqual([SUBNETS[1]]);
    expect(await after.plannedChanges()).toEqual({});
  });

  test('is destroyed with what lets it use its network', async () => {
    await after.destroy();
    await expect(configuration()).rejects.toThrow();
    const network = { RoleName: ROLE, PolicyName: 'network' };
    await expect(iam.send(new GetRolePolicyCommand(network))).rejects.toThrow();
  });
});
