import { functionPolicy, networkPolicy } from '../../policies/execution-role';
import { ofBucketOwner } from '../../policies/resource-policies';
import { policySize } from '../../policies/statement';
import { streamPolicies } from '../../policies/stream-reads';
import { BUCKET, FUNCTION, IAM, OBJECT_KEY_PREFIX } from '../../topology/limits';
import type { TableReference } from '../../topology/resolve';
import type { Encryption } from '../../topology/schema/encryption';

const POLLER_ONLY = { pollerOnly: true };
const ANYBODY = { pollerOnly: false };
const NOT_FROM_CODE = { test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] };

function table(
  number: number,
  name = 'Orders',
  encryption: Encryption = 'aws-owned',
): TableReference {
  const id = String(number).padStart(12, '0');
  return { account: { id, region: 'us-east-1', partition: 'aws' }, name, encryption };
}

function tables(count: number, name?: string): TableReference[] {
  return Array.from({ length: count }, (_, index) => table(index, name));
}

const arnOf = ({ account, name }: TableReference) =>
  `arn:aws:dynamodb:us-east-1:${account.id}:table/${name}/stream/*`;

/** The resources of each policy. */
function resources(references: readonly TableReference[]): string[][] {
  return streamPolicies(references, POLLER_ONLY).map((policy) =>
    policy.flatMap((part) => part.resources ?? []),
  );
}

describe('streamPolicies', () => {
  /** Where the function writes to, with the longest names of everything. */
  const bucket = `arn:aws-us-gov:s3:::${'b'.repeat(BUCKET.nameLength.max)}`;
  const consumer = {
    account: table(1).account,
    role: POLLER_ONLY,
    function: {
      type: 'created',
      name: 'f'.repeat(FUNCTION.nameLength.max),
      tracing: 'Active',
      vpc: { subnetIds: ['subnet-0123abcd'], securityGroupIds: ['sg-0123abcd'] },
    },
  } as Parameters<typeof functionPolicy>[0];
  const widest = {
    logGroupArn: `arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/aws/lambda/${'f'.repeat(FUNCTION.nameLength.max)}`,
    failedBatchesArn: bucket,
  };
  const widestGrant = {
    sid: 'WriteChanges',
    actions: ['s3:PutObject'],
    resources: [`${bucket}/${'p'.repeat(OBJECT_KEY_PREFIX.length.max - 1)}/*`],
    condition: [ofBucketOwner('111122223333')],
  };

  test('let its code do so too, and need no table in the encryption context, where asked for', () => {
    const [policy = []] = streamPolicies([table(1, 'Orders', 'customer-managed')], ANYBODY);
    expect(policy.map(({ sid, condition }) => [sid, condition])).toStrictEqual([
      ['ReadStreams', []],
      [
        'DecryptTable1',
        [
          {
            test: 'StringEquals',
            variable: 'kms:ViaService',
            values: ['dynamodb.us-east-1.amazonaws.com'],
          },
          {
            test: 'StringEqualsIfExists',
            variable: 'kms:EncryptionContext:aws:dynamodb:tableName',
            values: ['Orders'],
          },
        ],
      ],
    ]);
  });

  test('name a table once, and tables of one name in several accounts', () => {
    expect(resources([table(1), table(2), table(1), table(1, 'Items')])).toStrictEqual([
      [arnOf(table(1)), arnOf(table(2)), arnOf(table(1, 'Items'))],
    ]);
  });

  test.each([
    ['a short name', 'Abc', 1_000],
    ['a name of usual length', 'Orders', 1_000],
    ['the longest name', 'T'.repeat(255), 100],
  ])('are never over the quota, with tables of %s', (_, name, count) => {
    const [inline = 0, ...managed] = streamPolicies(tables(count, name), POLLER_ONLY).map(
      policySize,
    );
    const rest = policySize(functionPolicy(consumer, widest, [widestGrant]));
    expect(inline + rest).toBeLessThanOrEqual(IAM.inlinePoliciesSize);
    expect(managed.filter((size) => size > IAM.managedPolicySize)).toStrictEqual([]);
    expect(managed.length).toBeGreaterThan(0);
  });

  test('leave room for the network of a function', () => {
    const network = networkPolicy(consumer);
    const [inline = [], ...managed] = streamPolicies(
      tables(331, 'Abc'),
      POLLER_ONLY,
      undefined,
      network,
    );
    const rest = policySize(functionPolicy(consumer, widest, [widestGrant]));
    expect(policySize(inline) + policySize(network) + rest).toBeLessThanOrEqual(
      IAM.inlinePoliciesSize,
    );
    expect(managed.map((policy) => policySize(policy) <= IAM.managedPolicySize)).toEqual([
      ...[true, true, true],
    ]);
  });

  // With three letters an ARN takes 61 characters of the quota, with 255 it takes 313.
  test.each([
    ['a short name', 'Abc', 331, [130, 96, 96, 9]],
    ['the longest name', 'T'.repeat(255), 65, [25, 18, 18, 4]],
  ])('are filled before the next begins, with tables of %s', (_, name, count, lengths) => {
    expect(resources(tables(count, name)).map(({ length }) => length)).toStrictEqual(lengths);
  });
});

describe('the grants for customer managed keys', () => {
  const key = (id: string) => `arn:aws:kms:us-east-1:444455556666:key/${id}`;
  const managed = (number: number, name?: string) => table(number, name, 'customer-managed');
  const withKey = (number: number, name: string, id: string) =>
    table(number, name, { kmsKeyArn: key(id) });

  const viaDynamodb = {
    test: 'StringEquals',
    variable: 'kms:ViaService',
    values: ['dynamodb.us-east-1.amazonaws.com'],
  };
  const ofTable = (name: string) => ({
    test: 'StringEquals',
    variable: 'kms:EncryptionContext:aws:dynamodb:tableName',
    values: [name],
  });
  const read = (...tables: TableReference[]) => ({
    sid: 'ReadStreams',
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    condition: [NOT_FROM_CODE],
    resources: tables.map(arnOf),
  });
  const decryptKeys = (...ids: string[]) => ({
    sid: 'DecryptKeys',
    actions: ['kms:Decrypt'],
    condition: [NOT_FROM_CODE, viaDynamodb],
    resources: ids.map(key),
  });
  const decryptTable = (number: number, name: string, ...accounts: string[]) => ({
    sid: `DecryptTable${number}`,
    actions: ['kms:Decrypt'],
    condition: [NOT_FROM_CODE, viaDynamodb, ofTable(name)],
    resources: accounts.map((id) => `arn:aws:kms:us-east-1:${id}:key/*`),
  });

  const readByCode = (source: TableReference): TableReference => ({ ...source, readTable: true });
  const items = (...tables: TableReference[]) => ({
    sid: 'ReadTables',
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    resources: tables.flatMap(({ account, name }) => {
      const arn = `arn:aws:dynamodb:us-east-1:${account.id}:table/${name}`;
      return [arn, `${arn}/index/*`];
    }),
  });

  test.each<[string, TableReference[], object[]]>([
    [
      'let the code read a table and its indexes where asked for, and decrypt them',
      [
        readByCode(managed(1)),
        managed(2),
        readByCode(withKey(3, 'Items', 'a')),
        withKey(4, 'Items', 'b'),
        readByCode(table(5)),
      ],
      [
        read(table(1), table(2), table(3, 'Items'), table(4, 'Items'), table(5)),
        items(table(1), table(3, 'Items'), table(5)),
        {
          ...decryptTable(1, 'Orders', '000000000001'),
          sid: 'DecryptTableForCode1',
          condition: [viaDynamodb, ofTable('Orders')],
        },
        decryptTable(1, 'Orders', '000000000002'),
        { ...decryptKeys('a'), sid: 'DecryptKeysForCode', condition: [viaDynamodb] },
        decryptKeys('b'),
      ],
    ],
    ['name a key that exists', [withKey(1, 'Orders', 'a')], [read(table(1)), decryptKeys('a')]],
    [
      'name several keys in one statement, in the order of the tables',
      [withKey(2, 'Items', 'b'), withKey(1, 'Orders', 'a')],
      [read(table(2, 'Items'), table(1)), decryptKeys('b', 'a')],
    ],
    [
      'name the key of two tables once',
      [withKey(1, 'Orders', 'a'), withKey(1, 'Items', 'a')],
      [read(table(1), table(1, 'Items')), decryptKeys('a')],
    ],
    [
      'take a key that the stack will make by the table of its account',
      [managed(1)],
      [read(table(1)), decryptTable(1, 'Orders', '000000000001')],
    ],
    [
      'take one table in several accounts in one statement',
      [managed(1), managed(2)],
      [read(table(1), table(2)), decryptTable(1, 'Orders', '000000000001', '000000000002')],
    ],
    [
      'take two tables of one account in a statement each',
      [managed(1), managed(1, 'Items')],
      [
        read(table(1), table(1, 'Items')),
        decryptTable(1, 'Orders', '000000000001'),
        decryptTable(2, 'Items', '000000000001'),
      ],
    ],
    [
      'are in one policy with each other',
      [table(1), withKey(2, 'Items', 'a'), managed(3, 'Carts'), managed(4, 'Items')],
      [
        read(table(1), table(2, 'Items'), table(3, 'Carts'), table(4, 'Items')),
        decryptKeys('a'),
        decryptTable(3, 'Carts', '000000000003'),
        decryptTable(2, 'Items', '000000000004'),
      ],
    ],
  ])('%s', (_, references, statements) => {
    expect(streamPolicies(references, POLLER_ONLY)).toStrictEqual([statements]);
  });

  test.each([
    [
      'cn-north-1',
      'aws-cn',
      ['dynamodb.cn-north-1.amazonaws.com', 'dynamodb.cn-north-1.amazonaws.com.cn'],
    ],
    ['us-gov-west-1', 'aws-us-gov', ['dynamodb.us-gov-west-1.amazonaws.com']],
  ])('in %s are for the services and keys there', (region, partition, values) => {
    const account = { id: '444455556666', region, partition };
    const kmsKeyArn = `arn:${partition}:kms:${region}:444455556666:key/a`;
    const [policy] = streamPolicies(
      [
        { account, name: 'Orders', encryption: 'customer-managed' },
        { account, name: 'Items', encryption: { kmsKeyArn } },
      ],
      POLLER_ONLY,
    );
    const via = { ...viaDynamodb, values };
    expect(policy).toStrictEqual([
      {
        ...read(),
        resources: ['Orders', 'Items'].map(
          (name) => `arn:${partition}:dynamodb:${region}:444455556666:table/${name}/stream/*`,
        ),
      },
      {
        sid: 'DecryptTable1',
        actions: ['kms:Decrypt'],
        condition: [NOT_FROM_CODE, via, ofTable('Orders')],
        resources: [`arn:${partition}:kms:${region}:444455556666:key/*`],
      },
      {
        sid: 'DecryptKeys',
        actions: ['kms:Decrypt'],
        condition: [NOT_FROM_CODE, via],
        resources: [kmsKeyArn],
      },
    ]);
  });

  describe.each<[string, (number: number) => TableReference, (number: number) => string]>([
    [
      'keys that the stacks make',
      (number) => managed(number),
      (number) => `arn:aws:kms:us-east-1:${String(number).padStart(12, '0')}:key/*`,
    ],
    [
      'keys that exist',
      (number) => withKey(number, 'Orders', `key-${number}`),
      (number) => key(`key-${number}`),
    ],
  ])('of %s', (_, referenceOf, keyOf) => {
    const references = (count: number) => Array.from({ length: count }, (_, n) => referenceOf(n));

    test('are all there, each once, in policies within the quotas', () => {
      const policies = streamPolicies(references(400), POLLER_ONLY);
      const [inline = 0, ...others] = policies.map(policySize);
      const granted = policies.flat().flatMap((statement) => statement.resources ?? []);
      const expected = references(400).flatMap((reference, n) => [arnOf(reference), keyOf(n)]);
      expect(others.length).toBeGreaterThan(1);
      expect(inline).toBeLessThanOrEqual(IAM.inlinePoliciesSize - 2_048);
      const [encrypted = []] = streamPolicies(references(400), POLLER_ONLY, 'customer-managed');
      expect(policySize(encrypted)).toBeLessThanOrEqual(IAM.inlinePoliciesSize - 4_096);
      expect(others.filter((size) => size > IAM.managedPolicySize)).toStrictEqual([]);
      expect([...granted].sort()).toStrictEqual([...expected].sort());
    });

    test('leave full policies as they are when a table comes at the end', () => {
      for (let count = 60; count < 200; count += 1) {
        const before = streamPolicies(references(count), POLLER_ONLY);
        const after = streamPolicies(references(count + 1), POLLER_ONLY);
        expect(after.slice(0, before.length - 1)).toStrictEqual(before.slice(0, -1));
      }
    });

    test('have their conditions in every policy', () => {
      const conditions = streamPolicies(references(400), POLLER_ONLY).map((policy) => [
        ...new Set(
          policy
            .filter(({ actions }) => actions.includes('kms:Decrypt'))
            .map(({ condition }) => JSON.stringify(condition)),
        ),
      ]);
      const [first] = streamPolicies(references(1), POLLER_ONLY);
      const expected = JSON.stringify(first?.[1]?.condition);
      expect(conditions.length).toBeGreaterThan(2);
      expect(conditions).toStrictEqual(conditions.map(() => [expected]));
    });
  });
});
