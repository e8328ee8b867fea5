import fc from 'fast-check';
import type { Condition } from '../../../policies/statement';
import { accessOf, foundIn } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import {
  type Content,
  consumer as minimalConsumer,
  producer as minimalProducer,
  topology,
} from '../../helpers/topology';

const SEED = 20_260_101;
const IDS = { analytics: '111122223333', audit: '999900001111' };
const TENANTS = ['tenant-a', 'tenant-b', 'tenant-c'];

const encryption = fc.constantFrom('aws-owned' as const, 'customer-managed' as const, {
  kmsKeyArn: 'arn:aws:kms:us-east-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab',
});

const condition = fc.constantFrom<Condition>(
  { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-exampleorgid'] },
  { test: 'StringLike', variable: 'aws:PrincipalTag/team', values: ['data-*'] },
  { test: 'StringNotEquals', variable: 'aws:PrincipalTag/stage', values: ['test'] },
  { test: 'IpAddress', variable: 'aws:SourceIp', values: ['192.0.2.0/24'] },
  { test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] },
  { test: 'ArnLike', variable: 'aws:PrincipalArn', values: ['arn:aws:iam::*:role/*'] },
  { test: 'ForAnyValue:StringLike', variable: 'aws:PrincipalOrgPaths', values: ['o-a1b2/*'] },
);

const producer = fc.record({
  accounts: fc.subarray(TENANTS, { minLength: 1 }),
  inConsumersAccount: fc.boolean(),
  encryption,
  existing: fc.boolean(),
  principal: fc.constantFrom('role' as const, 'account' as const),
  conditions: fc.uniqueArray(condition, { maxLength: 2, selector: ({ variable }) => variable }),
  /** Which of the consumers read it, and which roles of other teams. */
  readers: fc.subarray<number | string>(
    [0, 1, 2, 'arn:aws:iam::999988887777:role/Indexer', 'arn:aws:iam::222222222222:role/Auditor'],
    { maxLength: 2 },
  ),
  /** Which of those consumers read the table as well. */
  readTable: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
});

const consumer = fc.record({
  account: fc.constantFrom<keyof typeof IDS>('analytics', 'audit'),
  path: fc.constantFrom('/', '/streams/'),
  /** Whether others made its role. */
  isFound: fc.boolean(),
  pollerOnly: fc.boolean(),
  managedPolicyArns: fc.subarray([
    'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole',
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  ]),
  sink: fc.constantFrom<Content['consumers'][string]['sink']>(
    'log',
    's3',
    { type: 's3', prefix: 'a/b/' },
    { type: 's3', bucket: 'example-lake' },
  ),
  alarms: fc.constantFrom<Content['consumers'][string]['alarms']>(
    false,
    {},
    { topicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' },
  ),
});

const content = fc
  .record({
    consumers: fc.array(consumer, { minLength: 3, maxLength: 3 }),
    producers: fc.array(producer, { minLength: 1, maxLength: 2 }),
  })
  .map(
    ({ consumers, producers }): Content => ({
      name: 'generated',
      state: { bucket: 'example-terraform-state', region: 'us-east-1' },
      accounts: {
        analytics: { id: IDS.analytics, region: 'us-east-1' },
        audit: { id: IDS.audit, region: 'us-east-1' },
        'tenant-a': { id: '222222222222', region: 'us-east-1' },
        'tenant-b': { id: '333333333333', region: 'us-east-1' },
        'tenant-c': { id: '444444444444', region: 'us-east-1' },
      },
      consumers: Object.fromEntries(
        consumers.map(({ account, path, isFound, sink, alarms, ...role }, index) => [
          `consumer-${index}`,
          {
            account,
            sink,
            alarms,
            role: isFound
              ? {
                  existing: `arn:aws:iam::${IDS[account]}:role${path}Reader${index}`,
                  pollerOnly: role.pollerOnly,
                }
              : { name: `Reader${index}`, path, ...role },
            function: {
              name: `Read${index}`,
              runtime: 'python3.12',
              code: { directory: 'lambda-src/python', handler: 'index.handler' },
            },
          },
        ]),
      ),
      producers: Object.fromEntries(
        producers.map((each, index) => [`producer-${index}`, producerOf(each, index)]),
      ),
      subscriptions: producers.flatMap(({ readers, readTable }, index) =>
        readers.filter(Number.isInteger).map((reader, position) => ({
          producer: `producer-${index}`,
          consumer: `consumer-${reader}`,
          readTable: readTable[position],
        })),
      ),
    }),
  );

function producerOf(
  each: typeof producer extends fc.Arbitrary<infer T> ? T : never,
  index: number,
): Content['producers'][string] {
  const name = `Table${index}`;
  const { encryption: key } = each;
  const exists = each.existing && key !== 'customer-managed';
  return {
    accounts: each.inConsumersAccount ? ['analytics', ...each.accounts] : each.accounts,
    // A table that exists has its key already.
    ...(exists
      ? { existingTable: { name, encryption: key } }
      : { table: { name, encryption: key, partitionKey: { name: 'Id', type: 'S' } } }),
    streamPolicy: {
      // With `account` the principal's ARN is a condition of the policy already.
      principal: each.conditions.some(({ variable }) => variable === 'aws:PrincipalArn')
        ? 'role'
        : each.principal,
      readers: each.readers.filter((reader) => typeof reader === 'string'),
      conditions: each.conditions,
      ...(exists && { replacesExisting: true }),
    },
  };
}

test('every topology allows what it means to, and nothing else', () => {
  fc.assert(
    fc.property(content, (each) => {
      expect(foundIn(accessOf(resolved(each)))).toEqual([]);
    }),
    { seed: SEED, numRuns: 10 },
  );
});

test('a role that decrypts for its table may not decrypt for another table of the account', () => {
  const kmsKeyArn = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const each = topology({
    'consumers.process-orders.role.pollerOnly': false,
    'producers.orders.table.encryption': 'customer-managed',
    'consumers.search': minimalConsumer('Search'),
    'producers.items': minimalProducer('Items'),
    'producers.items.table.encryption': { kmsKeyArn },
    'subscriptions[1]': { producer: 'items', consumer: 'search' },
  });
  const access = accessOf(resolved(each));
  expect(foundIn(access)).toEqual([]);
  const decrypting = access.allowed.filter(({ target }) => target.arn === kmsKeyArn);
  expect(decrypting.map(({ principal }) => principal.label)).toEqual([
    'role SearchRole of 111122223333',
  ]);
});
