import { type AccessRequest, decide } from '../../../review/access/simulate';

const ROLE = 'arn:aws:iam::111122223333:role/Reader';
const KEY = 'arn:aws:kms:us-east-1:444455556666:key/00000000-0000-4000-8000-000000000001';

const allow = (Action: string, Resource: string, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Allow', Effect: 'Allow' as const, Action, Resource, ...more }],
});

const REQUEST: AccessRequest = {
  principal: ROLE,
  action: 'kms:Decrypt',
  resource: KEY,
  account: '444455556666',
  context: { 'aws:PrincipalArn': ROLE },
  identityPolicies: [{ name: 'policy', document: allow('kms:Decrypt', '*') }],
  resourcePolicy: allow('kms:Decrypt', '*', { Principal: { AWS: ROLE } }),
};

test('both sides allow, and are named', async () => {
  expect(await decide(REQUEST)).toEqual({
    allowed: true,
    by: ['role: policy/Allow', 'resource policy: Allow'],
  });
});

test('a side that is silent is named', async () => {
  expect(await decide({ ...REQUEST, identityPolicies: [] })).toEqual({
    allowed: false,
    by: ['role: no statement'],
  });
  expect(
    await decide({ ...REQUEST, resourcePolicy: allow('kms:Encrypt', '*', { Principal: '*' }) }),
  ).toEqual({ allowed: false, by: ['resource policy: no statement'] });
});

test('without a policy another account has no access', async () => {
  const resource = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
  const identityPolicies = [{ name: 'all', document: allow('*', '*') }];
  expect(
    await decide({
      ...REQUEST,
      action: 'dynamodb:GetItem',
      resource,
      identityPolicies,
      resourcePolicy: undefined,
    }),
  ).toEqual({ allowed: false, by: ['resource policy: there is none'] });
});

test('a statement that denies is named', async () => {
  const resourcePolicy = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'No', Effect: 'Deny' as const, Principal: '*' as const, Action: 'kms:*' }],
  };
  const document = {
    ...resourcePolicy,
    Statement: [{ ...resourcePolicy.Statement[0], Resource: '*' }],
  };
  expect(await decide({ ...REQUEST, resourcePolicy: document as never })).toEqual({
    allowed: false,
    by: ['resource policy: No'],
  });
});

test('a permissions boundary that does not allow is named', async () => {
  const permissionsBoundary = { name: 'Boundary', document: allow('s3:*', '*') };
  expect(await decide({ ...REQUEST, permissionsBoundary })).toEqual({
    allowed: false,
    by: ['permissions boundary: no statement'],
  });
});

test.each([
  ['Orders', true],
  ['Invoices', false],
])('the encryption context counts: for table %s it is %s', async (table, allowed) => {
  const Condition = {
    StringEqualsIfExists: { 'kms:EncryptionContext:aws:dynamodb:tableName': 'Orders' },
  };
  const decision = await decide({
    ...REQUEST,
    context: { ...REQUEST.context, 'kms:EncryptionContext:aws:dynamodb:tableName': table },
    identityPolicies: [{ name: 'policy', document: allow('kms:Decrypt', '*', { Condition }) }],
  });
  expect(decision.allowed).toBe(allowed);
});

test.each([
  ['Lambda itself', {}, true],
  ['the code of a function', { 'lambda:SourceFunctionArn': 'arn:aws:lambda:x' }, false],
])('whether a function asks counts: %s', async (_, context, allowed) => {
  const Condition = { Null: { 'lambda:SourceFunctionArn': 'true' } };
  const decision = await decide({
    ...REQUEST,
    context: { ...REQUEST.context, ...context },
    identityPolicies: [{ name: 'policy', document: allow('kms:Decrypt', '*', { Condition }) }],
  });
  expect(decision.allowed).toBe(allowed);
});

test.each([
  ['111122223333', true],
  ['999999999999', false],
])('the owner of a bucket counts: for account %s it is %s', async (owner, allowed) => {
  const Condition = { StringEquals: { 's3:ResourceAccount': '111122223333' } };
  const decision = await decide({
    ...REQUEST,
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::bucket/key',
    account: '111122223333',
    context: { ...REQUEST.context, 's3:ResourceAccount': owner },
    identityPolicies: [{ name: 'policy', document: allow('s3:PutObject', '*', { Condition }) }],
    resourcePolicy: undefined,
  });
  expect(decision.allowed).toBe(allowed);
});

test('accounts that a pattern tells apart are not taken for one another', async () => {
  const request = (account: string): AccessRequest => ({
    ...REQUEST,
    account,
    resource: KEY.replace('444455556666', account),
    identityPolicies: [
      { name: 'policy', document: allow('kms:Decrypt', 'arn:aws:kms:us-east-1:4444*:key/*') },
    ],
  });
  expect((await decide(request('444455556666'))).allowed).toBe(true);
  expect((await decide(request('777788889999'))).allowed).toBe(false);
});

test('refuses an action that does not exist', async () => {
  await expect(decide({ ...REQUEST, action: 'kms:Unlock' })).rejects.toThrow(
    `${ROLE} kms:Unlock on ${KEY} cannot be evaluated: {"message":"invalid.action"}`,
  );
});
