import { streamPolicySize } from '../../policies/stream-policy';
import { resolved } from '../helpers/synth-app';
import { type Overrides, topology } from '../helpers/topology';

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
    const [producer] = resolved(topology(overrides)).producers;
    expect(producer && streamPolicySize(producer)).toBe(Buffer.byteLength(document));
  });
});
