/**
 * docs/pull-request.md from end to end: its commands in their order and what they print, in a repository of their own,
 * with real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTableCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { scripts } from '../../init/package.json';
import { clientsIn } from './support/account';
import { createStateBucket, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { Page } from './support/page';

const repository = mkdtempSync(path.join(tmpdir(), 'pull-request-'));
const clone = process.cwd();

/** As `init` writes it, with the commands of this clone in place of the package's. */
const PACKAGE = JSON.stringify({ scripts }).replaceAll(
  'cross-account-streams ',
  `node ${clone}/commands/start.mjs commands/index.ts `,
);

const USER = { NAME: 'An engineer', EMAIL: 'engineer@example.com' };
const page = new Page(
  'docs/pull-request.md',
  (commands) =>
    commands
      .replaceAll('name: MeterDocuments', 'name: MeterDocuments, runtime: nodejs22.x')
      .replaceAll(/^(npm run (plan|drift).*)$/gm, '$1 || [ $? -eq 2 ]'),
  {
    cwd: repository,
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: USER.NAME,
      GIT_AUTHOR_EMAIL: USER.EMAIL,
      GIT_COMMITTER_NAME: USER.NAME,
      GIT_COMMITTER_EMAIL: USER.EMAIL,
    },
  },
);

/** Runs a step, which prints what the page shows. */
async function step(number: number): Promise<void> {
  const printed = withoutCommits(await page.run(`${number}. `));
  for (const block of page.blocks(`${number}. `)) expect(printed).toContain(withoutCommits(block));
}

const withoutCommits = (text: string) => text.replaceAll(/--from [0-9a-f]{12}$/gm, '--from …');

describeWithEndpoint('a pull request', () => {
  const billing = clientsIn('111122223333');
  const acme = clientsIn('444455556666');
  const initech = clientsIn('222233334444');

  const save = (DocumentId: string, Pages: string) =>
    acme.dynamodb.send(
      new PutItemCommand({
        TableName: 'Documents',
        Item: { DocumentId: { S: DocumentId }, Pages: { N: Pages } },
      }),
    );
  const metered = (...documents: string[]) =>
    eventually(async () =>
      expect(await billing.changesSeen('MeterDocuments')).toEqual(
        documents.map((document) => `444455556666 Documents ${document}`),
      ),
    );

  beforeAll(async () => {
    await createStateBucket({ state: { bucket: 'example-terraform-state', region: 'us-east-1' } });
    writeFileSync(path.join(repository, 'package.json'), PACKAGE);
    copyFileSync('init/gitignore', path.join(repository, '.gitignore'));
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', repository]);
  });

  afterAll(() => {
    const everything = ['run', 'destroy', '--', '*', '--auto-approve'];
    execFileSync('npm', everything, { cwd: repository, stdio: 'pipe' });
  });

  test('of two tenants new documents alone are metered', async () => {
    await step(1);
    await save('one', '1');
    await save('one', '2');
    await save('two', '1');
    await metered('one', 'two');
  });

  test('shows its stacks, its plan, and both in one comment', async () => {
    await step(2);
    await step(3);
    const comment = readFileSync(path.join(repository, 'review.out', 'review.md'), 'utf8');
    for (const rows of page.blocks('3. ', 'md')) expect(comment).toContain(rows);
    expect(comment).toMatch(/^\*\*3 changed, 3 added in 3 of 4 stacks, 1 after others, 2 removed/m);
  });

  test('is deployed as it was planned', async () => {
    await step(4);
    await save('one', '3');
    await metered('one', 'one', 'two');
  });

  test('has a tenant less, which is destroyed while the other goes on', async () => {
    await step(5);
    await save('two', '2');
    await metered('one', 'one', 'two', 'two');
    const table = new DescribeTableCommand({ TableName: 'Documents' });
    await expect(clientsIn('777788889999').dynamodb.send(table)).rejects.toThrow('not found');
  });

  test('what is changed by hand in five ways is named', async () => {
    const { EventSourceMappings = [] } = await billing.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: 'MeterDocuments' }),
    );
    const ofAcme = EventSourceMappings.find(({ EventSourceArn = '' }) =>
      EventSourceArn.includes('444455556666'),
    );
    await billing.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: ofAcme?.UUID, Enabled: false }),
    );
    await billing.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'MeterDocuments', MemorySize: 1024 }),
    );
    const logGroupName = '/aws/lambda/MeterDocuments';
    await billing.logs.send(new DeleteLogGroupCommand({ logGroupName }));
    await billing.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'DocumentMetering',
        PolicyName: 'debug',
        PolicyDocument: allow({ Action: 's3:*', Resource: '*' }),
      }),
    );
    const { Table } = await initech.dynamodb.send(
      new DescribeTableCommand({ TableName: 'Documents' }),
    );
    const ResourceArn = Table?.LatestStreamArn;
    await initech.dynamodb.send(
      new PutResourcePolicyCommand({
        ResourceArn,
        Policy: allow({ Principal: '*', Action: 'dynamodb:GetRecords', Resource: ResourceArn }),
      }),
    );
    await step(6);
    expect(page.unused()).toEqual([]);
  });
});

function allow(statement: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...statement }],
  });
}
