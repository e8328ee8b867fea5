/**
 * README from end to end, with real Terraform against the AWS API at AWS_ENDPOINT_URL: its commands in their order, and
 * its smallest topology. All but the quick start is in an empty folder outside the clone, which has the package.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseDocument } from 'yaml';
import { gitIn } from '../helpers/git';
import { tree } from '../helpers/tree';
import { clientsIn } from './support/account';
import { prepareAwsCli, seeRecord } from './support/aws-cli';
import { createStateBucket, describeWithEndpoint, FLAGS } from './support/deployment';
import { eventually } from './support/eventually';
import { Page } from './support/page';

const run = promisify(execFile);

const clone = process.cwd();
const parent = mkdtempSync(path.join(tmpdir(), 'a package '));
const folder = path.join(parent, 'orders');

/** The page, with what this test adds to what a user types. */
const page = new Page(
  'README.md',
  (commands) =>
    commands
      // Installed is what CI begins with; so are all tests, of which one file is enough here.
      .replace('npm ci && npm run synth', `cd '${clone}' && npm run synth`)
      .replace('npm ci && npm test', 'npm test -- __tests__/topology/names.test.ts')
      .replace(/<folder>\/(.*)<version>\.tgz.*/, `'${parent}'/$1*.tgz\ndu -sk node_modules`)
      // There are changes.
      .replace(/^npm run plan .*/m, 'npm run plan || [ $? -eq 2 ]')
      .replace(/^npm run deploy/m, `$& -- ${FLAGS.join(' ')}`)
      .replace("npm run destroy -- '*'", `$& ${FLAGS.join(' ')}`)
      .replace('-chdir=$stack plan', '$& -no-color'),
  { cwd: folder },
);

describeWithEndpoint('README', () => {
  const file = path.join(folder, 'topology.yaml');

  /** Runs a program in the user's folder. */
  async function call(program: string, ...args: string[]): Promise<void> {
    const options = { cwd: folder, env: { ...process.env, CI: 'true' }, maxBuffer: 64_000_000 };
    await run(program, args, options).catch(({ stdout, stderr }) => {
      throw new Error(`${program} ${args.join(' ')} failed\n${stdout}\n${stderr}`);
    });
  }

  /** Writes the topology that is to be deployed. */
  function write(content: string, values: readonly [keys: string[], value: unknown][] = []): void {
    const document = parseDocument(content);
    // The newest that AWS providers of version 5 take as well.
    document.setIn(['consumers', 'process-orders', 'function', 'runtime'], 'nodejs22.x');
    for (const [keys, value] of values) document.setIn(keys, value);
    writeFileSync(file, document.toString());
  }

  beforeAll(async () => {
    mkdirSync(folder);
    await run('npm', ['pack', '--pack-destination', parent]);
    await prepareAwsCli(parent);
    await createStateBucket({ state: { bucket: 'example-terraform-state', region: 'us-east-1' } });
  });

  test('the quick start, in the clone', async () => {
    await page.run('# Cross-account DynamoDB Streams');
    expect(readdirSync(path.join(clone, 'cdktf.out/stacks'))).toHaveLength(3);
  });

  let written: string;
  test('the package is taken: at most 100 MB, and a first project that passes its checks', async () => {
    const [, kilobytes] = /^(\d+)\tnode_modules$/m.exec(await page.run('Take it')) ?? [];
    expect(Number(kilobytes)).toBeLessThanOrEqual(100_000);
    const ours = tree(path.join(folder, 'cdktf.out'));
    await call('npx', '--no-install', 'cdktf', 'synth', '--output', path.join(parent, 'cli'));
    expect(tree(path.join(parent, 'cli'))).toEqual(ours);
    for (const script of ['typecheck', 'review']) await call('npm', 'run', script);
    written = readFileSync(file, 'utf8');
  });

  test('the package synthesizes the stacks of the clone, byte for byte', async () => {
    const topology = path.join(clone, 'topologies', 'orders.yaml');
    const synth = ['run', 'synth', '--', '--topology', topology, '--output'];
    await run('npm', [...synth, path.join(parent, 'clone')]);
    await call('npm', ...synth, path.join(parent, 'package'));
    expect(tree(path.join(parent, 'package'))).toEqual(tree(path.join(parent, 'clone')));
  });

  test('the smallest topology is reviewed, as a change of what init wrote', async () => {
    gitIn(folder, 'init', '--quiet');
    gitIn(folder, 'add', '--all');
    gitIn(folder, 'commit', '--quiet', '--message', 'init');
    gitIn(folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    const [smallest = ''] = page.blocks('The smallest topology', 'yaml');
    write(smallest);
    await page.run('Review');
  });

  test('it is deployed, and a record of the one account is in the log of the other', async () => {
    await page.run('Deploy', 0);
    await seeRecord(page, 'Deploy', 1);
  });

  test('it is operated', () => page.run('Operate'));

  test('its HCL plans no changes with Terraform alone', async () => {
    const plans = await page.run('Leave', 0);
    expect(plans.match(/^No changes\./gm)).toHaveLength(3);
  });

  test('a protected table stops the destroy, which then leaves nothing', async () => {
    await expect(page.run('Leave', 1)).rejects.toThrow('deletionProtection');
    // With it comes the function that init wrote.
    write(written, [[['producers', 'orders', 'table', 'deletionProtection'], false]]);
    await call('npm', 'run', 'deploy', '--', ...FLAGS);
    await payOrder();
    await page.run('Leave', 1);
  });

  test('every command and topology of the page was run', () => {
    expect(page.unused()).toEqual([]);
  });

  /** The function that init wrote logs orders whose status changed. */
  async function payOrder(): Promise<void> {
    const { dynamodb } = clientsIn('444455556666');
    const Key = { OrderId: { S: 'order-2' } };
    const Item = { ...Key, Status: { S: 'open' } };
    await dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: 'Orders',
        Key,
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'Status' },
        ExpressionAttributeValues: { ':status': { S: 'paid' } },
      }),
    );
    const consumer = clientsIn('111122223333');
    await eventually(async () => {
      const lines = await consumer.logLines('/aws/lambda/ProcessOrders');
      const changes = lines
        .filter((line) => line.includes('Status changed'))
        .map((line) => JSON.parse(line));
      expect(changes.map(({ orderId, before, after }) => [orderId, before, after])).toEqual([
        ['order-2', undefined, 'open'],
        ['order-2', 'open', 'paid'],
      ]);
    });
  }
});
