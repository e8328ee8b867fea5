import { keyPolicy, throughDynamodb } from '../../policies/key-policy';
import type { ResolvedProducer } from '../../topology/resolve';
import { resolved } from '../helpers/synth-app';
import { consumer, type Overrides, topology } from '../helpers/topology';

function policy(overrides: Overrides = {}, roleArns?: string[]) {
  const [producer] = resolved(topology(overrides)).producers as [ResolvedProducer];
  return keyPolicy(producer, roleArns ?? producer.readers.map(({ roleArn }) => roleArn));
}

const ADMINISTRATION = {
  sid: 'AllowAccountAdministration',
  principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::444455556666:root'] }],
  actions: ['kms:*'],
  resources: ['*'],
};

const VIA_DYNAMODB = {
  test: 'StringEquals',
  variable: 'kms:ViaService',
  values: ['dynamodb.us-east-1.amazonaws.com'],
};

const DECRYPTION = {
  sid: 'AllowCrossAccountStreamDecryption',
  principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:role/ProcessOrdersRole'] }],
  actions: ['kms:Decrypt'],
  resources: ['*'],
  condition: [VIA_DYNAMODB],
};

const SECOND_READER: Overrides = {
  'consumers.search': consumer('Search'),
  'subscriptions[1]': { producer: 'orders', consumer: 'search' },
};

const CHINA: Overrides = {
  'accounts.analytics.region': 'cn-north-1',
  'accounts.shop.region': 'cn-north-1',
};

const BY_ACCOUNT: Overrides = { 'producers.orders.streamPolicy': { principal: 'account' } };

describe('the policy of a key', () => {
  test.each<[string, Overrides, object[]]>([
    ['lets its account only, without a reader', { subscriptions: [] }, [ADMINISTRATION]],
    ['lets its account and a reader', {}, [ADMINISTRATION, DECRYPTION]],
    [
      'lets two readers in one statement',
      SECOND_READER,
      [
        ADMINISTRATION,
        {
          ...DECRYPTION,
          principals: [
            {
              type: 'AWS',
              identifiers: [
                'arn:aws:iam::111122223333:role/ProcessOrdersRole',
                'arn:aws:iam::111122223333:role/SearchRole',
              ],
            },
          ],
        },
      ],
    ],
    [
      'lets the account of two readers, on condition of their roles',
      { ...SECOND_READER, ...BY_ACCOUNT },
      [
        ADMINISTRATION,
        {
          ...DECRYPTION,
          principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
          condition: [
            {
              test: 'ArnEquals',
              variable: 'aws:PrincipalArn',
              values: [
                'arn:aws:iam::111122223333:role/ProcessOrdersRole',
                'arn:aws:iam::111122223333:role/SearchRole',
              ],
            },
            VIA_DYNAMODB,
          ],
        },
      ],
    ],
    [
      'in China lets both names of the service',
      CHINA,
      [
        {
          ...ADMINISTRATION,
          principals: [{ type: 'AWS', identifiers: ['arn:aws-cn:iam::444455556666:root'] }],
        },
        {
          ...DECRYPTION,
          principals: [
            { type: 'AWS', identifiers: ['arn:aws-cn:iam::111122223333:role/ProcessOrdersRole'] },
          ],
          condition: [
            {
              ...VIA_DYNAMODB,
              values: ['dynamodb.cn-north-1.amazonaws.com', 'dynamodb.cn-north-1.amazonaws.com.cn'],
            },
          ],
        },
      ],
    ],
  ])('%s', (_, overrides, statements) => {
    expect(policy(overrides)).toStrictEqual(statements);
  });

  test('names roles as the caller names them', () => {
    expect(policy({}, ['${data.x.outputs.role_arn}'])).toStrictEqual([
      ADMINISTRATION,
      {
        ...DECRYPTION,
        principals: [{ type: 'AWS', identifiers: ['${data.x.outputs.role_arn}'] }],
      },
    ]);
  });
});

test.each([
  ['us-east-1', ['dynamodb.us-east-1.amazonaws.com']],
  ['us-gov-west-1', ['dynamodb.us-gov-west-1.amazonaws.com']],
  [
    'cn-northwest-1',
    ['dynamodb.cn-northwest-1.amazonaws.com', 'dynamodb.cn-northwest-1.amazonaws.com.cn'],
  ],
])('DynamoDB in %s is known to KMS as %j', (region, values) => {
  expect(throughDynamodb(region)).toStrictEqual({
    test: 'StringEquals',
    variable: 'kms:ViaService',
    values,
  });
});
