import fc from 'fast-check';
import { type AccessRequest, decide, type Policy } from '../../../review/access/evaluate';
import { matches } from '../../../review/access/patterns';
import { readStatements } from '../../../review/access/statements';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { type Question, simulate } from '../../helpers/oracle';

const SEED = 20_260_101;
const OWNER = '444455556666';
const READER = '111122223333';

const policy = (side: Policy['side'], document: PolicyDocument): Policy => ({
  side,
  statements: readStatements(document),
});

function requestOf(question: Question): AccessRequest {
  const { identityPolicies, permissionsBoundary, resourcePolicy, context, ...request } = question;
  return {
    ...request,
    context: Object.fromEntries(
      Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]),
    ),
    identityPolicies: identityPolicies.map((document) => policy('role', document)),
    permissionsBoundary: permissionsBoundary && policy('permissions boundary', permissionsBoundary),
    resourcePolicy: resourcePolicy && policy('resource policy', resourcePolicy),
  };
}

/** What is asked for, with patterns that match it, nearly match it, or match something else. */
const ASKED = [
  {
    actions: ['dynamodb:GetRecords'],
    resource: `arn:aws:dynamodb:us-east-1:${OWNER}:table/Orders/stream/2026-01-01T00:00:00.000`,
    patterns: [
      `arn:aws:dynamodb:us-east-1:${OWNER}:table/Orders/stream/*`,
      `arn:aws:dynamodb:us-east-1:${OWNER}:table/*/stream/2026-01-01T00:00:00.00?`,
      `arn:aws:dynamodb:us-east-1:${OWNER}:table/Invoices/stream/*`,
      `arn:aws:dynamodb:us-east-1:4444*:table/Orders*`,
      `arn:aws:dynamodb:us-east-1:${READER}:table/Orders/stream/*`,
    ],
  },
  {
    actions: ['kms:Decrypt'],
    resource: `arn:aws:kms:us-east-1:${OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    patterns: [`arn:aws:kms:us-east-1:${OWNER}:key/*`, `arn:aws:kms:us-east-1:${OWNER}:key/other`],
  },
  {
    actions: ['s3:PutObject'],
    resource: 'arn:aws:s3:::failed-batches/aws/lambda/x',
    patterns: ['arn:aws:s3:::failed-batches/aws/*', 'arn:aws:s3:::failed-batches/?ws/*x'],
  },
  {
    actions: ['sns:Publish'],
    resource: `arn:aws:sns:us-east-1:${OWNER}:alarms`,
    patterns: [`arn:aws:sns:us-east-1:${OWNER}:alarms`, `arn:aws:sns:us-east-1:${OWNER}:other`],
  },
  {
    actions: ['sts:AssumeRole'],
    resource: `arn:aws:iam::${OWNER}:role/Reader`,
    patterns: [`arn:aws:iam::${OWNER}:role/R*`, `arn:aws:iam::${OWNER}:role/Other`],
  },
] as const;

const ROLES = [OWNER, READER].map((account) => `arn:aws:iam::${account}:role/Reader`);
const PRINCIPALS = [...ROLES, `arn:aws:iam::${READER}:root`, 'cloudwatch.amazonaws.com'];

const KEYS: Readonly<Record<string, readonly string[]>> = {
  'aws:SecureTransport': ['true', 'false'],
  'aws:SourceAccount': [OWNER, READER],
  'kms:ViaService': ['dynamodb.us-east-1.amazonaws.com', 's3.us-east-1.amazonaws.com'],
  'kms:EncryptionContext:aws:dynamodb:tableName': ['Orders', 'Invoices'],
  'lambda:SourceFunctionArn': [`arn:aws:lambda:us-east-1:${READER}:function:Process`],
  's3:ResourceAccount': [OWNER, READER],
};

const list = <T>(values: readonly T[], minLength = 1) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 2 });

function statement({ actions, patterns }: (typeof ASKED)[number], principals: boolean) {
  const service = actions[0].split(':')[0];
  const action = list([
    ...actions,
    `${service}:*`,
    `${service}:G*`,
    '*',
    'DYNAMODB:getrecords',
    's3:GetObject',
  ]);
  const resource = list([...patterns, '*']);
  return fc
    .record({
      Effect: fc.constantFrom(
        'Allow' as const,
        'Allow' as const,
        'Allow' as const,
        'Deny' as const,
      ),
      action: fc.tuple(fc.constantFrom('Action', 'Action', 'Action', 'NotAction'), action),
      resource: fc.tuple(
        fc.constantFrom('Resource', 'Resource', 'Resource', 'NotResource'),
        resource,
      ),
      Principal: principal,
      Condition: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, condition),
    })
    .map(
      ({
        Effect,
        action: [actionKey, actionValue],
        resource: [resourceKey, resourceValue],
        ...more
      }) => ({
        Effect,
        [actionKey]: actionValue,
        [resourceKey]: resourceValue,
        ...(principals && { Principal: more.Principal }),
        ...(more.Condition && { Condition: more.Condition }),
      }),
    );
}

const principal = fc.oneof(
  fc.constant('*' as const),
  list([...ROLES, READER, `arn:aws:iam::${OWNER}:root`, `arn:aws:iam::${READER}:root`]).map(
    (AWS) => ({ AWS }),
  ),
  list(['cloudwatch.amazonaws.com', 'lambda.amazonaws.com']).map((Service) => ({ Service })),
);

const condition = fc
  .constantFrom(...Object.entries(KEYS), [
    'aws:PrincipalArn',
    [...ROLES, 'arn:aws:iam::*:role/R*'],
  ] as const)
  .chain(([key, values]) => {
    const isArn = key.endsWith('Arn');
    const operators = isArn
      ? ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike']
      : key === 'aws:SecureTransport'
        ? ['Bool']
        : [
            'StringEquals',
            'StringNotEquals',
            'StringLike',
            'StringNotLike',
            'StringEqualsIgnoreCase',
            'StringNotEqualsIgnoreCase',
          ];
    return fc.oneof(
      fc
        .tuple(fc.constantFrom(...operators), fc.constantFrom('', 'IfExists'), list(values))
        .map(([operator, suffix, wanted]) => ({ [`${operator}${suffix}`]: { [key]: wanted } })),
      fc.constantFrom('true', 'false').map((wanted) => ({ Null: { [key]: wanted } })),
    );
  });

const document = (asked: (typeof ASKED)[number], principals = false) =>
  fc
    .array(statement(asked, principals), { minLength: 1, maxLength: 3 })
    .map((Statement) => ({ Version: '2012-10-17', Statement })) as fc.Arbitrary<PolicyDocument>;

const question: fc.Arbitrary<Question> = fc.constantFrom(...ASKED).chain(
  (asked) =>
    fc
      .record({
        principal: fc.constantFrom(...PRINCIPALS),
        context: fc.record(
          Object.fromEntries(
            Object.entries(KEYS).map(([key, values]) => [key, fc.constantFrom(...values)]),
          ),
          { requiredKeys: [] },
        ),
        identityPolicies: fc.array(document(asked), { maxLength: 2 }),
        permissionsBoundary: fc.option(document(asked), { nil: undefined, freq: 4 }),
        // A key and a role always have a policy.
        resourcePolicy: /kms|sts/.test(asked.actions[0])
          ? document(asked, true)
          : fc.option(document(asked, true), { nil: undefined, freq: 4 }),
      })
      .map(({ context, ...rest }) => ({
        ...rest,
        action: asked.actions[0],
        resource: asked.resource,
        account: OWNER,
        context: {
          ...context,
          ...(rest.principal.startsWith('arn:') && { 'aws:PrincipalArn': rest.principal }),
        },
        ...(rest.principal.startsWith('arn:')
          ? {}
          : { identityPolicies: [], permissionsBoundary: undefined }),
      })) as fc.Arbitrary<Question>,
);

/** Allowed and denied, as often as they come: most generated policies allow nothing. */
test('every generated request is decided as by iam-simulate', async () => {
  const counts = { allowed: 0, denied: 0 };
  await fc.assert(
    fc.asyncProperty(question, async (each) => {
      const { allowed } = decide(requestOf(each));
      counts[allowed ? 'allowed' : 'denied'] += 1;
      expect(allowed).toBe(await simulate(each));
    }),
    { seed: SEED, numRuns: 600 },
  );
  expect(counts.allowed).toBeGreaterThan(50);
});

describe('what decided is named', () => {
  const [, ROLE = ''] = ROLES;
  const KEY = `arn:aws:kms:us-east-1:${OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const allow = (Action: string, more: object = {}): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: [{ Sid: 'Allow', Effect: 'Allow', Action, Resource: '*', ...more }],
  });
  const deny: PolicyDocument = {
    Version: '2012-10-17',
    Statement: { Sid: 'No', Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' },
  };
  const REQUEST: Question = {
    principal: ROLE,
    action: 'kms:Decrypt',
    resource: KEY,
    account: OWNER,
    context: {},
    identityPolicies: [allow('kms:Decrypt')],
    resourcePolicy: allow('kms:Decrypt', { Principal: { AWS: ROLE } }),
  };

  test.each<[string, Partial<Question>, boolean, string[]]>([
    ['both sides', {}, true, ['role: Allow', 'resource policy: Allow']],
    ['a role without a statement', { identityPolicies: [] }, false, ['role: no statement']],
    [
      'a resource policy without a statement',
      { resourcePolicy: allow('kms:Encrypt', { Principal: '*' }) },
      false,
      ['resource policy: no statement'],
    ],
    [
      'a resource without a policy',
      { resourcePolicy: undefined },
      false,
      ['resource policy: there is none'],
    ],
    ['a statement that denies', { resourcePolicy: deny }, false, ['resource policy: No']],
    [
      'a permissions boundary without a statement',
      { permissionsBoundary: allow('s3:*') },
      false,
      ['permissions boundary: no statement'],
    ],
  ])('%s', (_, more, allowed, by) => {
    expect(decide(requestOf({ ...REQUEST, ...more }))).toEqual({ allowed, by });
  });

  // "Permissions boundaries and session policies do not limit permissions granted using the aws:PrincipalArn
  // condition key with a wildcard(*) in the Principal element":
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
  test.each([
    ['everybody, whom a boundary does not limit', '*' as const, true],
    ['the role, whom it limits', { AWS: `arn:aws:iam::${OWNER}:role/Reader` }, false],
  ])('a policy in the same account names %s', async (_, Principal, allowed) => {
    const each: Question = {
      ...REQUEST,
      principal: `arn:aws:iam::${OWNER}:role/Reader`,
      identityPolicies: [],
      permissionsBoundary: allow('s3:*'),
      resourcePolicy: allow('kms:Decrypt', { Principal }),
    };
    expect([decide(requestOf(each)).allowed, await simulate(each)]).toEqual([allowed, allowed]);
  });
});

test.each([
  ['*', '', true],
  ['a*b?c', 'aXXbYc', true],
  ['a*b?c', 'aXXbc', false],
  ['*a*a*a*a*a*a*a*a*a*a*a*ab', 'a'.repeat(200), false],
  ['?', '', false],
  ['a', 'ab', false],
])('the pattern %s and %s: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});
