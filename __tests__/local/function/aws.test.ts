import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type LocalAws, serveAws } from '../../../local/function/aws';
import { startFunction } from '../../../local/function/function';
import type { S3Call } from '../../../local/function/s3';
import { bundle } from '../../../packaging/bundle';
import { record } from '../../helpers/records';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:Orders';
const Bucket = 'orders-lake';

const folder = mkdtempSync(path.join(tmpdir(), 'aws-'));
const calls: S3Call[] = [];
let aws: LocalAws;
let s3: S3Client;

const config = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: FUNCTION, secretAccessKey: 'local' },
});

beforeAll(async () => {
  aws = await serveAws(folder, (call) => {
    calls.push(call);
    return call.bucket === 'others' ? 'Orders is not authorized & <refused>' : undefined;
  });
  s3 = new S3Client(config(aws.endpoint));
});
afterEach(() => {
  aws.wrote();
  calls.length = 0;
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

const read = (file: string) => readFileSync(path.join(folder, file));

test('it listens on this machine alone', () => {
  expect(aws.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('an upload that is interrupted writes nothing, and ends nothing else', async () => {
  const rejected = jest.fn();
  process.once('unhandledRejection', rejected);
  const { port } = new URL(aws.endpoint);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`PUT /${Bucket}/part HTTP/1.1\r\nHost: s3\r\nContent-Length: 9\r\n\r\npart`);
  const sent = s3.send(new PutObjectCommand({ Bucket, Key: 'whole', Body: 'all of it' }));
  socket.destroy();
  await sent;
  await s3.send(new GetObjectCommand({ Bucket, Key: 'whole' }));
  process.off('unhandledRejection', rejected);
  expect(rejected).not.toHaveBeenCalled();
  expect(aws.wrote()).toEqual([`${Bucket}/whole`]);
});

test('an object is a file, with its bytes as they are', async () => {
  const Body = gzipSync('{"Id":1}\n');
  const object = { Bucket, Key: 'changes/date=2026-01-02/é +%.json.gz' };
  await s3.send(
    new PutObjectCommand({
      ...object,
      Body,
      ContentEncoding: 'gzip',
      ExpectedBucketOwner: '444455556666',
    }),
  );
  const file = `${Bucket}/${object.Key}`;
  expect([aws.wrote(), aws.wrote()]).toEqual([[file], []]);
  expect(read(file).equals(Body)).toBe(true);
  expect(calls).toEqual([
    {
      functionArn: FUNCTION,
      action: 's3:PutObject',
      bucket: Bucket,
      key: object.Key,
      bucketOwner: '444455556666',
    },
  ]);

  const got = await s3.send(new GetObjectCommand(object));
  expect(Body.equals((await got.Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
  const { ContentLength } = await s3.send(new HeadObjectCommand(object));
  expect(ContentLength).toBe(Body.length);
  await s3.send(new DeleteObjectCommand(object));
  await s3.send(new DeleteObjectCommand(object));
  expect(existsSync(path.join(folder, file))).toBe(false);
  await expect(s3.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3.send(new HeadObjectCommand(object))).rejects.toMatchObject({ name: 'NotFound' });
  expect([aws.wrote(), calls.map(({ action }) => action)]).toEqual([
    [],
    [
      's3:PutObject',
      's3:GetObject',
      's3:GetObject',
      's3:DeleteObject',
      's3:DeleteObject',
      's3:GetObject',
      's3:GetObject',
    ],
  ]);
});

test("the sink's function writes there, also to a bucket whose name has dots", async () => {
  const one = startFunction({
    ...aws,
    name: 'Orders',
    arn: FUNCTION,
    runtime: 'nodejs24.x',
    packageFolder: bundle('lambda-src/s3.ts', 'nodejs24.x').directory,
    handler: 'index.handler',
    environment: { SINK_BUCKET: 'the.lake', SINK_BUCKET_OWNER: '111122223333' },
    timeoutInSeconds: 30,
    memoryInMB: 256,
  });
  const { kind, wrote } = await one.invoke({ Records: [record(1)] });
  await one.end();
  const file =
    'the.lake/date=2026-01-02/account=444455556666/table=Orders/4421584500000000017450439001-f98765e825a4f670.json.gz';
  expect([kind, wrote]).toEqual(['answered', [file]]);
  expect(JSON.parse(gunzipSync(read(file)).toString())).toMatchObject({ event_id: 'event-1' });
});

test.each(['../outside', 'a/../../../outside', '/absolute', 'a//b', './a', 'folder/', '..'])(
  'the key %s is refused, which is the path of no file',
  async (Key) => {
    await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: 'a' }))).rejects.toMatchObject({
      name: 'NotPlayedLocally',
      message: `npm run local writes objects to files, so a key must be the path of one: without empty parts, . and .., got ${Key}`,
    });
    expect(aws.wrote()).toEqual([]);
  },
);

test('a key in the place of a folder is refused', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'place', Body: 'a' }));
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'place/below', Body: 'a' })),
  ).rejects.toMatchObject({
    name: 'NotPlayedLocally',
    message: expect.stringMatching(/^(ENOTDIR|EEXIST)/),
  });
});

test.each(['link/a', 'dangling'])(
  'the key %s is refused, which leads through a link',
  async (Key) => {
    const bucket = path.join(folder, 'linked');
    mkdirSync(bucket, { recursive: true });
    const link = path.join(bucket, Key.split('/')[0] ?? '');
    symlinkSync(Key === 'dangling' ? path.join(folder, 'missing') : folder, link);
    const object = { Bucket: 'linked', Key };
    for (const command of [
      new PutObjectCommand({ ...object, Body: 'a' }),
      new DeleteObjectCommand(object),
    ]) {
      await expect(s3.send(command as PutObjectCommand)).rejects.toMatchObject({
        name: 'NotPlayedLocally',
        message: `npm run local follows no link in the folder of a bucket, got ${link}`,
      });
    }
    expect(['a', 'missing'].filter((name) => existsSync(path.join(folder, name)))).toEqual([]);
  },
);

test.each(['tables', 'scene'])('a bucket named %s is refused', async (name) => {
  await expect(
    s3.send(new PutObjectCommand({ Bucket: name, Key: 'a', Body: 'a' })),
  ).rejects.toMatchObject({
    name: 'NotPlayedLocally',
    message: `npm run local keeps files of its own in a folder named ${name}; name the bucket otherwise`,
  });
});

test('a write that the policies do not allow is refused', async () => {
  await expect(
    s3.send(new PutObjectCommand({ Bucket: 'others', Key: 'a', Body: 'a' })),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Orders is not authorized & <refused>',
    $metadata: { httpStatusCode: 403, attempts: 1 },
  });
  expect([aws.wrote(), existsSync(path.join(folder, 'others'))]).toEqual([[], false]);
});

test.each([
  ['GET /orders-lake/?list-type=2&prefix=a', new ListObjectsV2Command({ Bucket, Prefix: 'a' })],
  ['POST /orders-lake/a?uploads=', new CreateMultipartUploadCommand({ Bucket, Key: 'a' })],
  [
    'PUT /orders-lake/a?x-id=CopyObject',
    new CopyObjectCommand({ Bucket, Key: 'a', CopySource: 'orders-lake/b' }),
  ],
  [
    'GET /orders-lake/a?x-id=GetObject',
    new GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=0-1' }),
  ],
  [
    'PUT /orders-lake/a?x-id=PutObject',
    new PutObjectCommand({ Bucket, Key: 'a', Body: 'a', IfNoneMatch: '*' }),
  ],
  [
    'PUT /orders-lake/b?x-id=PutObject',
    new PutObjectCommand({ Bucket, Key: 'b', Body: 'a', ContentEncoding: 'aws-chunked' }),
  ],
])('%s of S3 is refused', async (call, command) => {
  await expect(s3.send(command as GetObjectCommand)).rejects.toMatchObject({
    name: 'NotPlayedLocally',
    message: `npm run local plays PutObject, GetObject, HeadObject and DeleteObject of S3, with whole objects, no streams and no conditions, got ${call}; for all of it set AWS_ENDPOINT_URL_S3 to one that runs on this machine, such as http://127.0.0.1:9000`,
  });
});

test('calls of other services are refused in the protocol of each', async () => {
  const own = config(aws.endpoint);
  const Key = { Id: { S: '1' } };
  const sent = [
    new DynamoDBClient(own).send(new GetItemCommand({ TableName: 'Orders', Key })),
    new SNSClient(own).send(new PublishCommand({ TopicArn: 'topic', Message: 'a' })),
    new LambdaClient(own).send(new InvokeCommand({ FunctionName: 'Orders' })),
    new CloudWatchClient(own).send(new PutMetricDataCommand({ Namespace: 'a', MetricData: [] })),
  ];
  const errors = (await Promise.allSettled(sent)).map(
    (one) => one.status === 'rejected' && one.reason,
  );
  expect(errors.map(({ name, message, $metadata }) => [name, message, $metadata.attempts])).toEqual(
    [
      ['DYNAMODB', 'GetItem'],
      ['SNS', 'POST /'],
      ['LAMBDA', 'POST /2015-03-31/functions/Orders/invocations'],
      ['CLOUDWATCH', 'PutMetricData'],
    ].map(([service, operation]) => [
      'NotPlayedLocally',
      `npm run local does not play ${service} (${operation}); set AWS_ENDPOINT_URL_${service} to one that runs on this machine, such as http://127.0.0.1:8000`,
      1,
    ]),
  );
});

test('a call that no function has signed is refused', async () => {
  const sent = await fetch(`${aws.endpoint}/${Bucket}/a`, { method: 'PUT', body: 'a' });
  expect([sent.status, await sent.json()]).toEqual([
    403,
    {
      __type: 'AccessDenied',
      message: 'npm run local answers only calls that a function of the topology signs',
    },
  ]);
  expect(aws.wrote()).toEqual([]);
});
