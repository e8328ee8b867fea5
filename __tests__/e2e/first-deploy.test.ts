/**
 * docs/first-deploy.md from end to end: its commands in their order, with real Terraform against the AWS API at
 * AWS_ENDPOINT_URL. Its topology is deployed with the roles of bootstrap/.
 */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ANALYTICS, documentsOf, SHOP } from '../bootstrap/support/account';
import { type AccountClients, clientsIn } from './support/account';
import { prepareAwsCli, seeRecord } from './support/aws-cli';
import { TestBucket } from './support/bucket';
import { describeWithEndpoint, FLAGS } from './support/deployment';
import { Page } from './support/page';

const folder = mkdtempSync(path.join(tmpdir(), 'first-deploy-'));

/** The page, with what this test adds to what a user types. */
const page = new Page(
  'docs/first-deploy.md',
  (commands) =>
    commands
      .replaceAll(/(?<![-\w])(bootstrap|topologies)\//g, `${folder}/$1/`)
      .replaceAll(/(terraform \S+ (apply|destroy))/g, '$1 -auto-approve')
      .replaceAll(/(npm run (deploy|destroy) -- '\*')/g, `$1 ${FLAGS.join(' ')}`)
      .replace(
        'function: { name: ProcessOrders }',
        'function: { name: ProcessOrders, runtime: nodejs22.x }',
      )
      .replace('npm ci\n', ''),
  {
    // The page has profiles.
    get env() {
      const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...others } = process.env;
      return others;
    },
  },
);

describeWithEndpoint('the first deploy', () => {
  const analytics = clientsIn(ANALYTICS.account.id, 'Administrator');
  const shop = clientsIn(SHOP.account.id, 'Administrator');
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
    await prepareAwsCli(folder);
  });

  test('the topology is reviewed', async () => {
    await page.run('1. ');
    await page.run('2. ');
  });

  test('the state bucket and its roles are created', async () => {
    await page.run('3. ', 1);
    // Emulators whose S3 evaluates no conditions refuse everything under the policy.
    await states.open();
  });

  test('the roles of the accounts are granted the documents that the unit tests evaluate', async () => {
    await page.run('4. ');
    const [ofAnalytics, ofShop] = [documentsOf(ANALYTICS), documentsOf(SHOP)];
    expect(await granted(analytics, 'TerraformDeploy')).toEqual(ofAnalytics.deploy);
    expect(await granted(analytics, 'TerraformRead')).toEqual(ofAnalytics.read);
    expect(await granted(shop, 'TerraformDeploy')).toEqual(ofShop.deploy);
    expect(await granted(shop, 'TerraformRead')).toEqual(ofShop.read);
  });

  test('a record written in the one account is in the log of the other', async () => {
    await page.run('5. ');
    await seeRecord(page, '6. ', 0);
  });

  test('doctor may read all that it reads, and finds nothing', async () => {
    expect(await page.run('6. ', 1)).toMatch(/^subscription-orders-process-orders +works/m);
  });

  test('nothing is left', async () => {
    await page.run('8. ');
    // moto fails where many versions are deleted by one call.
    await states.empty();
    await page.run('9. ');
    const { Buckets } = await analytics.s3.send(new ListBucketsCommand({}));
    const roles = [analytics, shop].map(({ iam }) => iam.send(new ListRolesCommand({})));
    expect(Buckets).toEqual([]);
    expect((await Promise.all(roles)).map(({ Roles }) => Roles)).toEqual([[], []]);
  });

  test('every command of the page was run', () => {
    const [ofGitHub, ...others] = page.unused();
    expect(ofGitHub).toMatch(/^gh api /); // asks GitHub about a repository of the user
    expect(others).toEqual([]);
  });
});
