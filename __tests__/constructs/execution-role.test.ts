import { ExecutionRole, type ExecutionRoleProps } from '../../constructs/execution-role';
import { functionPolicy, streamPolicies } from '../../policies/execution-role';
import type { TableReference } from '../../topology/resolve';
import { EmptyStack } from '../helpers/empty-stack';
import { counts, jsonOf } from '../helpers/synth-app';

const LOG_GROUP = 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/ProcessOrders';
const FAILED_BATCHES = 'arn:aws:s3:::process-orders-failed-batches';
const TARGETS = {
  logGroupArn: LOG_GROUP,
  failedBatchesArn: FAILED_BATCHES,
  bucketOwner: '111122223333',
};
const NOT_FROM_CODE = { test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] };
const OF_OWNER = {
  test: 'StringEquals',
  variable: 's3:ResourceAccount',
  values: ['111122223333'],
};
const POLLER_ONLY = { pollerOnly: true };

function synth(
  role: Partial<ExecutionRoleProps['role']>,
  sources: TableReference[] = [],
  targets: ExecutionRoleProps['targets'] = TARGETS,
  waits = true,
) {
  const stack = new EmptyStack();
  const { arn, settledArn } = new ExecutionRole(stack, 'my-role', {
    role: {
      name: 'Reader',
      path: '/',
      managedPolicyArns: [],
      managedPolicyQuota: 10,
      pollerOnly: true,
      arn: 'arn:aws:iam::111122223333:role/Reader',
      ...role,
    },
    sources,
    targets,
    waits,
  });
  stack.publish({ arn, settled_arn: settledArn });
  stack.prepareStack();
  return jsonOf(stack);
}

/** One table in each of so many accounts. */
const tables = (count: number): TableReference[] =>
  Array.from({ length: count }, (_, index) => ({
    account: { id: String(index).padStart(12, '0'), region: 'us-east-1', partition: 'aws' },
    name: 'Orders',
    encryption: 'aws-owned',
  }));

const settledOf = ({ resource }: ReturnType<typeof synth>) =>
  resource?.terraform_data?.my_role_settled;

test('a role without a stream has a trust policy, and an inline policy for its function', () => {
  const { resource, data } = synth({});
  expect(resource).toEqual({
    aws_iam_role: {
      my_role: {
        provider: 'aws.consumer',
        name: 'Reader',
        assume_role_policy: '${data.aws_iam_policy_document.my_role_trust.json}',
      },
    },
    aws_iam_role_policy: {
      my_role_function: {
        provider: 'aws.consumer',
        name: 'function',
        role: '${aws_iam_role.my_role.id}',
        policy: '${data.aws_iam_policy_document.my_role_function_policy.json}',
      },
    },
    terraform_data: {
      my_role_settled: {
        input: '${aws_iam_role.my_role.arn}',
        triggers_replace: '${aws_iam_role.my_role.unique_id}',
        provisioner: [{ 'local-exec': { command: 'sleep 30' } }],
        depends_on: ['aws_iam_role_policy.my_role_function'],
      },
    },
  });
  expect(data).toEqual({
    aws_iam_policy_document: {
      my_role_trust: {
        provider: 'aws.consumer',
        statement: [
          {
            sid: 'AllowLambda',
            principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
            actions: ['sts:AssumeRole'],
          },
        ],
      },
      my_role_function_policy: {
        provider: 'aws.consumer',
        statement: [
          {
            sid: 'CreateLog',
            actions: ['logs:CreateLogGroup'],
            resources: [LOG_GROUP, `${LOG_GROUP}:*`],
          },
          {
            sid: 'WriteLog',
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [`${LOG_GROUP}:*`],
          },
          {
            sid: 'ListFailedBatches',
            actions: ['s3:ListBucket'],
            resources: [FAILED_BATCHES],
            condition: [NOT_FROM_CODE, OF_OWNER],
          },
          {
            sid: 'SendFailedBatches',
            actions: ['s3:PutObject'],
            resources: [`${FAILED_BATCHES}/aws/lambda/*`],
            condition: [NOT_FROM_CODE, OF_OWNER],
          },
          {
            sid: 'ListStreams',
            actions: ['dynamodb:ListStreams'],
            resources: ['*'],
            condition: [NOT_FROM_CODE],
          },
        ],
      },
    },
  });
});

test('a role of a function with a lake may write to that', () => {
  const lakeObjectsArn = 'arn:aws:s3:::lake/changes/*';
  const { data } = synth({}, [], { ...TARGETS, lakeObjectsArn });
  expect(data?.aws_iam_policy_document?.my_role_function_policy).toEqual({
    provider: 'aws.consumer',
    statement: functionPolicy({ ...TARGETS, lakeObjectsArn }, POLLER_ONLY),
  });
});

test('the ARN is that of the role, the settled one that of what waits for it', () => {
  expect(synth({}).output).toEqual({
    arn: { description: 'arn', value: '${aws_iam_role.my_role.arn}' },
    settled_arn: { description: 'settled_arn', value: '${terraform_data.my_role_settled.output}' },
  });
});

test('a role that nobody waits for has nothing that waits, and its ARN at once', () => {
  const { resource, output } = synth({}, tables(1), TARGETS, false);
  expect(counts(resource)).toEqual({ aws_iam_role: 1, aws_iam_role_policy: 2 });
  expect(output).toEqual({
    arn: { description: 'arn', value: '${aws_iam_role.my_role.arn}' },
    settled_arn: { description: 'settled_arn', value: '${aws_iam_role.my_role.arn}' },
  });
});

describe('a role that reads streams', () => {
  const documentsOf = ({ data }: ReturnType<typeof synth>, ...names: string[]) =>
    names.map((name) => {
      const document = data?.aws_iam_policy_document?.[`my_role_${name}_policy`];
      return document && Reflect.get(document, 'statement');
    });

  test.each([
    ['one', 1, ['streams']],
    ['as many as an inline policy holds', 124, ['streams']],
    ['one more', 125, ['streams', 'streams-1']],
    ['as many as a managed policy holds beside it', 216, ['streams', 'streams-1']],
    ['one more than that', 217, ['streams', 'streams-1', 'streams-2']],
    ['a thousand', 1_000, ['streams', ...Array.from({ length: 10 }, (_, n) => `streams-${n + 1}`)]],
  ])('of %s has the policies of them', (_, count, names) => {
    const stack = synth({ path: '/readers/' }, tables(count));
    const addresses = names.map((name) => name.replace('-', '_'));
    const [, ...managed] = addresses;

    expect(documentsOf(stack, ...addresses)).toEqual(streamPolicies(tables(count), POLLER_ONLY));
    expect(counts(stack.data)).toEqual({ aws_iam_policy_document: 2 + names.length });
    expect(stack.resource?.aws_iam_role_policy).toEqual({
      my_role_function: expect.anything(),
      my_role_streams: {
        provider: 'aws.consumer',
        name: 'streams',
        role: '${aws_iam_role.my_role.id}',
        policy: '${data.aws_iam_policy_document.my_role_streams_policy.json}',
      },
    });
    expect(stack.resource?.aws_iam_policy ?? {}).toEqual(
      Object.fromEntries(
        managed.map((name) => [
          `my_role_${name}`,
          {
            provider: 'aws.consumer',
            name: `Reader-${name.replace('_', '-')}`,
            path: '/readers/',
            policy: `\${data.aws_iam_policy_document.my_role_${name}_policy.json}`,
          },
        ]),
      ),
    );
    expect(stack.resource?.aws_iam_role_policy_attachment ?? {}).toEqual(
      Object.fromEntries(
        managed.map((name) => [
          `my_role_${name}_attachment`,
          {
            provider: 'aws.consumer',
            role: '${aws_iam_role.my_role.id}',
            policy_arn: `\${aws_iam_policy.my_role_${name}.arn}`,
          },
        ]),
      ),
    );
    expect(settledOf(stack)).toMatchObject({
      depends_on: [
        'aws_iam_role_policy.my_role_function',
        'aws_iam_role_policy.my_role_streams',
        ...managed.map((name) => `aws_iam_role_policy_attachment.my_role_${name}_attachment`),
      ],
    });
  });
});

describe('further managed policies', () => {
  const attached = (...managedPolicyArns: string[]) => {
    const stack = synth({ managedPolicyArns });
    const attachments = Object.entries(stack.resource?.aws_iam_role_policy_attachment ?? {});
    return {
      arns: attachments.map(([, attachment]) => Reflect.get(attachment, 'policy_arn')),
      settled: settledOf(stack),
      expected: {
        depends_on: [
          'aws_iam_role_policy.my_role_function',
          ...attachments.map(([name]) => `aws_iam_role_policy_attachment.${name}`),
        ],
      },
    };
  };

  test.each<[string, string[]]>([
    ['of AWS', ['arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole']],
    ['of the account', ['arn:aws:iam::111122223333:policy/Own']],
    ['of one name', ['arn:aws:iam::aws:policy/Own', 'arn:aws:iam::111122223333:policy/Own']],
    ['of one name on two paths', ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/b/A']],
    ['named like those of streams', ['arn:aws:iam::111122223333:policy/streams-1']],
    [
      'whose ARNs differ by a slash and an underscore',
      ['arn:aws:iam::111122223333:policy/a/B', 'arn:aws:iam::111122223333:policy/a_B'],
    ],
    [
      'whose names differ by punctuation',
      ['arn:aws:iam::111122223333:policy/A.B', 'arn:aws:iam::111122223333:policy/A-B'],
    ],
  ])('%s are attached before the role settles', (_, arns) => {
    const outcome = attached(...arns);
    expect(outcome.arns.sort()).toEqual([...arns].sort());
    expect(outcome.settled).toMatchObject({
      depends_on: expect.arrayContaining(outcome.expected.depends_on),
    });
  });
});

test('a boundary limits the role', () => {
  const boundary = 'arn:aws:iam::111122223333:policy/Boundary';
  expect(synth({ permissionsBoundary: boundary }).resource?.aws_iam_role).toEqual({
    my_role: {
      provider: 'aws.consumer',
      name: 'Reader',
      permissions_boundary: boundary,
      assume_role_policy: '${data.aws_iam_policy_document.my_role_trust.json}',
    },
  });
});
