/**
 * The package from end to end: from `npm pack` and an empty folder outside the clone to a change in the log.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseDocument } from 'yaml';
import { loadTopology } from '../../load/load';
import { tree } from '../helpers/tree';
import { clientsOf } from './support/account';
import { createStateBucket, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

const run = promisify(execFile);

describeWithEndpoint('the package', () => {
  const clone = process.cwd();
  const parent = mkdtempSync(path.join(tmpdir(), 'a package '));
  const folder = path.join(parent, 'orders');
  const file = path.join(folder, 'topology.yaml');

  /** Runs a program in the user's folder. */
  async function call(program: string, ...args: string[]): Promise<string> {
    const options = { cwd: folder, env: { ...process.env, CI: 'true' }, maxBuffer: 64_000_000 };
    const { stdout } = await run(program, args, options).catch(({ stdout, stderr }) => {
      throw new Error(`${program} ${args.join(' ')} failed\n${stdout}\n${stderr}`);
    });
    return stdout;
  }

  beforeAll(async () => {
    mkdirSync(folder);
    await run('npm', ['pack', '--pack-destination', parent]);
    const [tarball = ''] = readdirSync(parent).filter((name) => name.endsWith('.tgz'));
    await call('npm', 'install', path.join(parent, tarball));
  });

  test('brings at most 80 MB', async () => {
    const [kilobytes] = (await call('du', '-sk', 'node_modules')).split('\t');
    expect(Number(kilobytes)).toBeLessThanOrEqual(80_000);
  });

  test('synthesizes the stacks of the clone, byte for byte', async () => {
    const topology = path.join(clone, 'topologies', 'orders.yaml');
    await run('npm', ['run', 'synth', '--', '--output', path.join(parent, 'clone')]);
    const output = ['--output', path.join(parent, 'package')];
    await call(
      'npx',
      '--no-install',
      'cross-account-streams',
      'synth',
      '--topology',
      topology,
      ...output,
    );
    expect(tree(path.join(parent, 'package'))).toEqual(tree(path.join(parent, 'clone')));
  });

  test('a first project passes its checks as it is written', async () => {
    await call('npx', '--no-install', 'cross-account-streams', 'init');
    await call('npm', 'install');
    for (const script of ['synth', 'test', 'typecheck', 'review']) await call('npm', 'run', script);
    const ours = tree(path.join(folder, 'cdktf.out'));
    await call('npx', '--no-install', 'cdktf', 'synth', '--output', path.join(parent, 'cli'));
    expect(tree(path.join(parent, 'cli'))).toEqual(ours);
  });

  test('a first project is deployed, processes a change, and is destroyed', async () => {
    const document = parseDocument(readFileSync(file, 'utf8'));
    // The newest that AWS providers of version 5 take as well.
    document.setIn(['consumers', 'process-orders', 'function', 'runtime'], 'nodejs22.x');
    document.setIn(['producers', 'orders', 'table', 'deletionProtection'], false);
    writeFileSync(file, document.toString());
    const topology = loadTopology(file);
    await createStateBucket(topology);
    const everything = ['--', '*', '--auto-approve'];
    await call('npm', 'run', 'deploy', ...everything);

    const { dynamodb } = clientsOf(topology, 'producer-orders');
    const key = { OrderId: { S: 'order-1' } };
    const item = { ...key, Status: { S: 'open' } };
    await dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item: item }));
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: 'Orders',
        Key: key,
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'Status' },
        ExpressionAttributeValues: { ':status': { S: 'paid' } },
      }),
    );
    const consumer = clientsOf(topology, 'consumer-process-orders');
    await eventually(async () => {
      const lines = await consumer.logLines('/aws/lambda/ProcessOrders');
      const changes = lines
        .filter((line) => line.includes('Status changed'))
        .map((line) => JSON.parse(line));
      expect(changes.map(({ orderId, before, after }) => [orderId, before, after])).toEqual([
        ['order-1', undefined, 'open'],
        ['order-1', 'open', 'paid'],
      ]);
    });
    await call('npm', 'run', 'destroy', ...everything);
  });
});
