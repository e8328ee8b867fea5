/**
 * A consumer alone, of a stream that another team made: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { execFileSync } from 'node:child_process';
import {
  CreateTableCommand,
  DeleteTableCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { stringify } from 'yaml';
import { clientsIn, clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

const OWNER = '444455556666';
const TABLE = { TableName: 'PartnerOrders' };

/** Names no account but that of the consumer. */
function consumerOf(arn: string, kmsKeyArn: string): string {
  return stringify({
    name: 'partner',
    state: { bucket: 'example-terraform-state', region: 'us-east-1', usePathStyle: true },
    accounts: {
      analytics: {
        id: '111122223333',
        region: 'us-east-1',
        deployRole: { arn: 'arn:aws:iam::111122223333:role/TerraformDeploy' },
      },
    },
    consumers: {
      reader: {
        account: 'analytics',
        role: { name: 'PartnerReader', path: '/streams/' },
        function: { name: 'ReadPartner' },
      },
    },
    producers: { partner: { existingStream: { arn, kmsKeyArn } } },
    subscriptions: [{ producer: 'partner', consumer: 'reader' }],
  });
}

describeWithEndpoint('a consumer of a stream that others own', () => {
  const owner = clientsIn(OWNER, 'Administrator');
  let deployment: Deployment;
  let streamArn = '';
  let keyArn = '';
  let statements: Record<string, object> = {};

  beforeAll(async () => {
    const { KeyMetadata } = await owner.kms.send(new CreateKeyCommand({}));
    keyArn = KeyMetadata?.Arn ?? '';
    const { TableDescription } = await owner.dynamodb.send(
      new CreateTableCommand({
        ...TABLE,
        KeySchema: [{ AttributeName: 'OrderId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'OrderId', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn },
      }),
    );
    streamArn = TableDescription?.LatestStreamArn ?? '';
    deployment = new Deployment(consumerOf(streamArn, keyArn));
    await deployment.createStateBucket();
    await deployment.deploy('consumer-*');
  });

  /** As the owner of the stream, who has no policy yet. */
  async function allowStream(): Promise<void> {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statements[streamArn]] });
    await owner.dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: streamArn, Policy }));
  }

  /** As the owner of the key, whose policy stays. */
  async function allowKey(): Promise<void> {
    const key = { KeyId: keyArn, PolicyName: 'default' };
    const { Policy = '' } = await owner.kms.send(new GetKeyPolicyCommand(key));
    const policy = JSON.parse(Policy);
    policy.Statement.push(statements[keyArn]);
    await owner.kms.send(new PutKeyPolicyCommand({ ...key, Policy: JSON.stringify(policy) }));
  }

  test('is refused with the command that prints what its owner must add', async () => {
    const program = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
    const folder = '-chdir=cdktf.out/stacks/consumer-reader';
    const args = [folder, 'output', '-raw', 'producer_statement'];
    statements = JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
    expect(Object.keys(statements)).toEqual([streamArn, keyArn]);
    // Of the stream alone: without it the provider tries again for five minutes.
    await allowStream();
    const printed = await deployment.failingDeploy();
    expect(printed).toContain(
      `failed     subscription-partner-reader  the role of consumer-reader may not read ${streamArn} yet; its owner must add what this prints, to the policies of the stream and of its key: ${[program, ...args].join(' ')};`,
    );
  });

  test('reads once the owner has added it', async () => {
    await allowKey();
    await deployment.deploy();
    const Item = { OrderId: { S: '1' } };
    await owner.dynamodb.send(new PutItemCommand({ ...TABLE, Item }));
    const reader = clientsOf(deployment.topology, 'consumer-reader');
    await eventually(async () =>
      expect(await reader.changesSeen('ReadPartner')).toEqual([`${OWNER} PartnerOrders 1`]),
    );
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('is destroyed, and leaves what is of its owner', async () => {
    await deployment.destroy();
    const policy = new GetResourcePolicyCommand({ ResourceArn: streamArn });
    expect(JSON.parse((await owner.dynamodb.send(policy)).Policy ?? '').Statement).toEqual([
      statements[streamArn],
    ]);
    await owner.dynamodb.send(new DeleteTableCommand(TABLE));
  });
});
