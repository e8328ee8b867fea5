import { loadTopology } from '../../../load/load';
import { accessOf, type Edit, foundIn, statement, statementsIn } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

const TOPOLOGY = loadTopology('topologies/saas-tenants.yaml');
const ROLE = 'arn:aws:iam::111122223333:role/DocumentMetering';
const STREAM =
  'stream arn:aws:dynamodb:us-east-1:444455556666:table/Documents/stream/2026-01-01T00:00:00.000';
const OUTSIDE = 'arn:aws:iam::123456789012:root';
const READ = 'dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator';
const TLS = { test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] };
const MORE = ' without a condition, which the topology does not mean';

type Statement = Record<string, unknown>;

/** What is found in statements; the answers that differ because of them are left out. */
function unintended(edits: Record<string, Edit>): string[] {
  return foundIn(accessOf(TOPOLOGY, edits)).filter((line) => !line.includes(', meant to be '));
}

/** What is found once a statement is in a policy document of a stack as well. */
function withStatement(stack: string, document: string, added: Statement): string[] {
  return unintended({ [stack]: (json) => statementsIn(json, document).push(added) });
}

describe('the policies of a role may not allow', () => {
  test.each([
    [
      'an action that nobody asked about',
      { actions: ['iam:CreateUser'] },
      'allows iam:CreateUser on *',
    ],
    ['all actions of a service', { actions: ['secretsmanager:*'] }, 'allows secretsmanager:* on *'],
    ['all but some', { not_actions: ['iam:*'] }, 'allows all but iam:* on *'],
    [
      'what they are meant to allow in other capitals, on something else',
      { actions: ['S3:putobject'], resources: ['arn:aws:s3:::other-bucket/*'] },
      'allows S3:putobject on arn:aws:s3:::other-bucket/*',
    ],
    [
      'what they are meant to allow, on all but some',
      { actions: ['s3:PutObject'], resources: undefined, not_resources: ['arn:aws:s3:::x/*'] },
      'allows s3:PutObject on all but arn:aws:s3:::x/*',
    ],
    [
      'nor deny what nobody knows of',
      { effect: 'Deny', actions: ['iam:CreateUser'] },
      'denies iam:CreateUser on *',
    ],
  ])('%s', (_, more, named) => {
    const added = { sid: 'Added', resources: ['*'], ...more };
    expect(withStatement('consumer-metering', 'execution_role_function_policy', added)).toEqual([
      `${ROLE} function/Added ${named}${MORE}`,
    ]);
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
  ])('%s on %s', (action, resource) => {
    const added = { sid: 'Added', actions: [action], resources: [resource] };
    expect(withStatement('consumer-metering', 'execution_role_function_policy', added)).toEqual([
      `${ROLE} function/Added allows ${action} on ${resource}${MORE}`,
    ]);
  });

  test('and may say what they are meant to allow, in other capitals', () => {
    const added = {
      sid: 'Added',
      actions: ['DynamoDB:getrecords'],
      resources: ['arn:aws:dynamodb:us-east-1:444455556666:table/Documents/stream/*'],
      condition: [{ test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] }],
    };
    expect(withStatement('consumer-metering', 'execution_role_function_policy', added)).toEqual([]);
  });
});

describe('the policy of a resource may not name', () => {
  const POLICIES = {
    stream: ['producer-documents-acme', 'stream_policy_document', STREAM],
    role: ['consumer-metering', 'execution_role_trust', `role ${ROLE}`],
    bucket: [
      'consumer-metering',
      'failed_batches_policy_document',
      'bucket arn:aws:s3:::metering-failed-batches-4583a1ed016b',
    ],
  } as const;
  const GET = 'dynamodb:GetRecords';
  const OTHER = 'arn:aws:iam::111122223333:role/Other';

  test.each<[string, keyof typeof POLICIES, string, string, whom: string]>([
    ['an account outside', 'stream', GET, 'AWS', OUTSIDE],
    ['another role of the consumer account', 'stream', GET, 'AWS', OTHER],
    ['a service', 'role', 'sts:AssumeRole', 'Service', 'ecs-tasks.amazonaws.com'],
    [
      'an identity provider',
      'role',
      'sts:AssumeRoleWithWebIdentity',
      'Federated',
      'accounts.google.com',
    ],
    ['a service', 'bucket', 's3:PutObject', 'Service', 'logging.s3.amazonaws.com'],
  ])('%s, in the policy of a %s', (_, kind, action, type, whom) => {
    const [stack, document, place] = POLICIES[kind];
    const principals = [{ type, identifiers: [whom] }];
    const resources = kind === 'bucket' ? ['*'] : undefined;
    expect(
      withStatement(stack, document, { sid: 'Added', actions: [action], principals, resources }),
    ).toEqual([`${place} Added allows ${action} to ${whom}${MORE}`]);
  });

  test.each([
    ['everybody, whatever the condition', '*', '*', 'StringEquals aws:PrincipalAccount', '1'],
    ['an account for a role of another one', 'AWS', OUTSIDE, 'ArnEquals aws:PrincipalArn', ROLE],
  ])('%s', (_, type, whom, condition, value) => {
    const [test, variable] = condition.split(' ');
    const added = {
      sid: 'Added',
      actions: [GET],
      principals: [{ type, identifiers: [whom] }],
      condition: [{ test, variable, values: [value] }],
    };
    expect(withStatement('producer-documents-acme', 'stream_policy_document', added)).toEqual([
      `${STREAM} Added allows ${GET} to ${whom} where ${condition} = ${value}, which the topology does not mean`,
    ]);
  });

  test('a reader that a condition on its ARN leaves open', () => {
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
    const roles = ROLE.replace('Metering', '*');
    expect(unintended({ 'producer-documents-acme': edit })).toEqual([
      `${STREAM} AllowCrossAccountStreamAccess allows ${READ} to ${ROLE} where ArnEquals aws:PrincipalArn = ${roles}, which the topology does not mean`,
    ]);
  });

  test('a reader for more than it reads', () => {
    const edit: Edit = (json) => {
      const each = statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess');
      each.actions = ['dynamodb:GetRecords', 'dynamodb:*'];
    };
    const found = unintended({ 'producer-documents-acme': edit });
    expect(found).toEqual([
      `${STREAM} AllowCrossAccountStreamAccess allows dynamodb:* to ${ROLE}${MORE}`,
    ]);
  });
});

const managed = (policy: string): Record<string, Edit> => ({
  'consumer-metering': (json) => {
    Object.assign(json.resource ?? {}, {
      aws_iam_role_policy_attachment: {
        added: { role: 'DocumentMetering', policy_arn: `arn:aws:iam::aws:policy/${policy}` },
      },
    });
  },
});

/** The topology itself attaches a policy to the role. */
function attached(policy: string): typeof TOPOLOGY {
  const [metering, ...others] = TOPOLOGY.consumers;
  if (!metering) throw new Error('no consumer');
  const role = { ...metering.role, managedPolicyArns: [`arn:aws:iam::aws:policy/${policy}`] };
  return { ...TOPOLOGY, consumers: [{ ...metering, role }, ...others] };
}

test('a managed policy that cannot be evaluated is found, unless the topology names it', () => {
  expect(unintended(managed('SecurityAudit'))).toEqual([
    'the managed policy arn:aws:iam::aws:policy/SecurityAudit of role DocumentMetering is not in the topology, and what it allows cannot be evaluated',
  ]);
  expect(foundIn(accessOf(attached('SecurityAudit')))).toEqual([]);
});

test('a role that may do everything is found, even if the topology attaches the policy', () => {
  const place = `${ROLE} AdministratorAccess/statement 1`;
  const line = `${place} allows * on *${MORE}`;
  expect(unintended(managed('AdministratorAccess'))).toEqual([line]);
  const found = foundIn(accessOf(attached('AdministratorAccess')));
  expect(found).toContain(line);
  expect(found).toContainEqual(
    expect.stringMatching(/s3:PutObject under changes.* on bucket|sns:Publish on topic/),
  );
});

describe('a statement that the policies of the project do not use is found, for', () => {
  const expectFound = (more: Statement, what: string) => {
    const added = { sid: 'Added', actions: ['s3:PutObject'], resources: ['*'], ...more };
    expect(withStatement('consumer-metering', 'execution_role_function_policy', added)).toEqual([
      `${ROLE} function/Added allows s3:PutObject ${what}, which the topology does not mean`,
    ]);
  };

  test.each([
    ['NumericEquals', 's3:ResourceAccount', '1'],
    ['ForAnyValue:StringEquals', 's3:ResourceAccount', '1'],
    ['StringEquals', 'aws:SourceVpc', 'vpc-1'],
    ['ArnLike', 'aws:PrincipalArn', 'Reader'],
  ])('on * where %s %s = %s', (test, variable, value) => {
    const condition = [{ test, variable, values: [value] }];
    expectFound({ condition }, `on * where ${test} ${variable} = ${value}`);
  });

  test('a resource that is named after who asks', () => {
    const resources = ['arn:aws:s3:::other/&{aws:username}'];
    expectFound({ resources }, 'on arn:aws:s3:::other/${aws:username} without a condition');
  });

  test.each<[string, Statement]>([
    [
      `dynamodb:GetRecords to all but {"AWS":"${OUTSIDE}"}`,
      { not_principals: [{ type: 'AWS', identifiers: [OUTSIDE] }] },
    ],
    [
      'dynamodb:GetRecords to 79a5',
      { principals: [{ type: 'CanonicalUser', identifiers: ['79a5'] }] },
    ],
    [
      'dynamodb:GetRecords to AROAEXAMPLE',
      { principals: [{ type: 'AWS', identifiers: ['AROAEXAMPLE'] }] },
    ],
  ])('%s', (what, more) => {
    const added = { sid: 'Added', actions: ['dynamodb:GetRecords'], ...more };
    expect(withStatement('producer-documents-acme', 'stream_policy_document', added)).toEqual([
      `${STREAM} Added allows ${what}${MORE}`,
    ]);
  });
});

describe('what the function itself may call, by the topology', () => {
  const name = 'MeteringStatements';
  const resources = ['arn:aws:sqs:us-east-1:111122223333:${aws:PrincipalTag/team}'];
  const content = topology({
    'consumers.process-orders.role': {
      name,
      statements: [
        { actions: ['sns:Publish'], resources: ['*'] },
        { sid: 'Send', actions: ['sqs:Send*'], resources, conditions: [TLS] },
      ],
    },
  });
  const found = (change?: (all: Statement[]) => void) =>
    foundIn(
      accessOf(resolved(content), {
        'consumer-process-orders': (json) =>
          change?.(statementsIn(json, 'execution_role_statements_policy')),
      }),
    );
  const place = `arn:aws:iam::111122223333:role/${name} ${name}-statements`;

  test('is no finding, also where it reaches what the stacks have', () => {
    expect(found()).toEqual([]);
  });

  test('and is shown as it is written', () => {
    const { allowed, granted } = accessOf(resolved(content));
    const rows = granted.slice(allowed.length).map(({ action, part, target, by }) => {
      return [action, part, target.arn, target.account, ...by];
    });
    const where = 'where Bool aws:SecureTransport = true';
    expect(rows).toEqual([
      ['sns:Publish', '', '*', 'any', `role: ${name}-statements/statement 1`],
      ['sqs:Send*', where, ...resources, '111122223333', `role: ${name}-statements/Send`],
    ]);
  });

  test.each<[string, Statement, what: string]>([
    ['an action', { actions: ['sqs:Send*', 'sqs:ReceiveMessage'] }, 'sqs:ReceiveMessage on'],
    ['all actions of the service', { actions: ['sqs:*'] }, 'sqs:* on'],
    ['a resource', { resources: ['*'] }, 'sqs:Send* on *'],
  ])('may not have %s more', (_, more, what) => {
    const where = ' where Bool aws:SecureTransport = true, which the topology does not mean';
    const on = what.endsWith('*') ? '' : ` ${resources}`;
    expect(found((all) => Object.assign(Object(all[1]), more))).toEqual([
      `${place}/Send allows ${what}${on}${where}`,
    ]);
  });

  test('may not lose a condition, nor be another one', () => {
    expect(found((all) => Object.assign(Object(all[1]), { condition: [] }))).toEqual([
      `${place}/Send allows sqs:Send* on ${resources}${MORE}`,
    ]);
    const added = { sid: 'Added', actions: ['sqs:*'], resources: ['*'] };
    expect(found((all) => all.push(added))).toEqual([`${place}/Added allows sqs:* on *${MORE}`]);
  });
});

test('a condition that the topology adds to a stream policy may not be missing or another', () => {
  const condition = { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-1'] };
  const topology = {
    ...TOPOLOGY,
    producers: TOPOLOGY.producers.map((producer) => ({
      ...producer,
      streamPolicy: { ...producer.streamPolicy, conditions: [condition] },
    })),
  };
  const { allowed } = accessOf(topology);
  expect(allowed[0]?.by).toContain(
    'resource policy: AllowCrossAccountStreamAccess where StringEquals aws:PrincipalOrgID = o-1',
  );
  const edit =
    (values: string[]): Edit =>
    (json) => {
      const each = statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess');
      each.condition = values.length === 0 ? [] : [{ ...condition, values }];
    };
  const allows = `${STREAM} AllowCrossAccountStreamAccess allows ${READ} to ${ROLE}`;
  expect(foundIn(accessOf(topology, { 'producer-documents-acme': edit([]) }))).toEqual([
    `${allows}${MORE}`,
  ]);
  const changed = foundIn(accessOf(topology, { 'producer-documents-acme': edit(['o-2']) }));
  expect(changed).toContain(
    `${allows} where StringEquals aws:PrincipalOrgID = o-2, which the topology does not mean`,
  );
  expect(changed).toHaveLength(4);
});
