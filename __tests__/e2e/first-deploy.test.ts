/**
 * docs/first-deploy.md from end to end: its commands in their order, with real Terraform against the AWS API at
 * AWS_ENDPOINT_URL. Its topology is deployed with the roles of bootstrap/.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { ANALYTICS, documentsOf, SHOP } from '../bootstrap/support/account';
import { AccountClients } from './support/account';
import { TestBucket } from './support/bucket';
import { describeWithEndpoint, FLAGS } from './support/deployment';
import { eventually } from './support/eventually';

const run = promisify(execFile);

const folder = mkdtempSync(path.join(tmpdir(), 'first-deploy-'));

/** The commands below each heading, with what this test adds to what a user types. */
const STEPS = readFileSync('docs/first-deploy.md', 'utf8')
  .split(/^## /m)
  .map((section) =>
    [...section.matchAll(/^```sh\n(.*?)^```/gms)]
      .map(([, commands = '']) => commands)
      .join('')
      .replaceAll(/(?<![-\w])(bootstrap|topologies)\//g, `${folder}/$1/`)
      .replaceAll(/(terraform \S+ (apply|destroy))/g, '$1 -auto-approve')
      .replaceAll(/(npm run (deploy|destroy) -- '\*')/g, `$1 ${FLAGS.join(' ')}`)
      .replace(
        'function: { name: ProcessOrders }',
        'function: { name: ProcessOrders, runtime: nodejs22.x }',
      )
      .replace('npm ci\n', ''),
  );

/** Runs the commands of a step, with the variables that the steps before it exported. */
async function step(number: number): Promise<void> {
  const exported =
    STEPS.slice(0, number)
      .join('')
      .match(/^export .*$/gm) ?? [];
  const script = [...exported, STEPS[number]].join('\n');
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...others } = process.env;
  const env = { ...others, AWS_CONFIG_FILE: path.join(folder, 'config'), CI: 'true' };
  await run('bash', ['-euo', 'pipefail', '-c', script], { env, maxBuffer: 64 * 1024 * 1024 }).catch(
    ({ stdout, stderr }) => {
      throw new Error(`step ${number} failed\n${stdout}\n${stderr}`);
    },
  );
}

const administrator = (id: string) =>
  new AccountClients({
    id,
    region: 'us-east-1',
    partition: 'aws',
    deployRole: { arn: `arn:aws:iam::${id}:role/Administrator` },
  });

/** A profile with the credentials of an administrator. */
async function profile(name: string, id: string): Promise<string> {
  const credentials = await fromTemporaryCredentials({
    params: { RoleArn: `arn:aws:iam::${id}:role/Administrator` },
    clientConfig: { region: 'us-east-1' },
  })();
  return [
    `[profile ${name}]`,
    'region = us-east-1',
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
    `aws_session_token = ${credentials.sessionToken}`,
  ].join('\n');
}

describeWithEndpoint('the first deploy', () => {
  const analytics = administrator(ANALYTICS.account.id);
  const shop = administrator(SHOP.account.id);
  const states = new TestBucket(analytics.s3, 'example-terraform-state');

  /** What is granted to a role, by the names of its policies. */
  async function granted({ iam }: AccountClients, RoleName: string): Promise<object> {
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const documents = (attached.AttachedPolicies ?? []).map(async ({ PolicyName, PolicyArn }) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const VersionId = Policy?.DefaultVersionId;
      const { PolicyVersion } = await iam.send(
        new GetPolicyVersionCommand({ PolicyArn, VersionId }),
      );
      return [PolicyName, JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ''))];
    });
    return Object.fromEntries(await Promise.all(documents));
  }

  beforeAll(async () => {
    cpSync('bootstrap', path.join(folder, 'bootstrap'), { recursive: true });
    cpSync('topologies', path.join(folder, 'topologies'), { recursive: true });
    const profiles = { analytics: ANALYTICS.account.id, shop: SHOP.account.id };
    const written = Object.entries(profiles).map(([name, id]) => profile(name, id));
    writeFileSync(path.join(folder, 'config'), (await Promise.all(written)).join('\n'));
  });

  test('the topology is reviewed', () => step(2));

  test('the state bucket and its roles are created', async () => {
    await step(3);
    // Emulators whose S3 evaluates no conditions refuse everything under the policy.
    await states.open();
  });

  test('the roles of the accounts are granted the documents that the unit tests evaluate', async () => {
    await step(4);
    const [ofAnalytics, ofShop] = [documentsOf(ANALYTICS), documentsOf(SHOP)];
    expect(await granted(analytics, 'TerraformDeploy')).toEqual(ofAnalytics.deploy);
    expect(await granted(analytics, 'TerraformRead')).toEqual(ofAnalytics.read);
    expect(await granted(shop, 'TerraformDeploy')).toEqual(ofShop.deploy);
    expect(await granted(shop, 'TerraformRead')).toEqual(ofShop.read);
  });

  test('a record written in the one account is in the log of the other', async () => {
    await step(5);
    const Item = { OrderId: { S: 'order-1' }, Status: { S: 'placed' } };
    await shop.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
    await eventually(async () =>
      expect(await analytics.changesSeen('ProcessOrders')).toEqual([
        `${SHOP.account.id} Orders order-1`,
      ]),
    );
  });

  test('nothing is left', async () => {
    await step(8);
    // moto fails where many versions are deleted by one call.
    await states.empty();
    await step(9);
    const { Buckets } = await analytics.s3.send(new ListBucketsCommand({}));
    const roles = [analytics, shop].map(({ iam }) => iam.send(new ListRolesCommand({})));
    expect(Buckets).toEqual([]);
    expect((await Promise.all(roles)).map(({ Roles }) => Roles)).toEqual([[], []]);
  });
});
