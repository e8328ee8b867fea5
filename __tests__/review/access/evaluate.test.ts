import fc from 'fast-check';

import { matches, overlap } from '../../../policies/conditions';
import { type AccessRequest, decide, type Policy } from '../../../review/access/evaluate';
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

const DYNAMODB = `arn:aws:dynamodb:us-east-1:${OWNER}:table`;
const KMS = `arn:aws:kms:us-east-1:${OWNER}:key`;
const SNS = `arn:aws:sns:us-east-1:${OWNER}`;
const IAM = `arn:aws:iam::${OWNER}:role`;
const BUCKET = 'arn:aws:s3:::failed-batches';
const VIA = 'dynamodb.us-east-1.amazonaws.com';
const CLOUDWATCH = 'cloudwatch.amazonaws.com';

/** What is asked for, with patterns that match it, nearly match it, or match something else. */
const ASKED: readonly [action: string, resource: string, ...patterns: string[]][] = [
  ['dynamodb:GetRecords', `${DYNAMODB}/Orders/stream/1`, `${DYNAMODB}/Orders/*`, `${DYNAMODB}/*/?`],
  ['dynamodb:GetRecords', `${DYNAMODB}/Orders/stream/1`, 'arn:aws:dynamodb:*:4444*:table/O*/1'],
  ['kms:Decrypt', `${KMS}/1234abcd`, `${KMS}/*`, `${KMS}/1234abcd`, `${KMS}/other`],
  ['s3:PutObject', `${BUCKET}/aws/x`, `${BUCKET}/aws/*`, `${BUCKET}/?ws/*x`, `${BUCKET}`],
  ['sns:Publish', `${SNS}:alarms`, `${SNS}:alarms`, `${SNS}:other`],
  ['sts:AssumeRole', `${IAM}/Reader`, `${IAM}/R*`, `${IAM}/Other`],
];

const ROLES = [`${IAM}/Reader`, `arn:aws:iam::${READER}:role/Reader`];
const ROOTS = [OWNER, READER].map((account) => `arn:aws:iam::${account}:root`);

/** Condition keys with their values. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'aws:PrincipalArn': [...ROLES, 'arn:aws:iam::*:role/R*'],
  'aws:SecureTransport': ['true', 'false'],
  'aws:SourceAccount': [OWNER, READER],
  'kms:ViaService': [VIA, 'dynamodb.*'],
  'kms:EncryptionContext:aws:dynamodb:tableName': ['Orders', 'orders'],
  'lambda:SourceFunctionArn': [`arn:aws:lambda:us-east-1:${READER}:function:Process`],
  's3:ResourceAccount': [OWNER, READER],
};

const some = <T>(...values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
/** The first is three times as likely. */
const mostly = <T>(usual: T, other: T) => fc.constantFrom(usual, usual, usual, other);

const principals = fc.oneof(
  fc.constant<'*'>('*'),
  some(...ROLES, ...ROOTS, READER).map((AWS) => ({ AWS })),
  some(CLOUDWATCH, 'lambda.amazonaws.com').map((Service) => ({ Service })),
);

function operatorsFor(key: string): string[] {
  if (key === 'aws:SecureTransport') return ['Bool'];
  const kind = key.endsWith('Arn') ? 'Arn' : 'String';
  const tests = ['Equals', 'NotEquals', 'Like', 'NotLike'];
  const more = kind === 'Arn' ? [] : ['EqualsIgnoreCase', 'NotEqualsIgnoreCase'];
  return [...tests, ...more].map((test) => `${kind}${test}`);
}

const condition = fc.constantFrom(...Object.entries(KEYS)).chain(([key, values]) =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom(...operatorsFor(key)), mostly('', 'IfExists'), some(...values))
      .map(([operator, suffix, wanted]) => ({ [`${operator}${suffix}`]: { [key]: wanted } })),
    fc.constantFrom('true', 'false').map((wanted) => ({ Null: { [key]: wanted } })),
  ),
);

function documentFor(
  [action, , ...patterns]: (typeof ASKED)[number],
  Principal: fc.Arbitrary<unknown> = fc.constant(undefined),
): fc.Arbitrary<PolicyDocument> {
  const [service = ''] = action.split(':');
  const statement = fc
    .record({
      Effect: mostly('Allow', 'Deny'),
      Principal,
      action: mostly('Action', 'NotAction'),
      actions: some(action, action.toUpperCase(), `${service}:*`, `${service}:G*`, '*', 's3:Get*'),
      resource: mostly('Resource', 'NotResource'),
      resources: some(...patterns, '*'),
      Condition: fc.option(condition, { nil: undefined, freq: 2 }),
    })
    .map(({ action: Action, actions, resource: Resource, resources, ...more }) =>
      JSON.parse(JSON.stringify({ ...more, [Action]: actions, [Resource]: resources })),
    );
  const statements = fc.array(statement, { minLength: 1, maxLength: 3 });
  return statements.map((Statement) => ({ Version: '2012-10-17', Statement }));
}

const question: fc.Arbitrary<Question> = fc
  .tuple(fc.constantFrom(...ASKED), fc.constantFrom(...ROLES, ROOTS[1] ?? '', CLOUDWATCH))
  .chain(([asked, principal]) => {
    const [action, resource] = asked;
    const isService = principal === CLOUDWATCH;
    const values = Object.entries(KEYS)
      .filter(([key]) => key !== 'aws:PrincipalArn')
      .map(([key, [value = '']]): [string, fc.Arbitrary<string>] => [key, fc.constant(value)]);
    const optional = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined, freq: 2 });
    const resourcePolicy = documentFor(asked, principals);
    return fc
      .record({
        context: fc.record<Record<string, string>>(Object.fromEntries(values), {
          requiredKeys: [],
        }),
        identityPolicies: fc.array(documentFor(asked), { maxLength: isService ? 0 : 2 }),
        permissionsBoundary: isService ? fc.constant(undefined) : optional(documentFor(asked)),
        // A key and a role always have a policy.
        resourcePolicy: /kms|sts/.test(action) ? resourcePolicy : optional(resourcePolicy),
      })
      .map(({ context, ...policies }) => ({
        ...policies,
        principal,
        action,
        resource,
        account: OWNER,
        context: { ...context, ...(!isService && { 'aws:PrincipalArn': principal }) },
      }));
  });

test('every generated request is decided as by iam-simulate', async () => {
  const allowed: boolean[] = [];
  await fc.assert(
    fc.asyncProperty(question, async (each) => {
      const decision = decide(requestOf(each));
      allowed.push(decision.allowed);
      expect(decision.allowed).toBe(await simulate(each));
    }),
    { seed: SEED, numRuns: 400 },
  );
  expect(allowed.filter((yes) => yes).length).toBeGreaterThan(30);
});

test.each<[string, string, string, string | undefined, boolean]>([
  ['StringEquals', 'kms:ViaService', VIA, VIA, true],
  ['StringEquals', 'kms:ViaService', 'dynamodb.*', VIA, false],
  ['StringEquals', 'KMS:viaservice', VIA, undefined, false],
  ['StringEqualsIfExists', 'kms:ViaService', VIA, undefined, true],
  ['StringEqualsIfExists', 'kms:ViaService', VIA, 's3', false],
  ['StringNotEquals', 'kms:ViaService', VIA, undefined, true],
  ['StringLike', 'kms:ViaService', 'dynamodb.*', VIA, true],
  ['StringNotLike', 'kms:ViaService', 'dynamodb.*', VIA, false],
  ['StringNotLike', 'kms:ViaService', 'dynamodb.*', undefined, true],
  ['StringNotEqualsIgnoreCase', 'kms:ViaService', VIA.toUpperCase(), VIA, false],
  ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/R*', ROLES[0], true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/*', ROLES[0], false],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:*:Reader:*:*', ROLES[0], false],
  ['ArnNotEquals', 'aws:PrincipalArn', ROLES[1] ?? '', ROLES[0], true],
  ['Bool', 'aws:SecureTransport', 'False', 'false', true],
  ['Null', 'kms:ViaService', 'true', undefined, true],
  ['Null', 'kms:ViaService', 'true', VIA, false],
  ['Null', 'kms:ViaService', 'false', VIA, true],
])('%s %s %s with %s: %s', async (operator, key, wanted, given, expected) => {
  const [, resource = ''] = ASKED[2] ?? [];
  const each: Question = {
    principal: ROLES[0] ?? '',
    action: 'kms:Decrypt',
    resource,
    account: OWNER,
    context: {
      'aws:PrincipalArn': ROLES[0] ?? '',
      ...(given !== undefined && { [key]: given }),
    },
    identityPolicies: [],
    resourcePolicy: {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: '*',
        Resource: '*',
        Condition: { [operator]: { [key]: wanted } },
      },
    },
  };
  expect([decide(requestOf(each)).allowed, await simulate(each)]).toEqual([expected, expected]);
});

describe('what decided is named', () => {
  const [, ROLE = ''] = ROLES;
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
    resource: `${KMS}/1234abcd-12ab-34cd-56ef-1234567890ab`,
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

test('patterns overlap where some text matches both', () => {
  // Of patterns of three characters a common text has at most six.
  const texts = [''];
  for (const text of texts) if (text.length < 6) texts.push(`${text}a`, `${text}b`);
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 3 });
  fc.assert(
    fc.property(pattern, pattern, (one, other) => {
      const both = texts.some((text) => matches(one, text) && matches(other, text));
      expect(overlap(one, other)).toBe(both);
    }),
    { seed: SEED, numRuns: 500 },
  );
});
