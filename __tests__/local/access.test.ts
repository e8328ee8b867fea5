import { loadTopology } from '../../load/load';
import { accessOf } from '../../local/access';
import { Stacks } from '../../review/read/resources';
import { arns } from '../../topology/arns';
import type { ResolvedConsumer, ResolvedSubscription } from '../../topology/resolve';
import { EVERYTHING } from '../helpers/everything';
import { type Edit, statementsIn, synthesizedStacks, withoutStatement } from '../helpers/review';
import { SHIPPED } from '../helpers/shipped-topologies';
import { resolved } from '../helpers/synth-app';
import { existingStream, STREAM_OF_OTHERS, topology } from '../helpers/topology';

const TOPOLOGY = resolved(
  topology({
    'producers.orders.table.encryption': 'customer-managed',
    'consumers.process-orders.encryption': 'customer-managed',
    'consumers.process-orders.sink': { type: 's3' },
  }),
);
const [{ role, failedBatches }] = TOPOLOGY.consumers as [ResolvedConsumer];
const [{ source }] = TOPOLOGY.subscriptions as [ResolvedSubscription];
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders';
const FAILED = `arn:aws:s3:::${failedBatches.bucket}`;
const LAKE = 'process-orders-changes-025f751830a2';

const accessWith = (edits: Record<string, Edit> = {}, denied?: typeof source) =>
  accessOf(new Stacks(synthesizedStacks(TOPOLOGY, edits)), TOPOLOGY, denied);

const refusedBy = (
  access: ReturnType<typeof accessOf>,
  bucket = LAKE,
  bucketOwner = '111122223333',
) => {
  const call = { functionArn: FUNCTION, action: 's3:PutObject', bucket, bucketOwner } as const;
  return {
    reading: access.reading(role.arn, source).refusals,
    keeping: access.keeping(role.arn, FAILED),
    calling: access.calling(role.arn, { ...call, key: 'changes/orders' }),
  };
};

/** A statement is taken out of a stack, such as `consumer-process-orders/execution_role_trust/AllowLambda`. */
function without(place: string): Record<string, Edit> {
  const [stack = '', document = '', sid = ''] = place.split('/');
  return { [stack]: withoutStatement(document, sid) };
}

const CONSUMER = 'consumer-process-orders';
const OF_ROLE = `${CONSUMER}/execution_role_function_policy`;
const ROLE = `the policies of role ProcessOrdersRole of 111122223333 (stack ${CONSUMER})`;
const KEY = `the policy of key Lambda function ProcessOrders (stack ${CONSUMER})`;
const READ = 'dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator';
const TABLE = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
const KEYS = 'arn:aws:kms:us-east-1:111122223333:key/*';
const ENCRYPT = 'kms:Decrypt, kms:GenerateDataKey';
const BY_LAMBDA = 'Null lambda:SourceFunctionArn = true';
const OF_OWNER = 'StringEquals s3:ResourceAccount = 111122223333';
const VIA_S3 = 'StringEquals kms:ViaService = s3.us-east-1.amazonaws.com';
const VIA = 'StringEquals kms:ViaService = dynamodb.us-east-1.amazonaws.com';
const CONTEXT = 'StringEquals kms:EncryptionContext:aws';

const STREAM = `${TABLE}/stream/2026-01-01T00:00:00.000`;
const ROOT = 'arn:aws:iam::111122223333:root';

/** What is refused without a statement. */
const MISSING: Readonly<Record<string, readonly string[]>> = {
  'producer-orders/stream_policy_document/AllowCrossAccountStreamAccess': [
    `reading: missing in the policy of stream Orders (stack producer-orders): Allow ${READ} on ${STREAM} to ${role.arn}`,
  ],
  'producer-orders/key_policy/AllowCrossAccountStreamDecryption': [
    `reading: missing in the policy of key DynamoDB table Orders (stack producer-orders): Allow kms:Decrypt on * to ${role.arn} where ${VIA}`,
  ],
  [`${CONSUMER}/execution_role_trust/AllowLambda`]: [
    `reading: missing in the policy of role ProcessOrdersRole (stack ${CONSUMER}): Allow sts:AssumeRole to lambda.amazonaws.com`,
  ],
  [`${CONSUMER}/execution_role_streams_policy/ReadStreams`]: [
    `reading: missing in ${ROLE}: Allow ${READ} on ${TABLE}/stream/* where ${BY_LAMBDA}`,
  ],
  [`${CONSUMER}/execution_role_streams_policy/DecryptTable1`]: [
    `reading: missing in ${ROLE}: Allow kms:Decrypt on arn:aws:kms:us-east-1:444455556666:key/* where ${BY_LAMBDA} and ${VIA} and ${CONTEXT}:dynamodb:tableName = Orders`,
  ],
  [`${OF_ROLE}/ListStreams`]: [
    `reading: missing in ${ROLE}: Allow dynamodb:ListStreams on * where ${BY_LAMBDA}`,
  ],
  [`${OF_ROLE}/DecryptEnvironment`]: [
    `reading: missing in ${ROLE}: Allow kms:Decrypt on ${KEYS} where ${BY_LAMBDA} and ${CONTEXT}:lambda:FunctionArn = ${FUNCTION}`,
  ],
  [`${OF_ROLE}/ListFailedBatches`]: [
    `keeping: missing in ${ROLE}: Allow s3:ListBucket on ${FAILED} where ${BY_LAMBDA} and ${OF_OWNER}`,
  ],
  [`${OF_ROLE}/SendFailedBatches`]: [
    `keeping: missing in ${ROLE}: Allow s3:PutObject on ${FAILED}/aws/lambda/* where ${BY_LAMBDA} and ${OF_OWNER}`,
  ],
  [`${OF_ROLE}/EncryptFailedBatches`]: [
    `keeping: missing in ${ROLE}: Allow ${ENCRYPT} on ${KEYS} where ${BY_LAMBDA} and ${VIA_S3} and ${CONTEXT}:s3:arn = ${FAILED}`,
  ],
  [`${OF_ROLE}/WriteChanges`]: [
    `calling: missing in ${ROLE}: Allow s3:PutObject on arn:aws:s3:::${LAKE}/changes/* where ${OF_OWNER}`,
  ],
  [`${OF_ROLE}/EncryptChanges`]: [
    `calling: missing in ${ROLE}: Allow ${ENCRYPT} on ${KEYS} where ${VIA_S3} and ${CONTEXT}:s3:arn = arn:aws:s3:::${LAKE}`,
  ],
  [`${CONSUMER}/consumer_key_policy/AllowAccountAdministration`]: [
    `reading: missing in ${KEY}: Allow kms:Decrypt on * to ${ROOT}`,
    `keeping: missing in ${KEY}: Allow ${ENCRYPT} on * to ${ROOT}`,
    `calling: missing in ${KEY}: Allow ${ENCRYPT} on * to ${ROOT}`,
  ],
};

test.each(Object.entries(MISSING))('refuses without the statement %s', (place, expected) => {
  const texts = Object.entries(refusedBy(accessWith(without(place)))).flatMap(([name, all]) =>
    all.map(({ text }) => `${name}: ${text}`),
  );
  expect(texts).toEqual(expected);
});

test('a refusal has the statement as JSON', () => {
  const edits = without('producer-orders/stream_policy_document/AllowCrossAccountStreamAccess');
  const actions = READ.split(', ');
  expect(
    accessWith(edits)
      .reading(role.arn, source)
      .refusals.map(({ data }) => data),
  ).toEqual([
    {
      actions,
      resource: STREAM,
      policy: 'the policy of stream Orders',
      stack: 'producer-orders',
      missing: { Effect: 'Allow', Principal: { AWS: role.arn }, Action: actions, Resource: STREAM },
    },
  ]);
});

test('the statements that allow it are named', () => {
  expect(accessWith().reading(role.arn, source).by).toEqual([
    'role: streams/ReadStreams',
    'stream policy: AllowCrossAccountStreamAccess',
    'role: function/DecryptEnvironment',
    'key policy: AllowAccountAdministration',
    'role: streams/DecryptTable1',
    'key policy: AllowCrossAccountStreamDecryption',
    'trust policy: AllowLambda',
    'role: function/ListStreams',
  ]);
});

test('a statement that denies is named', () => {
  const edits: Record<string, Edit> = {
    [CONSUMER]: (json) => {
      const denial = { sid: 'NoMore', effect: 'Deny', actions: ['dynamodb:GetRecords'] };
      const all = statementsIn(json, 'execution_role_streams_policy');
      all.push({ ...denial, resources: ['*'] });
    },
  };
  expect(accessWith(edits).reading(role.arn, source).refusals).toEqual([
    {
      text: `role ProcessOrdersRole of 111122223333 may not dynamodb:GetRecords on stream Orders: denied by role: streams/NoMore in ${ROLE}`,
      data: {
        actions: ['dynamodb:GetRecords'],
        resource: STREAM,
        policy: 'the policies of role ProcessOrdersRole of 111122223333',
        stack: CONSUMER,
      },
    },
  ]);
});

test('a bucket that the role may not write to is refused to the code', () => {
  const { calling } = refusedBy(accessWith(), 'of-others', '999999999999');
  expect(calling.map(({ text }) => text)).toEqual([
    `missing in ${ROLE}: Allow s3:PutObject on arn:aws:s3:::of-others/*`,
  ]);
});

test('the stream of a fault has a policy that allows nothing', () => {
  const ofOthers = resolved(topology(existingStream()));
  const [{ source: others }] = ofOthers.subscriptions as [ResolvedSubscription];
  const access = accessOf(new Stacks(synthesizedStacks(ofOthers)), ofOthers, others);
  const { refusals } = access.reading(role.arn, others);
  const ofOwn = accessWith({}, source).reading(role.arn, source).refusals;
  expect([...ofOwn, ...refusals].map(({ text }) => text)).toEqual([
    `missing in the policy of stream Orders (stack producer-orders): Allow ${READ} on ${STREAM} to ${role.arn}`,
    `missing in the policy of stream Orders (in no stack): Allow ${READ} on ${STREAM_OF_OTHERS} to ${role.arn}`,
  ]);
});

test.each([...SHIPPED, 'everything'] as const)('nothing is refused in %s', (file) => {
  const all = file === 'everything' ? resolved(EVERYTHING) : loadTopology(`topologies/${file}`);
  const access = accessOf(new Stacks(synthesizedStacks(all)), all);
  const refused = all.subscriptions.flatMap(({ source, consumerStackId, failedBatchesBucket }) => {
    const { role, account } = all.consumers.find(
      ({ stackId }) => stackId === consumerStackId,
    ) as ResolvedConsumer;
    return [
      ...access.reading(role.arn, source).refusals,
      ...access.keeping(role.arn, arns.bucket(account, failedBatchesBucket)),
    ];
  });
  expect(refused).toEqual([]);
});
