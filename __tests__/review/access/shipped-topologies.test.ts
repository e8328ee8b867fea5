import { loadTopology } from '../../../load/load';
import { decide } from '../../../review/access/evaluate';
import {
  type AccessTarget,
  type Asker,
  readAccessModel,
  type TargetKind,
} from '../../../review/access/model';
import { readStatements } from '../../../review/access/statements';
import { unique } from '../../../review/lists';
import { Stacks } from '../../../review/read/resources';
import { asked, simulate } from '../../helpers/oracle';
import { accessOf, foundIn, synthesizedStacks } from '../../helpers/review';
import { SHIPPED } from '../../helpers/shipped-topologies';

jest.mock('../../../review/access/evaluate', () => {
  const actual = jest.requireActual('../../../review/access/evaluate');
  return { ...actual, decide: jest.fn(actual.decide) };
});

const TOPOLOGIES = SHIPPED.map((file) => loadTopology(`topologies/${file}`));

/** Questions that are asked, and those that are answered with yes. */
const COUNTS: Record<(typeof SHIPPED)[number], { asked: number; allowed: number }> = {
  'analytics-lake.yaml': { asked: 21, allowed: 17 },
  'order-service.yaml': { asked: 41, allowed: 32 },
  'order-totals.yaml': { asked: 17, allowed: 13 },
  'orders-consumer.yaml': { asked: 17, allowed: 13 },
  'orders-producer.yaml': { asked: 3, allowed: 3 },
  'orders-python.yaml': { asked: 17, allowed: 13 },
  'orders.yaml': { asked: 17, allowed: 13 },
  'saas-tenants.yaml': { asked: 26, allowed: 22 },
  'shared-table.yaml': { asked: 54, allowed: 26 },
};

test.each(SHIPPED)('%s allows what it means to, and nothing else', (file) => {
  const access = accessOf(loadTopology(`topologies/${file}`));
  expect(foundIn(access)).toEqual([]);
  expect({ asked: access.asked, allowed: access.allowed.length }).toEqual(COUNTS[file]);
});

test('every question is answered as by iam-simulate', async () => {
  jest.mocked(decide).mockClear();
  for (const topology of TOPOLOGIES) accessOf(topology);
  const requests = jest.mocked(decide).mock.calls.map(([request]) => request);
  expect(requests.length).toBeGreaterThan(150);
  for (const request of requests) {
    const allowed = await simulate(asked(request));
    expect({ request, allowed }).toEqual({ request, allowed: decide(request).allowed });
  }
});

test('the walk-through allows exactly this', () => {
  const ROLE = 'role/CrossAccountStreamProcessor';
  const { allowed } = accessOf(loadTopology('topologies/orders.yaml'));
  expect(
    allowed.map(
      ({ principal, action, target, by }) =>
        `${principal.arn.split(':').at(-1)} ${action} on ${target.kind} ${target.name} (${by.join(', ')})`,
    ),
  ).toEqual([
    `${ROLE} dynamodb:DescribeStream on stream Orders (role: streams/ReadStreams, resource policy: AllowCrossAccountStreamAccess)`,
    `${ROLE} dynamodb:GetRecords on stream Orders (role: streams/ReadStreams, resource policy: AllowCrossAccountStreamAccess)`,
    `${ROLE} dynamodb:GetShardIterator on stream Orders (role: streams/ReadStreams, resource policy: AllowCrossAccountStreamAccess)`,
    'cloudwatch.amazonaws.com kms:Decrypt on key SNS topic ProcessOrders-alarms (resource policy: AllowAlarms)',
    'cloudwatch.amazonaws.com kms:GenerateDataKey on key SNS topic ProcessOrders-alarms (resource policy: AllowAlarms)',
    `${ROLE} logs:CreateLogStream on log group /aws/lambda/ProcessOrders (role: function/WriteLog)`,
    `${ROLE} logs:PutLogEvents on log group /aws/lambda/ProcessOrders (role: function/WriteLog)`,
    `${ROLE} logs:CreateLogGroup on log group /aws/lambda/ProcessOrders (role: function/CreateLog)`,
    `${ROLE} s3:PutObject on bucket process-orders-failed-batches-025f751830a2 (role: function/SendFailedBatches)`,
    `${ROLE} s3:ListBucket on bucket process-orders-failed-batches-025f751830a2 (role: function/ListFailedBatches)`,
    'cloudwatch.amazonaws.com sns:Publish on topic ProcessOrders-alarms (resource policy: AllowAlarms)',
    'lambda.amazonaws.com sts:AssumeRole on role CrossAccountStreamProcessor (resource policy: AllowLambda)',
    `${ROLE} dynamodb:ListStreams on account 111122223333 (role: function/ListStreams)`,
  ]);
});

/** What a stranger may want to do. */
const ACTIONS: Readonly<Record<TargetKind, readonly string[]>> = {
  stream: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'PutResourcePolicy'].map(
    (action) => `dynamodb:${action}`,
  ),
  table: ['GetItem', 'Query', 'Scan', 'PutItem', 'DeleteTable', 'PutResourcePolicy'].map(
    (action) => `dynamodb:${action}`,
  ),
  key: ['Decrypt', 'GenerateDataKey', 'CreateGrant', 'PutKeyPolicy', 'ScheduleKeyDeletion'].map(
    (action) => `kms:${action}`,
  ),
  function: ['InvokeFunction', 'UpdateFunctionCode', 'GetFunction', 'AddPermission'].map(
    (action) => `lambda:${action}`,
  ),
  'log group': ['logs:FilterLogEvents', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
  bucket: ['s3:ListBucket', 's3:PutBucketPolicy', 's3:DeleteBucket'],
  topic: ['sns:Publish', 'sns:Subscribe', 'sns:SetTopicAttributes'],
  role: ['sts:AssumeRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
  account: [],
  resource: [],
};

/** Those who have nothing to do with a target: in its account without policies, elsewhere administrators. */
function strangersTo(target: AccessTarget, accounts: readonly string[]): Asker[] {
  const elsewhere = accounts.filter((account) => account !== target.account);
  const all = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const policies = [{ side: 'role' as const, statements: readStatements({ Statement: all }) }];
  const role = (account: string, name = 'role/NotOfTheseStacks'): Asker => {
    const arn = `arn:aws:iam::${account}:${name}`;
    return { arn, label: arn, account, policies };
  };
  return [
    { ...role(target.account), policies: [] },
    ...[...elsewhere, '999999999999'].map((account) => role(account)),
    ...elsewhere.map((account) => role(account, 'root')),
  ];
}

/** What these askers may do with a target, as if all conditions of the topology were met. */
function allowedTo(askers: readonly Asker[], target: AccessTarget): string[] {
  const key = { 'kms:viaservice': `dynamodb.${target.region}.amazonaws.com` };
  const table = { 'kms:encryptioncontext:aws:dynamodb:tablename': target.ownerArn?.split('/')[1] };
  return askers.flatMap(({ arn, account, policies }) =>
    ACTIONS[target.kind]
      .filter((action) => {
        // The policy of a role says who may assume it, and nothing of its administration.
        const isTrust = target.kind === 'role' && !action.startsWith('sts:');
        return decide({
          principal: arn,
          action,
          resource: target.arn,
          account: target.account,
          context: {
            'aws:principalarn': arn,
            'aws:principalaccount': account,
            'aws:securetransport': 'true',
            ...(target.kind === 'key' && { ...key, ...table }),
          },
          identityPolicies: policies,
          resourcePolicy:
            target.policy === undefined || isTrust
              ? undefined
              : { side: 'resource policy', statements: readStatements(target.policy) },
        }).allowed;
      })
      .map((action) => `${arn} ${action} ${target.arn}`),
  );
}

const MODELS = TOPOLOGIES.map((topology) =>
  readAccessModel(new Stacks(synthesizedStacks(topology))),
);

test('an administrator of a tenant’s account may do nothing in the other accounts', () => {
  for (const { targets } of MODELS) {
    const accounts = unique(targets.map(({ account }) => account));
    expect(targets.flatMap((target) => allowedTo(strangersTo(target, accounts), target))).toEqual(
      [],
    );
  }
});

test('the policies of a role let nothing else through, whatever the other side allows', () => {
  const managed = 'AWSLambdaDynamoDBExecutionRole';
  for (const { roles, targets } of MODELS) {
    for (const { policies, ...role } of roles) {
      const own = policies.filter(({ name }) => name !== managed);
      const others = targets.map((target) => ({
        ...target,
        arn: target.arn.replace(/(?<=[:/])[^:/]+(\/stream\/.*)?$/, 'NotInTheseStacks$1'),
        ownerArn: 'table/NotInTheseStacks',
        // In one account the policy of the role is enough.
        account: role.account,
        policy: undefined,
      }));
      const asker = { ...role, policies: own };
      expect(others.flatMap((target) => allowedTo([asker], target))).toEqual([]);
    }
  }
});
