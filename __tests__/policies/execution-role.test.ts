import { functionPolicy, streamPolicies, trustPolicy } from '../../policies/execution-role';
import { policySize } from '../../policies/statement';
import { IAM } from '../../topology/limits';
import type { TableReference } from '../../topology/resolve';

function table(number: number, name = 'Orders'): TableReference {
  const id = String(number).padStart(12, '0');
  return { account: { id, region: 'us-east-1', partition: 'aws' }, name };
}

function tables(count: number, name?: string): TableReference[] {
  return Array.from({ length: count }, (_, index) => table(index, name));
}

const arnOf = ({ account, name }: TableReference) =>
  `arn:aws:dynamodb:us-east-1:${account.id}:table/${name}/stream/*`;

/** The resources of each policy. */
function resources(references: readonly TableReference[]): string[][] {
  return streamPolicies(references).map((policy) => policy.flatMap((part) => part.resources ?? []));
}

test('trustPolicy lets Lambda, and nobody else, assume the role', () => {
  expect(trustPolicy()).toStrictEqual([
    {
      sid: 'AllowLambda',
      principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
      actions: ['sts:AssumeRole'],
    },
  ]);
});

test('functionPolicy lets the function write its own log and list streams', () => {
  expect(
    functionPolicy('arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/ProcessOrders'),
  ).toStrictEqual([
    {
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/ProcessOrders:*'],
    },
    { sid: 'ListStreams', actions: ['dynamodb:ListStreams'], resources: ['*'] },
  ]);
});

describe('streamPolicies', () => {
  /** The longest name of a function's log group. */
  const wide = `/aws/lambda/${'f'.repeat(64)}`;

  test('of no table is no policy', () => {
    expect(streamPolicies([])).toStrictEqual([]);
  });

  test('of one table lets the role read the streams of it', () => {
    expect(streamPolicies([table(444455556666)])).toStrictEqual([
      [
        {
          sid: 'ReadStreams',
          actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
          resources: ['arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*'],
        },
      ],
    ]);
  });

  test.each([
    ['cn-north-1', 'aws-cn', 'arn:aws-cn:dynamodb:cn-north-1:444455556666:table/Orders/stream/*'],
    [
      'us-gov-west-1',
      'aws-us-gov',
      'arn:aws-us-gov:dynamodb:us-gov-west-1:444455556666:table/Orders/stream/*',
    ],
  ])('of a table in %s names the partition %s', (region, partition, arn) => {
    const account = { id: '444455556666', region, partition };
    expect(resources([{ account, name: 'Orders' }])).toStrictEqual([[arn]]);
  });

  test('name a table once', () => {
    expect(resources([table(1), table(2), table(1)])).toStrictEqual([
      [arnOf(table(1)), arnOf(table(2))],
    ]);
  });

  test('name tables of one name in several accounts, and of several names in one', () => {
    expect(resources([table(1), table(2), table(1, 'Items')])).toStrictEqual([
      [arnOf(table(1)), arnOf(table(2)), arnOf(table(1, 'Items'))],
    ]);
  });

  test('keep the order of the tables', () => {
    const reversed = tables(400).reverse();
    expect(resources(reversed).flat()).toStrictEqual(reversed.map(arnOf));
  });

  test.each([
    ['a short name', 'Abc', 1_000],
    ['a name of usual length', 'Orders', 1_000],
    ['the longest name', 'T'.repeat(255), 100],
  ])('are never over the quota, with tables of %s', (_, name, count) => {
    const [inline = 0, ...managed] = streamPolicies(tables(count, name)).map(policySize);
    const rest = policySize(
      functionPolicy(`arn:aws:logs:us-east-1:111122223333:log-group:${wide}`),
    );
    expect(inline + rest).toBeLessThanOrEqual(IAM.inlinePoliciesSize);
    expect(managed.filter((size) => size > IAM.managedPolicySize)).toStrictEqual([]);
    expect(managed.length).toBeGreaterThan(0);
  });

  test('leave 2,048 characters of the inline policies to that of the function', () => {
    const [inline = 0] = streamPolicies(tables(1_000)).map(policySize);
    const arn = '"arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/*",';
    expect(inline).toBeLessThanOrEqual(10_240 - 2_048);
    expect(inline + arn.length).toBeGreaterThan(10_240 - 2_048);
  });

  test('of 1,000 tables are one inline policy and no more managed ones than IAM attaches', () => {
    expect(streamPolicies(tables(1_000)).length).toBeLessThanOrEqual(
      1 + IAM.managedPoliciesPerRole,
    );
  });

  // With three letters an ARN takes 61 characters of the quota, with 255 it takes 313.
  test.each([
    ['a short name', 'Abc', 331, [131, 97, 97, 6]],
    ['a name of usual length', 'Orders', 315, [125, 93, 93, 4]],
    ['the longest name', 'T'.repeat(255), 65, [25, 19, 19, 2]],
  ])('are filled before the next begins, with tables of %s', (_, name, count, lengths) => {
    expect(resources(tables(count, name)).map(({ length }) => length)).toStrictEqual(lengths);
  });

  test.each([
    ['fills up the first', 124, [125]],
    ['begins a second', 125, [125, 1]],
    ['goes on with the second', 126, [125, 2]],
    ['fills up the second', 217, [125, 93]],
    ['begins a third', 218, [125, 93, 1]],
    ['fills up the third', 310, [125, 93, 93]],
  ])('a table at the end %s and leaves the others as they are', (_, count, lengths) => {
    const before = resources(tables(count));
    const after = resources(tables(count + 1));
    const untouched = lengths.length - 1;
    expect(after.map(({ length }) => length)).toStrictEqual(lengths);
    expect(after.slice(0, untouched)).toStrictEqual(before.slice(0, untouched));
    expect(after.flat()).toStrictEqual([...before.flat(), arnOf(table(count))]);
  });
});
