import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Accounts } from '../../../operate/doctor/read/accounts';
import { readTable } from '../../../operate/doctor/read/producer';
import { readStates } from '../../../operate/doctor/read/states';
import type { Account } from '../../../topology/resolve';
import { resolved } from '../../helpers/synth-app';
import { type Overrides, topology } from '../../helpers/topology';
import { said } from './support/facts';

type Answer = readonly [status: number, body: string];

/** What an AWS on this machine answers to a call: `AssumeRole`, `DescribeTable` or `GET /<bucket>/<key>`. */
let answer: (call: string) => Answer = () => [500, ''];
const calls: string[] = [];

/** Of a call that is answered with the status 0, which is not at all. */
const timeLimit = new AbortController();

const server = createServer(async (request, response) => {
  const { method, url = '', headers } = request;
  const target = headers['x-amz-target']?.toString().split('.')[1];
  const [, action] = /Action=(\w+)/.exec(await text(request)) ?? [];
  const place = url.replace(/\/?\?.*/, '');
  const call = target ?? action ?? `${method} ${place}`;
  calls.push(call);
  const [status, body] = answer(call);
  if (status === 0) timeLimit.abort();
  else response.writeHead(status).end(body);
});

const environment = { ...process.env };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  calls.length = 0;
  process.env = {
    PATH: environment.PATH,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'OPERATOR',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/nowhere',
  };
});

afterEach(() => jest.restoreAllMocks());

afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const ROLE = 'arn:aws:iam::444455556666:role/TerraformDeploy';
const WITH_ROLE: Overrides = { 'accounts.shop.deployRole': { arn: ROLE } };

const IDENTITY: Answer = [
  200,
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>a</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
];
const ASSUMED: Answer = [
  200,
  '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>',
];
const refusal = (code: string, message: string): Answer => [
  403,
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];
const exception = (name: string, message: string): Answer => [
  400,
  JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message }),
];

/** The table of the producer as it is read, the causes, and what was called. The last answer is given again. */
async function readTheTable(
  answers: Readonly<Record<string, readonly Answer[]>>,
  overrides = WITH_ROLE,
) {
  const all = { GetCallerIdentity: [IDENTITY], AssumeRole: [ASSUMED], ...answers };
  const left = new Map(Object.entries(all).map(([call, list]) => [call, [...list]]));
  answer = (call) => {
    const list = left.get(call) ?? [];
    return (list.length > 1 ? list.shift() : list[0]) ?? [500, call];
  };
  const content = resolved(topology(overrides));
  const accounts = new Accounts(content);
  const [producer] = content.producers;
  if (!producer) throw new Error('no producer');
  const table = await readTable(await accounts.of(producer.account), producer);
  return { table, causes: said(await accounts.causes()), calls };
}

const TABLE: Answer = [200, JSON.stringify({ Table: { TableName: 'Orders' } })];

test('a table is read with the deploy role of its account', async () => {
  expect(await readTheTable({ DescribeTable: [TABLE] })).toEqual({
    table: { TableName: 'Orders' },
    causes: [],
    calls: ['GetCallerIdentity', 'AssumeRole', 'DescribeTable'],
  });
});

test('a table that is not there is absent, which is not a failure to read', async () => {
  const absent = exception('ResourceNotFoundException', 'not found');
  expect(await readTheTable({ DescribeTable: [absent] })).toMatchObject({
    table: 'absent',
    causes: [],
  });
});

test('a role is not waited for longer than any call', async () => {
  jest.spyOn(AbortSignal, 'timeout').mockReturnValue(timeLimit.signal);
  expect(await readTheTable({ AssumeRole: [[0, '']] })).toEqual({
    table: 'unknown',
    causes: [
      'not-readable shop  credentials',
      'AWS cannot be reached (no answer within 60 seconds)',
      'look at the network, at the proxy (HTTPS_PROXY and NO_PROXY) and at AWS_ENDPOINT_URL',
    ],
    calls: ['GetCallerIdentity', 'AssumeRole'],
  });
});

test('a call that is throttled is repeated', async () => {
  const throttled = exception('ThrottlingException', 'Rate exceeded');
  const { table, causes, calls } = await readTheTable({ DescribeTable: [throttled, TABLE] });
  expect({ table, causes }).toEqual({ table: { TableName: 'Orders' }, causes: [] });
  expect(calls.filter((call) => call === 'DescribeTable')).toHaveLength(2);
});

test.each<
  [string, Readonly<Record<string, readonly Answer[]>>, Overrides, calls: number, ...string[]]
>([
  [
    'a call that is refused is named with the role',
    { DescribeTable: [exception('AccessDeniedException', 'no identity-based policy allows it')] },
    WITH_ROLE,
    3,
    'not-readable shop producer-orders table',
    `dynamodb:DescribeTable by the role ${ROLE} is not allowed, so this was not checked (AccessDeniedException: no identity-based policy allows it)`,
    `allow the role ${ROLE} dynamodb:DescribeTable; docs/doctor.md lists what is read`,
  ],
  [
    'a role that cannot be assumed is the one cause',
    { AssumeRole: [refusal('AccessDenied', 'not authorized to perform: sts:AssumeRole')] },
    WITH_ROLE,
    2,
    'role-not-assumed shop  credentials',
    `the role ${ROLE} cannot be assumed (AccessDenied: not authorized to perform: sts:AssumeRole)`,
    `let the role's trust policy name you, and your own policies allow sts:AssumeRole on it; try it: aws sts assume-role --role-arn ${ROLE} --role-session-name doctor`,
  ],
  [
    'credentials of another account are refused where no role leads to the right one',
    { DescribeTable: [TABLE] },
    {},
    1,
    'wrong-account shop  credentials',
    'the credentials are of the account 111122223333 (arn:aws:iam::111122223333:user/ann), and shop is 444455556666',
    'write the role that Terraform assumes there as accounts.shop.deployRole: { arn: … }, or run this with credentials of 444455556666',
  ],
  [
    'credentials that have expired are said of all accounts',
    { GetCallerIdentity: [refusal('ExpiredToken', 'The security token is expired')] },
    WITH_ROLE,
    1,
    'no-credentials   credentials',
    'there are no credentials of AWS, or they cannot be used (ExpiredToken: The security token is expired)',
    'sign in, such as with aws sso login; or set AWS_PROFILE; this shows whose they are: aws sts get-caller-identity',
  ],
])('%s, and nothing is known', async (_, answers, overrides, count, ...causes) => {
  const read = await readTheTable(answers, overrides);
  expect({ ...read, calls: read.calls.length }).toEqual({ table: 'unknown', causes, calls: count });
});

describe('states', () => {
  const BUCKET = '/example-terraform-state';
  const KEY = `${BUCKET}/orders/producer-orders.tfstate`;

  const listing = (...keys: string[]): Answer => [
    200,
    `<ListBucketResult><IsTruncated>false</IsTruncated>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
  ];

  async function read(answers: Readonly<Record<string, Answer>>) {
    answer = (call) => ({ GetCallerIdentity: IDENTITY, ...answers })[call] ?? [500, call];
    const content = resolved(topology());
    const accounts = new Accounts(content);
    const account = content.producers[0]?.account as Account;
    const stacks = [{ stackId: 'producer-orders', account }];
    const states = await readStates(content, stacks, accounts);
    return { ...states.get('producer-orders'), causes: said(await accounts.causes()), calls };
  }

  test('a state has its outputs and attributes by address, and a lock who holds it', async () => {
    const state = {
      version: 4,
      outputs: { stream_arn: { value: 'arn', type: 'string' } },
      resources: [
        {
          mode: 'managed',
          type: 'aws_dynamodb_table',
          name: 'table',
          instances: [{ attributes: { name: 'Orders' } }],
        },
        { mode: 'data', type: 'aws_kms_key', name: 'key', instances: [] },
      ],
    };
    const lock = {
      ID: 'a-b',
      Who: 'ann@host',
      Created: '2026-11-27T11:30:00Z',
      Operation: 'OperationTypePlan',
      Path: 'p',
    };
    expect(
      await read({
        [`GET ${BUCKET}`]: listing(
          'orders/producer-orders.tfstate',
          'orders/producer-orders.tfstate.tflock',
        ),
        [`GET ${KEY}`]: [200, JSON.stringify(state)],
        [`GET ${KEY}.tflock`]: [200, JSON.stringify(lock)],
      }),
    ).toMatchObject({
      account: 'shop',
      state: {
        outputs: { stream_arn: 'arn' },
        resources: new Map([
          ['aws_dynamodb_table.table', { name: 'Orders' }],
          ['data.aws_kms_key.key', {}],
        ]),
      },
      lock: {
        ID: 'a-b',
        Who: 'ann@host',
        Created: '2026-11-27T11:30:00Z',
        Operation: 'OperationTypePlan',
      },
      causes: [],
    });
  });

  test('what Terraform has destroyed leaves a state without resources', async () => {
    expect(
      await read({
        [`GET ${BUCKET}`]: listing('orders/producer-orders.tfstate'),
        [`GET ${KEY}`]: [200, '{"version":4,"outputs":{},"resources":[]}'],
      }),
    ).toMatchObject({ state: 'absent', lock: 'absent', causes: [] });
  });

  test('a state that is not listed is not asked for', async () => {
    expect(await read({ [`GET ${BUCKET}`]: listing() })).toMatchObject({
      state: 'absent',
      calls: ['GetCallerIdentity', `GET ${BUCKET}`],
    });
  });

  test('a stack that creates nothing, as of an existing table, has a state of data and outputs', async () => {
    const state = {
      version: 4,
      outputs: { stream_arn: { value: 'arn', type: 'string' } },
      resources: [{ mode: 'data', type: 'aws_dynamodb_table', name: 'table', instances: [] }],
    };
    expect(
      await read({
        [`GET ${BUCKET}`]: listing('orders/producer-orders.tfstate'),
        [`GET ${KEY}`]: [200, JSON.stringify(state)],
      }),
    ).toMatchObject({ state: { outputs: { stream_arn: 'arn' } }, causes: [] });
  });

  test.each([
    ['', '0 characters'],
    ['secret', '6 characters'],
    ['[]', '2 characters'],
    ['null', '4 characters'],
    ['{}', '2 characters'],
    ['{"version":3,"modules":[]}', '26 characters'],
  ])('an object with %j is not a state, and its content is not printed', async (content, size) => {
    const answers = {
      [`GET ${BUCKET}`]: listing('orders/producer-orders.tfstate'),
      [`GET ${KEY}`]: [200, content] as const,
    };
    expect(await read(answers)).toMatchObject({
      state: 'unknown',
      causes: [
        'not-readable shop producer-orders state',
        `s3:/${KEY} is not a Terraform state of version 4, so this was not checked (${size})`,
        'restore its last version that is one, of these: aws s3api list-object-versions --bucket example-terraform-state --prefix orders/producer-orders.tfstate',
      ],
    });
  });

  test('an object that is not a lock is named', async () => {
    const answers = {
      [`GET ${BUCKET}`]: listing('orders/producer-orders.tfstate.tflock'),
      [`GET ${KEY}.tflock`]: [200, '{}'] as const,
    };
    expect(await read(answers)).toMatchObject({
      state: 'absent',
      lock: 'unknown',
      causes: [
        'not-readable shop producer-orders state',
        `s3:/${KEY}.tflock is not a lock of Terraform, so this was not checked (2 characters)`,
        `make sure that nobody deploys, then remove it: aws s3 rm s3:/${KEY}.tflock`,
      ],
    });
  });

  test('a bucket that does not exist is said once for all stacks', async () => {
    const missing: Answer = [
      404,
      '<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>',
    ];
    expect(await read({ [`GET ${BUCKET}`]: missing })).toMatchObject({
      state: 'unknown',
      causes: [
        'not-deployed   state bucket',
        'the bucket example-terraform-state (state.bucket) does not exist, so nothing is deployed',
        'create it, as step 3 of docs/first-deploy.md does, then npm run deploy',
      ],
    });
  });
});
