import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { invoke } from '../helpers/invoke';
import { batch } from '../helpers/records';

interface Received {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const received: Received[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  received.push({ method, url, headers, body: Buffer.concat(chunks) });
  response.end();
});
const environment = { ...process.env };

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // The SDK adds a trailer to the body otherwise.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
  });
});

afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

beforeEach(() => {
  received.length = 0;
  jest.resetModules();
});

/** The function, started with these variables. */
async function start(variables: Record<string, string>) {
  for (const name of ['SINK_BUCKET', 'SINK_PREFIX', 'SINK_BUCKET_OWNER']) delete process.env[name];
  Object.assign(process.env, variables);
  return (await import('../../lambda-src/s3')).default;
}

test('the function puts a batch into the bucket that the variables name', async () => {
  const handler = await start({
    SINK_BUCKET: 'changes',
    SINK_PREFIX: 'lake/',
    SINK_BUCKET_OWNER: '111122223333',
  });
  const { response, metrics } = await invoke(handler, batch(2));
  expect(response).toEqual({ batchItemFailures: [] });
  expect(metrics.map(({ ChangesProcessed }) => ChangesProcessed)).toEqual([2]);
  expect(received.map(({ method, url }) => [method, decodeURIComponent(url ?? '')])).toEqual([
    [
      'PUT',
      expect.stringMatching(
        /^\/changes\/lake\/date=2026-01-02\/account=444455556666\/table=Orders\/\d+-[0-9a-f]{16}\.json\.gz\?x-id=PutObject$/,
      ),
    ],
  ]);
  const [{ headers, body } = { headers: {}, body: Buffer.of() }] = received;
  expect(headers['x-amz-expected-bucket-owner']).toBe('111122223333');
  expect(headers['content-type']).toBe('application/x-ndjson');
  expect(headers['content-encoding']).toBeUndefined();
  const lines = gunzipSync(body).toString().trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).event_id)).toEqual(['event-1', 'event-2']);
});

test('the function does not start without a bucket', async () => {
  await expect(start({})).rejects.toThrow(
    new Error('the variable SINK_BUCKET is not set, which the sink s3 needs'),
  );
});
