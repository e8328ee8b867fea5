import { validate } from '../../load/validate';
import { streamPolicy, streamPolicySize } from '../../policies/stream-policy';
import type { Reader } from '../../topology/resolve';
import { type Overrides, topology } from '../helpers/topology';

const STREAM =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';

function reader(id: string, role: string, partition = 'aws'): Reader {
  return {
    stackId: `consumer-${role}`,
    account: { id, region: 'us-east-1', partition },
    roleArn: `arn:${partition}:iam::${id}:role/${role}`,
  };
}

const billing = reader('111122223333', 'billing');
const search = reader('777788889999', 'search');
const audit = reader('111122223333', 'audit');
const ofOrganization = {
  test: 'StringEquals',
  variable: 'aws:PrincipalOrgID',
  values: ['o-exampleorgid'],
};

function policy(
  readers: Reader[],
  principal: 'role' | 'account',
  conditions: (typeof ofOrganization)[] = [],
) {
  const roleArns = readers.map(({ roleArn }) => roleArn);
  return streamPolicy({ readers, streamPolicy: { principal, conditions } }, STREAM, roleArns);
}

const readStream = {
  sid: 'AllowCrossAccountStreamAccess',
  actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  resources: [STREAM],
};

describe('principal: role', () => {
  test('names the role of one reader, without a condition', () => {
    expect(policy([billing], 'role')).toStrictEqual([
      {
        ...readStream,
        principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:role/billing'] }],
        condition: undefined,
      },
    ]);
  });

  test('names the roles of all readers in one statement', () => {
    expect(policy([billing, search], 'role')).toStrictEqual([
      {
        ...readStream,
        principals: [
          {
            type: 'AWS',
            identifiers: [
              'arn:aws:iam::111122223333:role/billing',
              'arn:aws:iam::777788889999:role/search',
            ],
          },
        ],
        condition: undefined,
      },
    ]);
  });

  test('names the roles as the caller passes them, such as references', () => {
    const roleArns = ['${data.terraform_remote_state.billing.outputs.role_arn}'];
    const streamSettings = { principal: 'role' as const, conditions: [] };
    expect(
      streamPolicy({ readers: [billing], streamPolicy: streamSettings }, STREAM, roleArns),
    ).toStrictEqual([
      { ...readStream, principals: [{ type: 'AWS', identifiers: roleArns }], condition: undefined },
    ]);
  });

  test('takes further conditions', () => {
    expect(policy([billing], 'role', [ofOrganization])).toStrictEqual([
      {
        ...readStream,
        principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:role/billing'] }],
        condition: [ofOrganization],
      },
    ]);
  });
});

describe('principal: account', () => {
  test('names the account of one reader, on condition of its role', () => {
    expect(policy([billing], 'account')).toStrictEqual([
      {
        ...readStream,
        principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
        condition: [
          {
            test: 'ArnEquals',
            variable: 'aws:PrincipalArn',
            values: ['arn:aws:iam::111122223333:role/billing'],
          },
        ],
      },
    ]);
  });

  test('names an account with two readers once', () => {
    expect(policy([billing, audit], 'account')).toStrictEqual([
      {
        ...readStream,
        principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
        condition: [
          {
            test: 'ArnEquals',
            variable: 'aws:PrincipalArn',
            values: [
              'arn:aws:iam::111122223333:role/billing',
              'arn:aws:iam::111122223333:role/audit',
            ],
          },
        ],
      },
    ]);
  });

  test('names the accounts of all readers, in the order of the readers', () => {
    expect(policy([search, billing], 'account')[0]?.principals).toStrictEqual([
      {
        type: 'AWS',
        identifiers: ['arn:aws:iam::777788889999:root', 'arn:aws:iam::111122223333:root'],
      },
    ]);
  });

  test('adds further conditions after that of the role', () => {
    expect(policy([billing], 'account', [ofOrganization])[0]?.condition).toStrictEqual([
      {
        test: 'ArnEquals',
        variable: 'aws:PrincipalArn',
        values: ['arn:aws:iam::111122223333:role/billing'],
      },
      ofOrganization,
    ]);
  });

  test('names the account in its own partition', () => {
    const chinese = reader('111122223333', 'billing', 'aws-cn');
    expect(policy([chinese], 'account')[0]?.principals).toStrictEqual([
      { type: 'AWS', identifiers: ['arn:aws-cn:iam::111122223333:root'] },
    ]);
  });
});

describe('streamPolicySize', () => {
  test.each<[string, Overrides, string]>([
    [
      'of a policy that names a role',
      {},
      '{"Version":"2012-10-17","Statement":[{"Sid":"AllowCrossAccountStreamAccess","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ProcessOrdersRole"},"Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator"],"Resource":"arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000"}]}',
    ],
    [
      'of a policy that names an account',
      { 'producers.orders.streamPolicy': { principal: 'account' } },
      '{"Version":"2012-10-17","Statement":[{"Sid":"AllowCrossAccountStreamAccess","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator"],"Resource":"arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ProcessOrdersRole"}}}]}',
    ],
    [
      'of a policy with letters that take two bytes each',
      {
        'producers.orders.streamPolicy': {
          conditions: [{ test: 'StringEquals', variable: 'aws:PrincipalTag/team', values: ['éé'] }],
        },
      },
      '{"Version":"2012-10-17","Statement":[{"Sid":"AllowCrossAccountStreamAccess","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ProcessOrdersRole"},"Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator"],"Resource":"arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000","Condition":{"StringEquals":{"aws:PrincipalTag/team":"éé"}}}]}',
    ],
  ])('%s is in bytes', (_, overrides, document) => {
    const [producer] = validate(topology(overrides)).topology?.producers ?? [];
    expect(producer && streamPolicySize(producer)).toBe(Buffer.byteLength(document));
  });
});
