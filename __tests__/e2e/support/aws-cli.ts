import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { clientsIn } from './account';
import { eventually } from './eventually';
import type { Page } from './page';

/** The accounts of README and docs/first-deploy.md, by the names of their administrators' profiles. */
const ACCOUNTS = { analytics: '111122223333', shop: '444455556666' };

/**
 * Sets the variables of this process for the AWS CLI and its profiles. Where the machine has no CLI, it is installed
 * from PyPI.
 *
 * @param folder for all that this needs
 */
export async function prepareAwsCli(folder: string): Promise<void> {
  const config = path.join(folder, 'config');
  const profiles = Object.entries(ACCOUNTS).map(([name, id]) => profile(name, id));
  writeFileSync(config, (await Promise.all(profiles)).join('\n'));
  process.env.AWS_CONFIG_FILE = config;
  if (hasAwsCli()) return;
  const python = path.join(folder, 'python');
  const bin = path.join(python, 'bin');
  spawnSync('python3', ['-m', 'venv', python]);
  spawnSync(path.join(bin, 'pip'), ['install', '--retries', '0', 'awscli==1.45.11']);
  process.env.PATH = `${process.env.PATH}:${bin}`;
}

function hasAwsCli(): boolean {
  return spawnSync('aws', ['--version']).status === 0;
}

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

/**
 * Runs commands of a page that write the item `order-1` in the one account, and read the log of the other, until it is
 * there. Without the CLI the SDK does the same.
 */
export async function seeRecord(page: Page, heading: string, block: number): Promise<void> {
  const log = () => clientsIn(ACCOUNTS.analytics, 'Administrator').changesSeen('ProcessOrders');
  if (hasAwsCli()) {
    await eventually(async () => expect(await page.run(heading, block)).toContain('"INSERT"'));
  } else {
    process.stdout.write('SKIPPED: commands of the AWS CLI, which is not here nor to be had\n');
    page.blocks(heading, 'sh', block);
    const Item = { OrderId: { S: 'order-1' } };
    const { dynamodb } = clientsIn(ACCOUNTS.shop, 'Administrator');
    await dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
  }
  await eventually(async () => expect(await log()).toEqual([`${ACCOUNTS.shop} Orders order-1`]));
}
