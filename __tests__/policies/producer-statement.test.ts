import { producerStatement } from '../../policies/producer-statement';
import { renderPolicy } from '../../policies/statement';
import { streamPolicies } from '../../policies/stream-reads';
import type { ResolvedConsumer } from '../../topology/resolve';
import { simulate } from '../helpers/oracle';
import { resolved } from '../helpers/synth-app';
import { existingStream, type Overrides, STREAM_OF_OTHERS, topology } from '../helpers/topology';

const KEY = 'arn:aws:kms:us-east-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const ROLE = 'arn:aws:iam::111122223333:role/streams/Process.Orders-2';
const ITEMS = 'arn:aws:dynamodb:us-east-1:777788889999:table/Items';
const ROOT = { AWS: 'arn:aws:iam::111122223333:root' };

function consumer(overrides: Overrides = {}): ResolvedConsumer {
  const role = { name: 'Process.Orders-2', path: '/streams/' };
  const content = topology({ 'consumers.process-orders.role': role, ...overrides });
  const [first] = resolved(content).consumers as [ResolvedConsumer];
  return first;
}

test('the owners of streams and of their key add a statement each, which is for the role alone', () => {
  const other = STREAM_OF_OTHERS.replace('Orders', 'Items');
  const reader = consumer({
    ...existingStream({ kmsKeyArn: KEY }),
    'producers.items': { existingStream: { arn: other, kmsKeyArn: KEY } },
    'subscriptions[1]': { producer: 'items', consumer: 'process-orders', readTable: true },
  });
  const ofStream = (arn: string) => ({
    Sid: 'AllowStreamAccess111122223333Process2eOrders2d2',
    Effect: 'Allow',
    Principal: ROOT,
    Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    Resource: arn,
    Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
  });
  expect(producerStatement(reader)).toEqual({
    [STREAM_OF_OTHERS]: ofStream(STREAM_OF_OTHERS),
    [other]: ofStream(other),
    [ITEMS]: {
      ...ofStream(ITEMS),
      Sid: 'AllowTableReads111122223333Process2eOrders2d2',
      Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      Resource: [ITEMS, `${ITEMS}/index/*`],
    },
    [KEY]: {
      Sid: 'AllowStreamDecryption111122223333Process2eOrders2d2',
      Effect: 'Allow',
      Principal: ROOT,
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': ROLE },
        StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' },
      },
    },
  });
});

describe('with them and its own policies', () => {
  const reader = consumer(existingStream({ kmsKeyArn: KEY }));
  const ask = (action: string, resource: string, arn = ROLE) =>
    simulate({
      principal: arn,
      action,
      resource,
      account: '777788889999',
      context: { 'aws:PrincipalArn': arn, 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' },
      identityPolicies: streamPolicies(reader.sources, reader.role).map((policy) =>
        JSON.parse(renderPolicy(policy)),
      ),
      resourcePolicy: JSON.parse(
        JSON.stringify({
          Version: '2012-10-17',
          Statement: producerStatement(reader)[resource],
        }),
      ),
    });

  test.each([
    ['dynamodb:DescribeStream', STREAM_OF_OTHERS],
    ['dynamodb:GetRecords', STREAM_OF_OTHERS],
    ['dynamodb:GetShardIterator', STREAM_OF_OTHERS],
    ['kms:Decrypt', KEY],
  ])('the role may %s, and no other role of its account', async (action, resource) => {
    expect(await ask(action, resource)).toBe(true);
    const other = 'arn:aws:iam::111122223333:role/Other';
    expect(await ask(action, resource, other)).toBe(false);
  });
});
