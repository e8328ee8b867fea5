import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { scripts } from '../../package.json';
import { environment } from '../helpers/environment';
import { invocationRecord, keyOf } from '../helpers/failed-batches';
import { topology } from '../helpers/topology';

const BUCKET = '/process-orders-failed-batches-025f751830a2';
const folder = mkdtempSync(path.join(tmpdir(), 'redrive-script-test-'));
const topologyFile = path.join(folder, 'orders.yaml');
const A = keyOf('a');
const B = keyOf('b');
let objects: Record<string, string> = {};
/** What happens while the function runs. */
let whileInvoked: () => Promise<void> = async () => {};

/** As much of S3 and Lambda as the command uses, on this machine. */
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
  const key = pathname.slice(BUCKET.length + 1);
  if (request.method === 'POST') {
    await text(request);
    await whileInvoked();
    response.end('{"batchItemFailures":[]}');
  } else if (request.method === 'DELETE') {
    delete objects[key];
    response.writeHead(204).end();
  } else if (key === '') {
    const contents = Object.keys(objects).map((name) => `<Contents><Key>${name}</Key></Contents>`);
    response.end(`<ListBucketResult>${contents.join('')}</ListBucketResult>`);
  } else {
    response.end(objects[key]);
  }
});

beforeAll(async () => {
  writeFileSync(topologyFile, JSON.stringify(topology()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  objects = {
    [A]: JSON.stringify(invocationRecord({ records: [100] })),
    [B]: JSON.stringify(invocationRecord({ records: [200] })),
  };
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Starts what `npm run redrive` runs; `exec` lets the shell give way to it. */
function start(...args: string[]): ChildProcess {
  return spawn('sh', ['-c', `exec ${scripts.redrive} "$@"`, 'redrive', ...args], {
    env: environment({
      TOPOLOGY: topologyFile,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }),
  });
}

async function outcome(child: ChildProcess) {
  const closed = new Promise((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal)),
  );
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('no output');
  const [out, err, end] = await Promise.all([text(stdout), text(stderr), closed]);
  return { out: out.split('\n').map((line) => line.replace(/ {2}.* ago/, '')), err, end };
}

test('delivers all there is', async () => {
  whileInvoked = async () => {};
  expect(await outcome(start('--consumer', 'process-orders'))).toEqual({
    out: ['delivered', 'delivered', '2 of 2 batches delivered, 0 failed, 0 waiting', ''],
    err: '',
    end: 0,
  });
  expect(Object.keys(objects)).toEqual([]);
}, 30_000);

test('interrupted once, which npm passes on, finishes the batch it is at', async () => {
  const child = start('--consumer', 'process-orders');
  whileInvoked = async () => {
    const stopping = new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGINT');
    await stopping;
    child.kill('SIGINT'); // as from npm
    await setTimeout(100);
  };
  expect(await outcome(child)).toEqual({
    out: [
      'delivered',
      'waiting: the run was stopped',
      '1 of 2 batches delivered, 0 failed, 1 waiting',
      '',
    ],
    err: 'Stopping after the batch that is being delivered; interrupt again to end now\n',
    end: 1,
  });
  expect(Object.keys(objects)).toEqual([B]);
}, 30_000);

test('interrupted again after more than a second, ends and keeps the batch it was at', async () => {
  const child = start('--consumer', 'process-orders');
  whileInvoked = async () => {
    const stopping = new Promise((resolve) => child.stderr?.once('data', resolve));
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    await stopping;
    await setTimeout(1_500);
    child.kill('SIGINT');
    await ended;
  };
  expect(await outcome(child)).toEqual({
    out: [''],
    err: 'Stopping after the batch that is being delivered; interrupt again to end now\n',
    end: 130,
  });
  expect(Object.keys(objects)).toEqual([A, B]);
}, 30_000);
