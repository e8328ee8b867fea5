import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { ProxiedHandler } from '../../../operate/redrive/proxied-handler';

const environment = { ...process.env };
/** What the proxy was asked to connect to. */
const connections: string[] = [];

const target = createServer((_, response) => response.end('from the target'));
const proxy = createServer((_, response) => response.writeHead(500).end());
proxy.on('connect', ({ url = '', headers }, socket) => {
  connections.push([url, headers['proxy-authorization']].filter(Boolean).join(' '));
  if (!url.startsWith('127.0.0.1:')) {
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const onward = connectTo(Number(url.split(':')[1]), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  for (const server of [target, proxy]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
});

beforeEach(() => {
  connections.length = 0;
  process.env = { PATH: environment.PATH };
});

afterAll(async () => {
  process.env = environment;
  for (const server of [target, proxy]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** One request to the target, or to another host. */
async function get(protocol = 'http:', hostname = '127.0.0.1', port = portOf(target)) {
  const handler = new ProxiedHandler({});
  try {
    const request = new HttpRequest({ protocol, hostname, port, path: '/', method: 'GET' });
    const { response } = await handler.handle(request);
    return String(await buffer(response.body));
  } finally {
    handler.destroy();
  }
}

test('without a proxy in the environment the request goes straight to its target', async () => {
  expect(await get()).toBe('from the target');
  expect(connections).toEqual([]);
});

test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])(
  'the proxy of %s is used',
  async (variable) => {
    process.env[variable] = `http://me:secret@127.0.0.1:${portOf(proxy)}`;
    expect(await get()).toBe('from the target');
    const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(connections).toEqual([`127.0.0.1:${portOf(target)} ${authorization}`]);
  },
);

test.each(['127.0.0.1', 'other,127.0.0.1', '*', '.0.1'])(
  'NO_PROXY=%s leaves it out',
  async (hosts) => {
    process.env.HTTP_PROXY = `http://127.0.0.1:${portOf(proxy)}`;
    process.env.NO_PROXY = hosts;
    expect(await get()).toBe('from the target');
    expect(connections).toEqual([]);
  },
);

test('requests with TLS go through the proxy of HTTPS_PROXY, host by host', async () => {
  const address = `127.0.0.1:${portOf(proxy)}`;
  process.env.HTTPS_PROXY = `http://me:secret@${address}`;
  const host = 'sts.us-east-1.amazonaws.com';
  await expect(get('https:', host, 443)).rejects.toThrow(
    new Error(`Bad response: 403 (through the proxy ${address})`),
  );
  expect(connections.map((line) => line.split(' ')[0])).toEqual([`${host}:443`]);
  expect(await get()).toBe('from the target');
  expect(connections.length).toBe(1);
});
