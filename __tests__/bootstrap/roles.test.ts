import { readFileSync } from 'node:fs';
import { loadTopology } from '../../load/load';
import { ACTIONS } from '../../policies/actions';
import { encryptObjects, useOfKey } from '../../policies/consumer-key';
import { functionPolicy, networkPolicy } from '../../policies/execution-role';
import type { Statement } from '../../policies/statement';
import { streamPolicies } from '../../policies/stream-reads';
import type { PolicyStatement } from '../../review/read/policy-document';
import { arns, roleName } from '../../topology/arns';
import { IAM } from '../../topology/limits';
import { names } from '../../topology/names';
import type { ResolvedConsumer } from '../../topology/resolve';
import { codesIn, tableBelow } from '../helpers/markdown';
import { simulate } from '../helpers/oracle';
import { SHIPPED } from '../helpers/shipped-topologies';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';
import {
  ANALYTICS,
  type BootstrappedAccount,
  type Document,
  documentsOf,
  statements,
} from './support/account';
import { recordedCalls } from './support/calls';

// On a busy machine.
jest.setTimeout(60_000);

/** An account that has everything which was deployed while calls were recorded. */
const everything = (id: string): BootstrappedAccount => ({
  account: { ...ANALYTICS.account, id },
  topologies: ['orders'],
  consumers: [
    ...ANALYTICS.consumers,
    { name: 'metering', role: 'DocumentMetering', function: 'MeterDocuments' },
    { name: 'lake', role: 'ChangeLakeWriter', function: 'WriteChangeLake', lake: true },
  ],
  tables: ['Orders', 'AdoptedOrders', 'Documents', 'TenantDocuments'],
});

type Documents = Readonly<Record<string, Document>>;

const ID = '111122223333';
const { deploy: DEPLOY, read: READ } = documentsOf(everything(ID));
const boundaryOf = (id: string) =>
  `arn:aws:iam::${id}:policy/streams-bootstrap/StreamFunctionBoundary`;

/** What a request has where Terraform asks for what a stack is meant to have. */
const meant = (id: string) => ({
  'iam:PermissionsBoundary': boundaryOf(id),
  'iam:PassedToService': 'lambda.amazonaws.com',
  'aws:RequestTag/Topology': 'orders',
  'aws:ResourceTag/Topology': 'orders',
  'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com',
  'lambda:FunctionArn': `arn:aws:lambda:us-east-1:${id}:function:ProcessOrders`,
});

interface Request {
  readonly account?: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

function isAllowed(
  documents: Documents,
  { account = ID, action, resource, context = {} }: Request,
): Promise<boolean> {
  return simulate({
    principal: `arn:aws:iam::${account}:role/TerraformDeploy`,
    action,
    resource,
    account,
    context: { ...meant(account), ...context },
    identityPolicies: Object.values(documents),
    // As every key has it, or its account's policies would not count.
    resourcePolicy: action.startsWith('kms:')
      ? {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        }
      : undefined,
  });
}

const distinct = (values: readonly string[]) => [...new Set(values)].sort();
const actionsOf = (documents: Documents) =>
  distinct(
    Object.values(documents).flatMap(({ Statement }) =>
      Statement.flatMap(({ Action = [] }) => Action),
    ),
  );

const callsOf = (role: string) => recordedCalls().filter((call) => call.role === role);
const CALLS = callsOf('TerraformDeploy');
const BY_HAND = tableBelow('Never a call', 'bootstrap/README.md').flatMap(([actions]) =>
  codesIn(actions),
);

describe('the deploy role', () => {
  test('may do all that Terraform and doctor called to deploy, change, destroy and examine', async () => {
    const accounts = distinct(CALLS.map(({ account }) => account));
    const roles = new Map(accounts.map((id) => [id, documentsOf(everything(id)).deploy]));
    const denied = CALLS.map(async (call) =>
      (await isAllowed(roles.get(call.account) ?? {}, call)) ? [] : [call],
    );
    expect((await Promise.all(denied)).flat()).toEqual([]);
    expect(CALLS.length).toBeGreaterThan(200);
  });

  test('may do nothing else but what is listed with its reason', () => {
    const called = CALLS.map(({ action }) => action);
    expect(BY_HAND.filter((action) => called.includes(action))).toEqual([]);
    expect(actionsOf(DEPLOY)).toEqual(distinct([...called, ...BY_HAND]));
  });

  const role = (name: string) => `arn:aws:iam::${ID}:role/${name}`;
  const EXECUTION_ROLE = role('CrossAccountStreamProcessor');
  const KEY = `arn:aws:kms:us-east-1:${ID}:key/a`;
  const lambda = (name: string) => `arn:aws:lambda:us-east-1:${ID}:function:${name}`;
  const table = (name: string) => `arn:aws:dynamodb:us-east-1:${ID}:table/${name}`;
  const policy = (name: string) => `arn:aws:iam::${ID}:policy/streams-bootstrap/${name}`;
  const BATCH = 'arn:aws:s3:::process-orders-failed-batches-025f751830a2/aws/lambda/a';
  const STATE = 'arn:aws:s3:::example-terraform-state/orders/producer-orders.tfstate';
  const bounded = (by: string) => ({ 'iam:PermissionsBoundary': by });
  const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

  test.each<[string, string, string, Request['context']?]>([
    ['create a role without the boundary', 'iam:CreateRole', EXECUTION_ROLE, bounded('')],
    ['create one with another', 'iam:CreateRole', EXECUTION_ROLE, bounded(ADMINISTRATOR)],
    ['grant more to a role without it', 'iam:PutRolePolicy', EXECUTION_ROLE, bounded('')],
    ['attach a policy to such a role', 'iam:AttachRolePolicy', EXECUTION_ROLE, bounded('')],
    ['take the boundary from a role', 'iam:DeleteRolePermissionsBoundary', EXECUTION_ROLE],
    ['change the boundary', 'iam:CreatePolicyVersion', boundaryOf(ID)],
    ['delete the boundary', 'iam:DeletePolicy', boundaryOf(ID)],
    ['grant more to itself', 'iam:PutRolePolicy', role('TerraformDeploy')],
    ['attach a policy to itself', 'iam:AttachRolePolicy', role('TerraformDeploy')],
    ['change its policies', 'iam:CreatePolicyVersion', policy('Terraform-consumer-change')],
    ['change who may assume a role', 'iam:UpdateAssumeRolePolicy', EXECUTION_ROLE],
    ['create another role', 'iam:CreateRole', role('Administrator')],
    ['pass another role', 'iam:PassRole', role('Administrator')],
    [
      'pass the role to a server',
      'iam:PassRole',
      EXECUTION_ROLE,
      { 'iam:PassedToService': 'ec2.amazonaws.com' },
    ],
    ['change the code of another function', 'lambda:UpdateFunctionCode', lambda('Billing')],
    ['invoke the function', 'lambda:InvokeFunction', lambda('ProcessOrders')],
    ['let another account invoke it', 'lambda:AddPermission', lambda('ProcessOrders')],
    [
      'make another function read a stream',
      'lambda:CreateEventSourceMapping',
      '*',
      { 'lambda:FunctionArn': lambda('Billing') },
    ],
    ['delete another table', 'dynamodb:DeleteTable', table('Customers')],
    ['read the items of the table', 'dynamodb:Scan', table('Orders')],
    [
      'delete the key of others',
      'kms:ScheduleKeyDeletion',
      KEY,
      { 'aws:ResourceTag/Topology': 'billing' },
    ],
    [
      'change the policy of a key without a tag',
      'kms:PutKeyPolicy',
      KEY,
      { 'aws:ResourceTag/Topology': '' },
    ],
    [
      'decrypt by itself',
      'kms:Decrypt',
      KEY,
      { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' },
    ],
    ['read failed batches', 's3:GetObject', BATCH],
    ['open another bucket', 's3:PutBucketPolicy', 'arn:aws:s3:::invoices'],
    ['read the state', 's3:GetObject', STATE],
  ])('may not %s', async (_, action, resource, ...[context]) => {
    expect(await isAllowed(DEPLOY, { action, resource, context })).toBe(false);
  });
});

describe('a function and a role that exist', () => {
  const { deploy } = documentsOf({
    ...ANALYTICS,
    consumers: [
      { name: 'found', role: 'platform/Legacy', function: 'Legacy', exists: 'function' },
      { name: 'shared', role: 'platform/Shared', function: 'Share', exists: 'role' },
    ],
  });
  const role = (name: string) => `arn:aws:iam::${ID}:role/platform/${name}`;
  const lambda = (name: string) => `arn:aws:lambda:us-east-1:${ID}:function:${name}`;

  test.each<[boolean, string, string]>([
    [true, 'lambda:GetFunction', lambda('Legacy')],
    [true, 'lambda:UpdateFunctionCode', lambda('Share')],
    [true, 'iam:GetRole', role('Shared')],
    [true, 'iam:PassRole', role('Shared')],
    [false, 'lambda:UpdateFunctionCode', lambda('Legacy')],
    [false, 'lambda:DeleteFunction', lambda('Legacy')],
    [false, 'iam:PutRolePolicy', role('Shared')],
    [false, 'iam:AttachRolePolicy', role('Shared')],
    [false, 'iam:DeleteRole', role('Shared')],
    [false, 'iam:DeleteRole', role('Legacy')],
    [false, 'iam:PassRole', role('Legacy')],
  ])('allowed: %s, to %s %s', async (allowed, action, resource) => {
    expect(await isAllowed(deploy, { action, resource })).toBe(allowed);
  });
});

test('the read-only role has the reading actions of the deploy role, and no others', () => {
  const isReading = (action: string) => /:(Get|List|Describe)|^kms:Decrypt$/.test(action);
  expect(actionsOf(READ)).toEqual(actionsOf(DEPLOY).filter(isReading));
});

test.each([
  ['lambda', true],
  ['s3', false],
  ['dynamodb', false],
])('the read-only role decrypts through %s: %s', async (service, allowed) => {
  const resource = `arn:aws:kms:us-east-1:${ID}:key/a`;
  const context = { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` };
  expect(await isAllowed(READ, { action: 'kms:Decrypt', resource, context })).toBe(allowed);
});

test('every policy fits into a managed policy', () => {
  const { deploy, boundary } = documentsOf(ANALYTICS);
  const sizes = [...Object.values(deploy), boundary].map((each) => JSON.stringify(each).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(IAM.managedPolicySize);
});

const INTERFACE = `arn:aws:ec2:us-east-1:${ID}:network-interface/eni-0123abcd`;

describe('the boundary', () => {
  test('allows traces, and Lambda, but not the code, the network of a function', async () => {
    const { boundary } = documentsOf(ANALYTICS);
    const vpc = { subnetIds: ['subnet-0123abcd'], securityGroupIds: ['sg-0123abcd'] };
    const [network] = networkPolicy({
      account: ANALYTICS.account,
      function: { name: 'ProcessOrders', vpc },
    } as Parameters<typeof networkPolicy>[0]);
    const may = (actions: readonly string[] = [], context?: Request['context']) =>
      Promise.all(
        actions.map((action) => {
          const resource = /^xray|Describe/.test(action) ? '*' : INTERFACE;
          return isAllowed({ boundary }, { action, resource, context });
        }),
      );
    const byCode = {
      'lambda:SourceFunctionArn': arns.function(ANALYTICS.account, 'ProcessOrders'),
    };
    expect(await may(ACTIONS.writeTraces, byCode)).toEqual([true, true]);
    expect(await may(network?.actions)).toEqual(Array(6).fill(true));
    expect(await may(network?.actions, byCode)).toEqual(Array(6).fill(false));
  });

  test.each(SHIPPED)('allows all that the roles of %s are granted', async (file) => {
    const { consumers } = loadTopology(`topologies/${file}`);
    const questions = consumers.flatMap((consumer) => {
      const { account, role, function: lambda, sink } = consumer;
      const { boundary } = documentsOf({
        account,
        topologies: [],
        consumers: [
          {
            name: consumer.name,
            role: roleName(role.arn),
            function: lambda.name,
            lake: sink?.type === 's3',
          },
        ],
        tables: [],
      });
      return grantsOf(consumer).map((grant) => ({ ...grant, account: account.id, boundary }));
    });
    const denied = questions.map(async ({ account, boundary, ...question }) =>
      (await isAllowed({ boundary }, { account, ...question })) ? [] : [question],
    );
    expect((await Promise.all(denied)).flat()).toEqual([]);
  });
});

test('the boundary allows what the role does with a key of its consumer', async () => {
  const [consumer] = resolved(topology({ 'consumers.process-orders.sink': 's3' })).consumers;
  if (!consumer) throw new Error('no consumer');
  const resource = `arn:aws:kms:us-east-1:${ID}:key/a`;
  const { boundary } = documentsOf(ANALYTICS);
  const granted = [
    ...useOfKey(consumer, resource),
    encryptObjects(consumer.account, resource, 'process-orders-changes-025f751830a2'),
  ];
  const denied = granted.flatMap(({ sid, actions, condition = [] }) => {
    const context = Object.fromEntries(
      condition
        .filter(({ test }) => test !== 'Null')
        .map(({ variable, values: [value = ''] }) => [variable, value]),
    );
    return actions.map(async (action) =>
      (await isAllowed({ boundary }, { action, resource, context })) ? [] : [sid, action],
    );
  });
  expect((await Promise.all(denied)).flat()).toEqual([]);
});

/** What a role is granted, as requests: for a resource with a wildcard, one that it matches. */
function grantsOf(consumer: ResolvedConsumer) {
  const { account, role, function: lambda, failedBatches, sink, sources } = consumer;
  const targets = {
    logGroupArn: arns.logGroup(account, names.logGroup(lambda.name)),
    failedBatchesArn: arns.bucket(account, failedBatches.bucket),
  };
  const lake: Statement[] =
    sink.type === 's3'
      ? [
          {
            sid: 'Lake',
            actions: ['s3:PutObject'],
            resources: [`${arns.bucket(account, sink.bucket)}/${sink.prefix}*`],
          },
        ]
      : [];
  const granted = [
    ...functionPolicy(consumer, targets, lake),
    ...streamPolicies(sources, role).flat(),
  ];
  return granted.flatMap(({ actions, resources = [] }) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({
        action,
        resource:
          resource === '*' ? '*' : resource.replace(/:\*$/, ':log-stream:x').replace(/\*$/, 'x'),
      })),
    ),
  );
}

/** The first JSON of a page that has a policy. */
const policyOf = (page: string): Document =>
  JSON.parse(/```json\n(\{\n {2}"Version"[^`]*)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '');

/** Statements without their names, each with a list of resources. */
const plain = (all: readonly PolicyStatement[]) =>
  all.map(({ Sid: _, Resource = [], ...others }) => ({ ...others, Resource: [Resource].flat() }));

test('the role for redrive is the one of docs/failed-batches.md', () => {
  const { Statement } = policyOf('docs/failed-batches.md');
  const ofAnyBucket = JSON.parse(JSON.stringify(Statement).replaceAll('-025f751830a2', '-*'));
  expect(plain(documentsOf(ANALYTICS).redrive.Statement)).toEqual(plain(ofAnyBucket));
});

/** The documents of the state roles of docs/first-deploy.md. */
const statesOf = (writes: readonly string[], reads: readonly string[]) => {
  const bucket = arns.bucket(ANALYTICS.account, 'example-terraform-state');
  const object = (name: string) => `${bucket}/orders/${name}.tfstate`;
  const own = writes.map(object);
  return statements('state/policies/states', {
    bucket_arn: bucket,
    own_arns: own.flatMap((state) => [state, `${state}.tflock`]),
    lock_arns: own.map((state) => `${state}.tflock`),
    others_arns: reads.map(object),
  });
};
const OF_ANALYTICS = ['consumer-process-orders', 'subscription-orders-process-orders'];

describe.each([
  ['analytics', statesOf(OF_ANALYTICS, ['producer-orders'])],
  ['shop', statesOf(['producer-orders'], ['consumer-process-orders'])],
])('the state role of %s', (account, Statement) => {
  test('may do all that Terraform called with it', async () => {
    const calls = callsOf(`TerraformState-${account}`);
    const denied = calls.map(async (call) =>
      (await isAllowed({ states: { Version: '2012-10-17', Statement } }, call)) ? [] : [call],
    );
    expect((await Promise.all(denied)).flat()).toEqual([]);
    expect(distinct(calls.map(({ action }) => action))).toEqual([
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });
});

test('the state role of analytics is the one of docs/state.md', () => {
  const states = statesOf(OF_ANALYTICS, ['producer-orders']);
  expect(plain(states)).toEqual(plain(policyOf('docs/state.md').Statement));
});
