/**
 * A function and a role that others made: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
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

function existing(legacyRole: string, sharedRole: string): string {
  const deployRole = (id: string) => ({ arn: `arn:aws:iam::${id}:role/TerraformDeploy` });
  const account = (id: string) => ({ id, region: 'us-east-1', deployRole: deployRole(id) });
  const subscription = { producer: 'found', maximumRetryAttempts: 0 };
  return stringify({
    name: 'existing',
    state: { bucket: 'example-terraform-state', region: 'us-east-1', usePathStyle: true },
    accounts: { platform: account(READER), shop: account(OWNER) },
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
    producers: {
      found: {
        account: 'shop',
        table: {
          name: 'FoundOrders',
          partitionKey: { name: 'OrderId', type: 'S' },
          encryption: 'customer-managed',
          deletionProtection: false,
        },
        streamPolicy: { principal: 'account' },
      },
    },
    subscriptions: ['legacy', 'shared'].map((consumer) => ({ ...subscription, consumer })),
  });
}

describeWithEndpoint('a function and a role that others made', () => {
  const others = clientsIn(READER, 'Administrator');
  const deployment = new Deployment(existing('Legacy', 'Shared'));
  const write = (id: string) =>
    clientsIn(OWNER).dynamodb.send(
      new PutItemCommand({ TableName: 'FoundOrders', Item: { OrderId: { S: id } } }),
    );

  beforeAll(async () => {
    for (const [RoleName, Service] of [
      ['Legacy', 'lambda.amazonaws.com'],
      ['Shared', 'lambda.amazonaws.com'],
      ['Batch', 'batch.amazonaws.com'],
    ]) {
      const Statement = { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' };
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      const role = { RoleName, Path: '/platform/', AssumeRolePolicyDocument };
      await others.iam.send(new CreateRoleCommand(role));
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'legacy-'));
    writeFileSync(path.join(folder, 'index.js'), CODE);
    execFileSync('python3', ['-m', 'zipfile', '-c', 'code.zip', 'index.js'], { cwd: folder });
    await others.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'Legacy',
        Role: roleArn('Legacy'),
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: readFileSync(path.join(folder, 'code.zip')) },
      }),
    );
    await others.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'Legacy',
        PolicyName: 'log',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
        }),
      }),
    );
    await deployment.createStateBucket();
  });

  test('are refused where they do not belong together, or Lambda may not assume the role', async () => {
    const wrong = new Deployment(existing('Shared', 'Batch'));
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

  test('read once the owner of the roles has given them what is published', async () => {
    await deployment.deploy('consumer-*', 'producer-*');
    for (const [consumer, RoleName] of [
      ['legacy', 'Legacy'],
      ['shared', 'Shared'],
    ]) {
      const folder = `-chdir=cdktf.out/stacks/consumer-${consumer}`;
      const program = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
      const PolicyDocument = execFileSync(program, [folder, 'output', '-raw', 'role_policy'], {
        encoding: 'utf8',
      });
      const policy = { RoleName, PolicyName: 'streams', PolicyDocument };
      await others.iam.send(new PutRolePolicyCommand(policy));
    }
    await deployment.deploy();
    await write('1');
    await eventually(async () => {
      expect(await others.changesSeen('Shared')).toEqual([`${OWNER} FoundOrders 1`]);
      expect(await others.logLines('/aws/lambda/Legacy')).toContainEqual(
        expect.stringContaining('seen 1'),
      );
    });
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('have their failed batches kept', async () => {
    const legacy = deployment.topology.consumers.find(({ name }) => name === 'legacy');
    const failed = new TestBucket(others.s3, legacy?.failedBatches.bucket ?? '');
    await failed.open();
    await write('poison');
    await eventually(async () => expect(await failed.keys('aws/lambda/')).toHaveLength(1));
    await failed.empty();
  });

  test('stay as they are when the consumers are destroyed', async () => {
    await deployment.destroy();
    const { Configuration } = await others.lambda.send(
      new GetFunctionCommand({ FunctionName: 'Legacy' }),
    );
    expect(Configuration?.Role).toBe(roleArn('Legacy'));
    for (const [RoleName, PolicyNames] of [
      ['Legacy', ['log', 'streams']],
      ['Shared', ['streams']],
    ] as const) {
      expect(await others.iam.send(new ListRolePoliciesCommand({ RoleName }))).toMatchObject({
        PolicyNames,
      });
      expect(
        await others.iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      ).toMatchObject({ AttachedPolicies: [] });
    }
  });

  afterAll(async () => {
    await others.lambda.send(new DeleteFunctionCommand({ FunctionName: 'Legacy' }));
    for (const [RoleName, ...policies] of [
      ['Legacy', 'log', 'streams'],
      ['Shared', 'streams'],
      ['Batch'],
    ]) {
      for (const PolicyName of policies) {
        await others.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      }
      await others.iam.send(new DeleteRoleCommand({ RoleName }));
    }
  });
});
