import { loadTopology } from '../../../load/load';
import { accessOf, type Edit, statement } from '../../helpers/review';

const TOPOLOGY = loadTopology('topologies/saas-tenants.yaml');
const ROLE = 'arn:aws:iam::111122223333:role/DocumentMetering';
const STREAM =
  'stream arn:aws:dynamodb:us-east-1:444455556666:table/Documents/stream/2026-01-01T00:00:00.000';
const OUTSIDE = 'arn:aws:iam::123456789012:root';

type Statement = Record<string, unknown>;

/** What is found once a statement stands in a policy document of a stack as well. */
async function withStatement(stack: string, document: string, added: Statement): Promise<string[]> {
  const edit: Edit = (json) => {
    const { statement: all } = Object(json.data?.aws_iam_policy_document?.[document]);
    all.push(added);
  };
  return [...(await accessOf(TOPOLOGY, { [stack]: edit })).unintended];
}

test('nothing is found in what the topology synthesizes', async () => {
  const { unintended, unexplained } = await accessOf(TOPOLOGY);
  expect([unintended, unexplained]).toEqual([[], []]);
});

describe('the policies of a role may not allow', () => {
  test.each([
    ['an action that nobody asked about', { actions: ['iam:CreateUser'] }, 'iam:CreateUser'],
    ['all actions of a service', { actions: ['secretsmanager:*'] }, 'secretsmanager:*'],
    ['all but some', { not_actions: ['iam:*'] }, 'all actions but some (NotAction)'],
  ])('%s', async (_, actions, named) => {
    const added = { sid: 'Added', ...actions, resources: ['*'] };
    expect(
      await withStatement('consumer-metering', 'execution_role_function_policy', added),
    ).toEqual([`${ROLE} function/Added allows ${named}, which the topology does not mean`]);
  });

  test.each([
    ['s3:PutObject', 'arn:aws:s3:::other-bucket/*'],
    ['s3:PutObject', '*'],
    ['dynamodb:GetRecords', 'arn:aws:dynamodb:us-east-1:444455556666:table/Salaries/stream/*'],
    ['dynamodb:GetRecords', 'arn:aws:dynamodb:us-east-1:444455556666:table/Documents*'],
    ['kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/*'],
    ['logs:CreateLogGroup', 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/Other'],
    ['logs:CreateLogGroup', '*'],
    ['logs:PutLogEvents', 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/Other:*'],
  ])('%s on %s', async (action, resource) => {
    const added = { sid: 'Added', actions: [action], resources: [resource] };
    expect(
      await withStatement('consumer-metering', 'execution_role_function_policy', added),
    ).toEqual([
      `${ROLE} function/Added allows ${action} on ${resource}, which the topology does not mean`,
    ]);
  });

  test('what they are meant to allow in other capitals, on something else', async () => {
    const resource = 'arn:aws:s3:::other-bucket/*';
    const added = { sid: 'Added', actions: ['S3:putobject'], resources: [resource] };
    expect(
      await withStatement('consumer-metering', 'execution_role_function_policy', added),
    ).toEqual([
      `${ROLE} function/Added allows s3:PutObject on ${resource}, which the topology does not mean`,
    ]);
  });

  test('what they are meant to allow, on all but some', async () => {
    const added = { sid: 'Added', actions: ['s3:PutObject'], not_resources: ['arn:aws:s3:::x/*'] };
    expect(
      await withStatement('consumer-metering', 'execution_role_function_policy', added),
    ).toEqual([
      `${ROLE} function/Added allows actions on all resources but some (NotResource), which the topology does not mean`,
    ]);
  });

  test.each([
    [
      'what they are meant to allow, in other capitals',
      {
        actions: ['DynamoDB:getrecords'],
        resources: ['arn:aws:dynamodb:us-east-1:444455556666:table/Documents/stream/*'],
      },
    ],
    ['more, since it is denied', { effect: 'Deny', actions: ['iam:CreateUser'] }],
  ])('and may say %s', async (_, more) => {
    const added = { sid: 'Added', resources: ['*'], ...more };
    expect(
      await withStatement('consumer-metering', 'execution_role_function_policy', added),
    ).toEqual([]);
  });
});

describe('the policy of a resource may not name', () => {
  const aws = (...identifiers: string[]) => [{ type: 'AWS', identifiers }];

  test.each<[string, string, string, Statement, string]>([
    [
      'an account outside, in the policy of a stream',
      'producer-documents-acme',
      'stream_policy_document',
      { actions: ['dynamodb:GetRecords'], principals: aws(OUTSIDE) },
      `${STREAM} Added names ${OUTSIDE}`,
    ],
    [
      'another role of the consumer account',
      'producer-documents-acme',
      'stream_policy_document',
      { actions: ['dynamodb:GetRecords'], principals: aws('arn:aws:iam::111122223333:role/Other') },
      `${STREAM} Added names arn:aws:iam::111122223333:role/Other`,
    ],
    [
      'everybody, whatever the condition',
      'producer-documents-acme',
      'stream_policy_document',
      {
        actions: ['dynamodb:GetRecords'],
        principals: [{ type: '*', identifiers: ['*'] }],
        condition: [{ test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-other'] }],
      },
      `${STREAM} Added names *`,
    ],
    [
      'everybody but some',
      'producer-documents-acme',
      'stream_policy_document',
      { actions: ['dynamodb:GetRecords'], not_principals: aws(OUTSIDE) },
      `${STREAM} Added names all principals but some (NotPrincipal)`,
    ],
    [
      'an account for a role of another one',
      'producer-documents-acme',
      'stream_policy_document',
      {
        actions: ['dynamodb:GetRecords'],
        principals: aws(OUTSIDE),
        condition: [{ test: 'ArnEquals', variable: 'aws:PrincipalArn', values: [ROLE] }],
      },
      `${STREAM} Added names ${OUTSIDE}`,
    ],
    [
      'a service, in the trust policy of a role',
      'consumer-metering',
      'execution_role_trust',
      {
        actions: ['sts:AssumeRole'],
        principals: [{ type: 'Service', identifiers: ['ecs-tasks.amazonaws.com'] }],
      },
      `role ${ROLE} Added names ecs-tasks.amazonaws.com`,
    ],
    [
      'an identity provider, in the trust policy of a role',
      'consumer-metering',
      'execution_role_trust',
      {
        actions: ['sts:AssumeRoleWithWebIdentity'],
        principals: [{ type: 'Federated', identifiers: ['accounts.google.com'] }],
      },
      `role ${ROLE} Added names accounts.google.com`,
    ],
    [
      'a service, in the policy of a bucket',
      'consumer-metering',
      'failed_batches_policy_document',
      {
        actions: ['s3:PutObject'],
        principals: [{ type: 'Service', identifiers: ['logging.s3.amazonaws.com'] }],
        resources: ['*'],
      },
      'bucket arn:aws:s3:::metering-failed-batches-4583a1ed016b Added names logging.s3.amazonaws.com',
    ],
  ])('%s', async (_, stack, document, added, found) => {
    expect(await withStatement(stack, document, { sid: 'Added', ...added })).toEqual([
      `${found}, which the topology does not mean`,
    ]);
  });

  test('and may narrow a reader that it names by a condition on its ARN', async () => {
    const edit: Edit = (json) => {
      const each = statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess');
      each.condition = [
        {
          test: 'ArnEquals',
          variable: 'aws:PrincipalArn',
          values: [ROLE.replace('Metering', '*')],
        },
      ];
    };
    const { unintended } = await accessOf(TOPOLOGY, { 'producer-documents-acme': edit });
    expect(unintended).toEqual([]);
  });

  test('a reader for more than it reads', async () => {
    const edit: Edit = (json) => {
      const each = statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess');
      each.actions = ['dynamodb:GetRecords', 'dynamodb:*'];
    };
    const { unintended } = await accessOf(TOPOLOGY, { 'producer-documents-acme': edit });
    expect(unintended).toEqual([
      `${STREAM} AllowCrossAccountStreamAccess allows dynamodb:* to ${ROLE}, which the topology does not mean`,
    ]);
  });
});

test('a grant that cannot be evaluated is found, unless the topology names it', async () => {
  const attach = (arn: string): Record<string, Edit> => ({
    'consumer-metering': (json) => {
      Object.assign(json.resource ?? {}, {
        aws_iam_role_policy_attachment: { added: { role: 'DocumentMetering', policy_arn: arn } },
        aws_lambda_permission: { added: { function_name: 'MeterDocuments', principal: '*' } },
      });
    },
  });
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const { unexplained } = await accessOf(TOPOLOGY, attach(administrator));
  expect(unexplained).toEqual([
    `the managed policy ${administrator} of role DocumentMetering`,
    'consumer-metering aws_lambda_permission.added',
  ]);
  const [metering, ...others] = TOPOLOGY.consumers;
  if (!metering) throw new Error('no consumer');
  const role = { ...metering.role, managedPolicyArns: [administrator] };
  const named = { ...TOPOLOGY, consumers: [{ ...metering, role }, ...others] };
  expect((await accessOf(named)).unexplained).toEqual([]);
});
