import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, type Target } from '../../../operate/redrive/aws';
import { UserError } from '../../../topology/problem';
import { resolved } from '../../helpers/synth-app';
import { type Overrides, topology } from '../../helpers/topology';

const BUCKET = 'process-orders-failed-batches-025f751830a2';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders';
const ROLE = 'arn:aws:iam::111122223333:role/TerraformDeploy';

/** What the server was asked: method, path, and what else matters of it. */
interface Request {
  readonly call: string;
  readonly body: string;
  readonly owner?: string;
  readonly ifMatch?: string;
  readonly range?: string;
  /** What the function is given with the event, in its context. */
  readonly clientContext?: unknown;
  /** Access key the request was signed with. */
  readonly accessKey?: string;
}

type Response =
  | readonly [status: number, body: string, headers?: Record<string, string>]
  /** Ends the connection without an answer. */
  | 'break';

function decoded(base64: string | undefined): unknown {
  return base64 && JSON.parse(Buffer.from(base64, 'base64').toString());
}

/** Responses of an AWS on this machine, in order; the last one is given again and again. */
let responses: Response[] = [];
const requests: Request[] = [];

const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const { method, url, headers } = request;
  requests.push({
    call: `${method} ${url}`,
    body: await text(request),
    owner: headers['x-amz-expected-bucket-owner']?.toString(),
    ifMatch: headers['if-match'],
    range: headers.range,
    clientContext: decoded(headers['x-amz-client-context']?.toString()),
    accessKey: /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1],
  });
  const next = (responses.length > 1 ? responses.shift() : responses[0]) ?? [500, ''];
  if (next === 'break') {
    request.socket.destroy();
    return;
  }
  const [status, body, more] = next;
  response.writeHead(status, more).end(body);
});

const environment = { ...process.env };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env = {
    PATH: environment.PATH,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'OPERATOR',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
});

beforeEach(() => {
  requests.length = 0;
});

afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function target(overrides: Overrides = {}): Target {
  const [consumer] = resolved(topology(overrides)).consumers;
  if (!consumer) throw new Error('no consumer');
  return { consumer, role: consumer.account.deployRole };
}

const WITH_ROLE = { 'accounts.analytics.deployRole': { arn: ROLE, externalId: 'streams' } };

function page(keys: readonly string[], next?: string): Response {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  const truncated = `<IsTruncated>${next !== undefined}</IsTruncated>`;
  return [200, `<ListBucketResult>${contents}${truncated}${more}</ListBucketResult>`];
}

function refusal(status: number, code: string, message: string): Response {
  return [status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`];
}

async function keysOf(of: Target): Promise<string[][]> {
  const pages: string[][] = [];
  for await (const keys of connect(of).store.list()) pages.push(keys.map(({ key }) => key));
  return pages;
}

describe('the bucket', () => {
  test('is listed to its last page, by its path and of its owner only', async () => {
    responses = [page(['a', 'b'], 'more'), page(['c'])];
    expect(await keysOf(target())).toEqual([['a', 'b'], ['c']]);
    const common = { body: '', owner: '111122223333', accessKey: 'OPERATOR' };
    expect(requests).toEqual([
      { call: `GET /${BUCKET}/?list-type=2`, ...common },
      { call: `GET /${BUCKET}/?continuation-token=more&list-type=2`, ...common },
    ]);
  });

  test('gives an object, but no more of it than a failed batch can have', async () => {
    responses = [[200, 'content é', { etag: '"1b2c"' }]];
    expect(await connect(target()).store.read('aws/lambda/a b')).toEqual({
      content: 'content é',
      version: '"1b2c"',
    });
    expect(requests.map(({ call, owner, range }) => [call, owner, range])).toEqual([
      [`GET /${BUCKET}/aws/lambda/a%20b?x-id=GetObject`, '111122223333', 'bytes=0-38797311'],
    ]);
  });

  test('gives nothing for an object that is gone', async () => {
    responses = [refusal(404, 'NoSuchKey', 'The specified key does not exist.')];
    expect(await connect(target()).store.read('a')).toBeUndefined();
  });

  test('deletes the version of an object that was read', async () => {
    responses = [[204, '']];
    await connect(target()).store.delete('a', '"1b2c"');
    expect(requests.map(({ call, owner, ifMatch }) => [call, owner, ifMatch])).toEqual([
      [`DELETE /${BUCKET}/a?x-id=DeleteObject`, '111122223333', '"1b2c"'],
    ]);
  });

  test('does not delete another version', async () => {
    responses = [refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions')];
    await expect(connect(target()).store.delete('a', '"1b2c"')).rejects.toThrow(
      new UserError('the object was replaced while its batch was delivered'),
    );
  });

  test('has nothing to delete where the object is gone', async () => {
    responses = [refusal(404, 'NoSuchKey', 'The specified key does not exist.')];
    await expect(connect(target()).store.delete('a', '"1b2c"')).resolves.toBeUndefined();
  });

  test('says why it does not delete one', async () => {
    responses = [refusal(403, 'AccessDenied', 'Access Denied')];
    await expect(connect(target()).store.delete('a', '"1b2c"')).rejects.toThrow('Access Denied');
  });
});

describe('the deploy role', () => {
  const assumed: Response = [
    200,
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>
    <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  ];

  test('is assumed with its external ID, and its credentials are used', async () => {
    responses = [assumed, page([])];
    await keysOf(target(WITH_ROLE));
    expect(requests.map(({ call, accessKey }) => [call, accessKey])).toEqual([
      ['POST /', 'OPERATOR'],
      [`GET /${BUCKET}/?list-type=2`, 'ASSUMED'],
    ]);
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: ROLE,
      ExternalId: 'streams',
      RoleSessionName: 'redrive',
    });
  });

  test('that cannot be assumed is named', async () => {
    const message = 'User: x is not authorized to perform: sts:AssumeRole';
    const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    responses = [[403, `<ErrorResponse>${error}</ErrorResponse>`]];
    await expect(keysOf(target(WITH_ROLE))).rejects.toThrow(
      new UserError(
        `the role ${ROLE} cannot read the bucket ${BUCKET}; docs/failed-batches.md lists the permissions: ${message}`,
      ),
    );
  });
});

describe('a bucket that cannot be read', () => {
  test.each<[string, Response, string]>([
    [
      'because it is not there',
      refusal(404, 'NoSuchBucket', 'The specified bucket does not exist'),
      `the bucket ${BUCKET} does not exist in account 111122223333; deploy the consumer first: npm run deploy -- consumer-process-orders`,
    ],
    [
      'because access is denied',
      refusal(403, 'AccessDenied', 'Access Denied'),
      `your credentials for account 111122223333 cannot read the bucket ${BUCKET}; docs/failed-batches.md lists the permissions: Access Denied`,
    ],
    [
      'for another reason, in one line',
      refusal(400, 'ExpiredToken', 'The provided token\u2028has expired.'),
      `cannot read the bucket ${BUCKET} with your credentials for account 111122223333: ExpiredToken: The provided token\\u2028has expired.`,
    ],
  ])('%s', async (_, response, message) => {
    responses = [response];
    await expect(keysOf(target())).rejects.toThrow(new UserError(message));
  });
});

describe('an object that cannot be read', () => {
  const STORAGE_CLASS = "The operation is not valid for the object's storage class";
  test.each<[string, Response, string]>([
    [
      'because access is denied',
      refusal(403, 'AccessDenied', 'no kms:Decrypt'),
      `your credentials for account 111122223333 cannot read s3://${BUCKET}/a; docs/failed-batches.md lists the permissions: no kms:Decrypt`,
    ],
    [
      'because it is in an archive',
      refusal(403, 'InvalidObjectState', STORAGE_CLASS),
      `cannot read s3://${BUCKET}/a with your credentials for account 111122223333: InvalidObjectState: ${STORAGE_CLASS}`,
    ],
  ])('%s', async (_, response, message) => {
    responses = [response];
    await expect(connect(target()).store.read('a')).rejects.toThrow(new UserError(message));
  });
});

describe('the function', () => {
  const invoke = (event = '{"Records":[]}') => connect(target()).invoke(event);

  test('is invoked by its ARN, with the event as it is', async () => {
    responses = [[200, '{"batchItemFailures":[]}']];
    expect(await invoke('{ "Records": ["é"] }')).toEqual({
      functionError: undefined,
      payload: '{"batchItemFailures":[]}',
    });
    expect(requests.map(({ call, body }) => [decodeURIComponent(call), body])).toEqual([
      [`POST /2015-03-31/functions/${FUNCTION}/invocations`, '{ "Records": ["é"] }'],
    ]);
    expect(requests[0]?.clientContext).toEqual({ custom: { redrive: true } });
  });

  test.each<[string, string, string | undefined]>([
    ['can return nothing', '', undefined],
    ['can fail', '{"errorMessage":"é"}', 'Unhandled'],
  ])('%s', async (_, payload, functionError) => {
    const headers = functionError ? { 'x-amz-function-error': functionError } : undefined;
    responses = [[200, payload, headers]];
    expect(await invoke()).toEqual({ functionError, payload });
  });

  test('that is throttled is tried again', async () => {
    const throttled: Response = [
      429,
      '{"Type":"User","message":"Rate Exceeded."}',
      { 'x-amzn-errortype': 'TooManyRequestsException' },
    ];
    responses = [throttled, throttled, [200, 'null']];
    expect(await invoke()).toEqual({ functionError: undefined, payload: 'null' });
    expect(requests.length).toBe(3);
  }, 30_000);

  test('whose connection breaks is not invoked again', async () => {
    responses = ['break'];
    await expect(invoke()).rejects.toThrow('socket hang up');
    expect(requests.length).toBe(1);
  });

  test('that refuses the event for its size is not tried again', async () => {
    const message = '6291457 byte payload is too large';
    responses = [
      [413, JSON.stringify({ message }), { 'x-amzn-errortype': 'RequestTooLargeException' }],
    ];
    await expect(invoke()).rejects.toThrow(message);
    expect(requests.length).toBe(1);
  });
});
