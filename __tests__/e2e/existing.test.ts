/**
 * Consumers of a stream that others own, one with a function and one with a role that others made: real Terraform
 * against the AWS API at AWS_ENDPOINT_URL.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
} from '@aws-sdk/client-lambda';
import { stringify } from 'yaml';
import { clientsIn } from './support/account';
import { TestBucket } from './support/bucket';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

const [READER, OWNER] = ['111122223333', '444455556666'];
const TABLE = { TableName: 'FoundOrders' };
const roleArn = (name: string) => `arn:aws:iam::${READER}:role/platform/${name}`;

/** What their function does: it fails with one order, and writes the others to its log. */
const CODE = `exports.handler = async ({ Records }) => {
  for (const { dynamodb } of Records) {
    const id = dynamodb.Keys.OrderId.S;
    if (id === 'poison') throw new Error(id);
    console.log('seen ' + id);
  }
  return { batchItemFailures: [] };
};`;

/** Names no account but that of the consumers. */
function existing(
  stream: { arn: string; kmsKeyArn: string },
  legacyRole = 'Legacy',
  sharedRole = 'Shared',
): string {
  const deployRole = { arn: `arn:aws:iam::${READER}:role/TerraformDeploy` };
  const subscription = { producer: 'found', maximumRetryAttempts: 0 };
  return stringify({
    name: 'existing',
    state: { bucket: 'example-terraform-state', region: 'us-east-1', usePathStyle: true },
    accounts: { platform: { id: READER, region: 'us-east-1', deployRole } },
    consumers: {
      legacy: {
        account: 'platform',
        existingFunction: { name: 'Legacy', roleArn: roleArn(legacyRole) },
      },
      shared: {
        account: 'platform',
        role: { existing: roleArn(sharedRole) },
        function: { name: 'Shared' },
      },
    },
    producers: { found: { existingStream: stream } },
    subscriptions: ['legacy', 'shared'].map((consumer) => ({ ...subscription, consumer })),
  });
}

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describeWithEndpoint('a stream, a function and a role of others', () => {
  const reader = clientsIn(READER, 'Administrator');
  const owner = clientsIn(OWNER, 'Administrator');
  const stream = { arn: '', kmsKeyArn: '' };
  let deployment: Deployment;
  /** What the owner of the stream is shown for each consumer, by the ARN of the stream and of the key. */
  let statements: Record<string, object>[];

  const write = (id: string) =>
    owner.dynamodb.send(new PutItemCommand({ ...TABLE, Item: { OrderId: { S: id } } }));

  const statementsOf = (arn: string) => statements.flatMap(({ [arn]: each }) => each ?? []);

  /** The command that prints an output of a consumer, as an operator is shown it. */
  const outputOf = (consumer: string, output: string): [string, ...string[]] => [
    process.env.TERRAFORM_BINARY_NAME ?? 'terraform',
    `-chdir=cdktf.out/stacks/consumer-${consumer}`,
    ...['output', '-raw', output],
  ];
  function printed(consumer: string, output: string): string {
    const [program, ...args] = outputOf(consumer, output);
    return execFileSync(program, args, { encoding: 'utf8' });
  }

  beforeAll(async () => {
    const { KeyMetadata } = await owner.kms.send(new CreateKeyCommand({}));
    stream.kmsKeyArn = KeyMetadata?.Arn ?? '';
    const { TableDescription } = await owner.dynamodb.send(
      new CreateTableCommand({
        ...TABLE,
        KeySchema: [{ AttributeName: 'OrderId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'OrderId', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: stream.kmsKeyArn },
      }),
    );
    stream.arn = TableDescription?.LatestStreamArn ?? '';
    for (const [RoleName, Service] of [
      ['Legacy', 'lambda.amazonaws.com'],
      ['Shared', 'lambda.amazonaws.com'],
      ['Batch', 'batch.amazonaws.com'],
    ]) {
      const trust = { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' };
      const role = { RoleName, Path: '/platform/', AssumeRolePolicyDocument: document(trust) };
      await reader.iam.send(new CreateRoleCommand(role));
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'legacy-'));
    writeFileSync(path.join(folder, 'index.js'), CODE);
    execFileSync('python3', ['-m', 'zipfile', '-c', 'code.zip', 'index.js'], { cwd: folder });
    await reader.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'Legacy',
        Role: roleArn('Legacy'),
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: readFileSync(path.join(folder, 'code.zip')) },
      }),
    );
    await reader.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'Legacy',
        PolicyName: 'log',
        PolicyDocument: document({ Effect: 'Allow', Action: 'logs:*', Resource: '*' }),
      }),
    );
    deployment = new Deployment(existing(stream));
    await deployment.createStateBucket();
  });

  test('are refused where they do not belong together, or Lambda may not assume the role', async () => {
    const wrong = new Deployment(existing(stream, 'Shared', 'Batch'));
    const ids = ['consumer-legacy', 'consumer-shared'];
    const errors: string[] = [];
    for (const folder of await wrong.synthesize(...ids)) {
      errors.push(...(await wrong.planErrors(folder)));
    }
    expect(errors).toEqual([
      `Function Legacy has the role ${roleArn('Legacy')}, and the topology says ${roleArn('Shared')}. Write the function's own role as existingFunction.roleArn.`,
      'Lambda may not assume the role Batch: its trust policy does not name lambda.amazonaws.com. Its owner adds that service as a principal of sts:AssumeRole.',
    ]);
  });

  test('are not connected before their owners have added what commands print', async () => {
    await deployment.deploy('consumer-*');
    for (const [consumer, RoleName] of [
      ['legacy', 'Legacy'],
      ['shared', 'Shared'],
    ] as const) {
      const PolicyDocument = printed(consumer, 'role_policy');
      const policy = { RoleName, PolicyName: 'streams', PolicyDocument };
      await reader.iam.send(new PutRolePolicyCommand(policy));
    }
    statements = ['legacy', 'shared'].map((consumer) =>
      JSON.parse(printed(consumer, 'producer_statement')),
    );
    expect(statements.map(Object.keys)).toEqual(Array(2).fill([stream.arn, stream.kmsKeyArn]));
    // Of the stream, and not of the key: without it the provider tries again for five minutes.
    const Policy = document(...statementsOf(stream.arn));
    await owner.dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: stream.arn, Policy }));
    const refused = await deployment.failingDeploy();
    for (const consumer of ['legacy', 'shared']) {
      expect(refused).toContain(
        `the function's role may not read ${stream.arn} yet; the owner of the stream must add what this prints, to its policy and to that of a customer managed key: ${outputOf(consumer, 'producer_statement').join(' ')}; policies`,
      );
    }
  });

  test('are connected afterwards', async () => {
    const key = { KeyId: stream.kmsKeyArn, PolicyName: 'default' };
    const { Policy = '' } = await owner.kms.send(new GetKeyPolicyCommand(key));
    const policy = JSON.parse(Policy);
    policy.Statement.push(...statementsOf(stream.kmsKeyArn));
    await owner.kms.send(new PutKeyPolicyCommand({ ...key, Policy: JSON.stringify(policy) }));
    await deployment.deploy();
    await write('1');
    await eventually(async () => {
      expect(await reader.changesSeen('Shared')).toEqual([`${OWNER} FoundOrders 1`]);
      expect(await reader.logLines('/aws/lambda/Legacy')).toContainEqual(
        expect.stringContaining('seen 1'),
      );
    });
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('have their failed batches kept', async () => {
    const legacy = deployment.topology.consumers.find(({ name }) => name === 'legacy');
    const failed = new TestBucket(reader.s3, legacy?.failedBatches.bucket ?? '');
    await failed.open();
    await write('poison');
    await eventually(async () => expect(await failed.keys('aws/lambda/')).toHaveLength(1));
    await failed.empty();
  });

  test('stay as they are when the consumers are destroyed', async () => {
    await deployment.destroy();
    const { Configuration } = await reader.lambda.send(
      new GetFunctionCommand({ FunctionName: 'Legacy' }),
    );
    expect(Configuration?.Role).toBe(roleArn('Legacy'));
    for (const [RoleName, PolicyNames] of [
      ['Legacy', ['log', 'streams']],
      ['Shared', ['streams']],
    ] as const) {
      expect(await reader.iam.send(new ListRolePoliciesCommand({ RoleName }))).toMatchObject({
        PolicyNames,
      });
      expect(
        await reader.iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      ).toMatchObject({ AttachedPolicies: [] });
    }
    const policy = new GetResourcePolicyCommand({ ResourceArn: stream.arn });
    expect(JSON.parse((await owner.dynamodb.send(policy)).Policy ?? '').Statement).toEqual(
      statementsOf(stream.arn),
    );
  });

  afterAll(async () => {
    await owner.dynamodb.send(new DeleteTableCommand(TABLE));
    await reader.lambda.send(new DeleteFunctionCommand({ FunctionName: 'Legacy' }));
    for (const [RoleName, ...policies] of [
      ['Legacy', 'log', 'streams'],
      ['Shared', 'streams'],
      ['Batch'],
    ]) {
      for (const PolicyName of policies) {
        await reader.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      }
      await reader.iam.send(new DeleteRoleCommand({ RoleName }));
    }
  });
});
