import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownFile } from '../../topology/own-files';
import { resolve } from '../../topology/resolve';
import { topologySchema } from '../../topology/schema';
import { isDefaultEntry } from '../../topology/sinks';
import { consumer, type Overrides, producer, topology } from '../helpers/topology';

const CONSUMER = 'consumers.process-orders';

function resolved(overrides: Overrides = {}) {
  return resolve(topologySchema.parse(topology(overrides)));
}

/** The ids of all stacks, in their order. */
function stackIds(overrides: Overrides): string[] {
  const { consumers, producers, subscriptions } = resolved(overrides);
  return [...consumers, ...producers, ...subscriptions].map(({ stackId }) => stackId);
}

const ANALYTICS = { id: '111122223333', region: 'us-east-1', partition: 'aws' };
const SHOP = { id: '444455556666', region: 'us-east-1', partition: 'aws' };
const ROLE_ARN = 'arn:aws:iam::111122223333:role/ProcessOrdersRole';
const READER = { stackId: 'consumer-process-orders', account: ANALYTICS, roleArn: ROLE_ARN };
const SOURCE = { account: SHOP, name: 'Orders', encryption: 'aws-owned' };
const BUCKET = 'process-orders-failed-batches-025f751830a2';

const ACCOUNTS = {
  analytics: { id: '111122223333', region: 'us-east-1' },
  shop: { id: '444455556666', region: 'us-east-1' },
};

const STATE = {
  bucket: 'example-terraform-state',
  region: 'us-east-1',
  keyPrefix: 'orders',
  usePathStyle: false,
  manage: false,
};

const ALARMS = {
  iteratorAgeInSeconds: 900,
  errors: 1,
  throttles: 1,
  durationInPercent: 80,
  failedRecords: 1,
};

const ROLE = {
  name: 'ProcessOrdersRole',
  path: '/',
  managedPolicyArns: [] as string[],
  acknowledgedPolicyArns: [] as string[],
  managedPolicyQuota: 10,
  pollerOnly: true,
  arn: ROLE_ARN,
};

const ENTRY = {
  type: 'entry',
  entry: ownFile('lambda-src/index.ts'),
  files: [] as string[],
  folder: '.',
};

const FUNCTION = {
  name: 'ProcessOrders',
  code: ENTRY,
  runtime: 'nodejs24.x',
  architecture: 'arm64',
  memorySize: 256,
  timeout: 60,
  environment: {},
  logRetentionInDays: 30,
};

const PROCESS_ORDERS = {
  name: 'process-orders',
  stackId: 'consumer-process-orders',
  account: ANALYTICS,
  role: ROLE,
  function: FUNCTION,
  sink: { type: 'log', variables: {} },
  failedBatches: { expirationInDays: 30, bucket: BUCKET },
  alarms: ALARMS,
  sources: [SOURCE],
  waitsForRole: true,
};

const ORDERS = {
  name: 'orders',
  stackId: 'producer-orders',
  account: SHOP,
  table: {
    type: 'created',
    name: 'Orders',
    partitionKey: { name: 'OrderId', type: 'S' },
    streamViewType: 'NEW_AND_OLD_IMAGES',
    billingMode: 'PAY_PER_REQUEST',
    pointInTimeRecovery: true,
    deletionProtection: true,
    encryption: 'aws-owned',
  },
  source: SOURCE,
  streamPolicy: { principal: 'role', conditions: [], managed: true },
  readers: [READER],
};

const SUBSCRIPTION = {
  startingPosition: 'TRIM_HORIZON',
  batchSize: 100,
  maximumBatchingWindowInSeconds: 0,
  parallelizationFactor: 1,
  bisectBatchOnFunctionError: true,
  maximumRetryAttempts: 10,
  maximumRecordAgeInSeconds: 82_800,
  tumblingWindowInSeconds: 0,
  filters: [],
  enabled: true,
  stackId: 'subscription-orders-process-orders',
  producerStackId: 'producer-orders',
  consumerStackId: 'consumer-process-orders',
  account: ANALYTICS,
  source: SOURCE,
  functionName: 'ProcessOrders',
  failedBatchesBucket: BUCKET,
  alarms: ALARMS,
};

test('fills in the defaults and makes one entry per stack', () => {
  expect(resolved()).toStrictEqual({
    name: 'orders',
    awsProviderVersion: '6.31.0',
    tags: {},
    state: STATE,
    accounts: ACCOUNTS,
    consumers: [PROCESS_ORDERS],
    producers: [ORDERS],
    subscriptions: [SUBSCRIPTION],
  });
});

test('keeps what the file sets', () => {
  const deployRole = { arn: 'arn:aws:iam::111122223333:role/Deploy' };
  const managedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
  const settings = {
    reservedConcurrentExecutions: 1,
    environment: { LOG_LEVEL: 'debug' },
  };
  const mapping = { startingPosition: 'LATEST', enabled: false, maximumRetryAttempts: -1 };
  const account = { ...ANALYTICS, deployRole };
  expect(
    resolved({
      tags: { Team: 'data' },
      'state.keyPrefix': 'team/orders',
      'accounts.analytics.deployRole': deployRole,
      [`${CONSUMER}.role.managedPolicyArns`]: managedPolicyArns,
      [`${CONSUMER}.function`]: { name: 'ProcessOrders', ...settings },
      'subscriptions[0]': { producer: 'orders', consumer: 'process-orders', ...mapping },
    }),
  ).toStrictEqual({
    name: 'orders',
    awsProviderVersion: '6.31.0',
    tags: { Team: 'data' },
    state: { ...STATE, keyPrefix: 'team/orders' },
    accounts: { ...ACCOUNTS, analytics: { ...ACCOUNTS.analytics, deployRole } },
    consumers: [
      {
        ...PROCESS_ORDERS,
        account,
        role: { ...ROLE, managedPolicyArns },
        function: { ...FUNCTION, ...settings },
      },
    ],
    producers: [{ ...ORDERS, readers: [{ ...READER, account }] }],
    subscriptions: [{ ...SUBSCRIPTION, ...mapping, account }],
  });
});

describe('the code of a function', () => {
  const FILES = ['src/mail.html'];
  const FOLDER = { directory: 'build', handler: 'index.handler' };

  test.each<[string, object, object]>([
    [
      'entry',
      { entry: 'src/audit.ts', files: FILES },
      { ...ENTRY, entry: 'src/audit.ts', files: FILES },
    ],
    ['code', { code: FOLDER }, { type: 'folder', ...FOLDER }],
  ])('is that of %s', (_, settings, code) => {
    const content = { [`${CONSUMER}.function`]: { name: 'ProcessOrders', ...settings } };
    const functions = resolved(content).consumers.map((one) => one.function);
    expect(functions).toStrictEqual([{ ...FUNCTION, code }]);
  });

  const codeOf = (sink: string, entry: string | undefined) =>
    resolved({ [`${CONSUMER}.sink`]: sink, [`${CONSUMER}.function.entry`]: entry }).consumers.map(
      (one) => one.function.code,
    );

  test.each([
    ['log', undefined, ownFile('lambda-src/index.ts')],
    ['s3', undefined, ownFile('lambda-src/s3.ts')],
    ['s3', 'lambda-src/index.ts', ownFile('lambda-src/s3.ts')],
    ['s3', './lambda-src/index.ts', ownFile('lambda-src/s3.ts')],
    ['s3', 'src/../lambda-src//index.ts', ownFile('lambda-src/s3.ts')],
    ['s3', 'src/audit.ts', 'src/audit.ts'],
  ])('with the sink %s and the entry %s is %s', (sink, entry, expected) => {
    expect(codeOf(sink, entry)).toStrictEqual([{ ...ENTRY, entry: expected }]);
  });

  test('is that of the sink by its absolute path and by a link, too', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'resolve-test-'));
    const link = path.join(folder, 'link.ts');
    symlinkSync(path.resolve('lambda-src/index.ts'), link);
    symlinkSync(path.resolve('lambda-src'), path.join(folder, 'src'));
    const entries = [path.resolve('lambda-src/index.ts'), link, path.join(folder, 'src/index.ts')];
    const codes = entries.flatMap((entry) => codeOf('s3', entry));
    const known = entries.map(isDefaultEntry);
    rmSync(folder, { recursive: true });
    expect(codes).toStrictEqual(
      entries.map(() => ({ ...ENTRY, entry: ownFile('lambda-src/s3.ts') })),
    );
    expect(known).toEqual([true, true, true]);
  });
});

describe('the sink of a consumer', () => {
  const lake = {
    type: 's3',
    prefix: 'changes/',
    formerAccounts: [],
    formerTables: [],
    scanLimitInMegabytes: 10_000,
    bucket: 'process-orders-changes-025f751830a2',
    managed: true,
    database: 'orders__process_orders',
    variables: {
      bucket: 'process-orders-changes-025f751830a2',
      prefix: 'changes/',
      bucketOwner: '111122223333',
    },
  };
  const place = { bucket: 'our-lake', prefix: 'orders/' };
  const settings = {
    expirationInDays: 730,
    transitionToStandardIaInDays: 90,
    scanLimitInMegabytes: 10,
  };

  test.each<[string, unknown, unknown]>([
    ['is the log', 'log', { type: 'log', variables: {} }],
    ['is a lake whose bucket the stack makes', 's3', lake],
    ['is a lake whose bucket the stack makes, by its type', { type: 's3' }, lake],
    [
      'is a lake in an existing bucket',
      { type: 's3', ...place },
      { ...lake, ...place, managed: false, variables: { ...lake.variables, ...place } },
    ],
    ['is a lake with settings', { type: 's3', ...settings }, { ...lake, ...settings }],
  ])('%s', (_, sink, expected) => {
    const { consumers } = resolved({ [`${CONSUMER}.sink`]: sink });
    expect(consumers.map((one) => one.sink)).toStrictEqual([expected]);
  });
});

describe('the alarms of a consumer', () => {
  const settings = { iteratorAgeInSeconds: 60, errors: 5, email: 'team@example.com' };

  test.each<[string, unknown, unknown]>([
    ['are turned off', false, false],
    ['have settings', settings, { ...ALARMS, ...settings }],
  ])('%s, and with them those of its subscriptions', (_, value, expected) => {
    const { consumers, subscriptions } = resolved({ [`${CONSUMER}.alarms`]: value });
    expect([...consumers, ...subscriptions].map(({ alarms }) => alarms)).toStrictEqual([
      expected,
      expected,
    ]);
  });
});

describe('the ARN of a role and the partition of the accounts', () => {
  test.each([
    ['us-east-1', 'aws', '/', 'arn:aws:iam::111122223333:role/ProcessOrdersRole'],
    ['eu-west-1', 'aws', '/a/b/', 'arn:aws:iam::111122223333:role/a/b/ProcessOrdersRole'],
    ['cn-north-1', 'aws-cn', '/', 'arn:aws-cn:iam::111122223333:role/ProcessOrdersRole'],
    [
      'us-gov-west-1',
      'aws-us-gov',
      '/gov/',
      'arn:aws-us-gov:iam::111122223333:role/gov/ProcessOrdersRole',
    ],
  ])('in %s are of %s, with the path %s', (region, partition, path, arn) => {
    const { consumers, producers, subscriptions } = resolved({
      'accounts.analytics.region': region,
      'accounts.shop.region': region,
      [`${CONSUMER}.role.path`]: path,
    });
    const readers = producers.flatMap((one) => one.readers.map(({ roleArn }) => roleArn));
    expect([consumers.map(({ role }) => role.arn), readers]).toStrictEqual([[arn], [arn]]);
    expect([...consumers, ...producers, ...subscriptions].map(({ account }) => account)).toEqual([
      { id: '111122223333', region, partition },
      { id: '444455556666', region, partition },
      { id: '111122223333', region, partition },
    ]);
  });
});

describe('a producer with accounts', () => {
  const tenants: Overrides = {
    'accounts.tenant-a': { id: '777777777777', region: 'us-east-1' },
    'accounts.tenant-b': { id: '888888888888', region: 'us-east-1' },
    'producers.orders.account': undefined,
    'producers.orders.accounts': ['tenant-b', 'tenant-a'],
  };

  test('has a stack, a subscription and a source in each of them, in the order of the list', () => {
    const each = [
      { id: '888888888888', name: 'tenant-b' },
      { id: '777777777777', name: 'tenant-a' },
    ].map(({ id, name }) => {
      const account = { ...SHOP, id };
      return {
        producer: { stackId: `producer-orders-${name}`, account, source: { ...SOURCE, account } },
        subscription: {
          stackId: `subscription-orders-${name}-process-orders`,
          producerStackId: `producer-orders-${name}`,
          source: { ...SOURCE, account },
        },
      };
    });
    const { consumers, producers, subscriptions } = resolved(tenants);
    expect(producers).toStrictEqual(each.map((one) => ({ ...ORDERS, ...one.producer })));
    expect(subscriptions).toStrictEqual(
      each.map((one) => ({ ...SUBSCRIPTION, ...one.subscription })),
    );
    expect(consumers).toStrictEqual([
      { ...PROCESS_ORDERS, sources: each.map((one) => one.producer.source) },
    ]);
  });

  test('is named after a single one as well', () => {
    expect(stackIds({ ...tenants, 'producers.orders.accounts': ['tenant-a'] })).toEqual([
      'consumer-process-orders',
      'producer-orders-tenant-a',
      'subscription-orders-tenant-a-process-orders',
    ]);
  });
});

describe('the table of a producer, and of its consumer,', () => {
  const key = { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' };
  const existing = (table: object): Overrides => ({
    'producers.orders.table': undefined,
    'producers.orders.existingTable': table,
    'producers.orders.streamPolicy': { replacesExisting: true },
  });

  test.each<[string, Overrides, object, object]>([
    [
      'has a key that the stack makes',
      { 'producers.orders.table.encryption': 'customer-managed' },
      { ...ORDERS.table, encryption: 'customer-managed' },
      { name: 'Orders', encryption: 'customer-managed' },
    ],
    [
      'has a key that exists',
      { 'producers.orders.table.encryption': key },
      { ...ORDERS.table, encryption: key },
      { name: 'Orders', encryption: key },
    ],
    [
      'exists',
      existing({ name: 'Legacy' }),
      { type: 'existing', name: 'Legacy', encryption: 'aws-owned' },
      { name: 'Legacy', encryption: 'aws-owned' },
    ],
    [
      'exists with a key',
      existing({ name: 'Legacy', encryption: key }),
      { type: 'existing', name: 'Legacy', encryption: key },
      { name: 'Legacy', encryption: key },
    ],
  ])('%s', (_, overrides, table, of) => {
    const { consumers, producers } = resolved(overrides);
    const source = { ...of, account: SHOP };
    expect(producers).toStrictEqual([{ ...ORDERS, table, source }]);
    expect(consumers).toStrictEqual([{ ...PROCESS_ORDERS, sources: [source] }]);
  });
});

describe('several producers and consumers', () => {
  const several: Overrides = {
    producers: {
      orders: producer('Orders'),
      items: producer('Items'),
      unread: producer('Unread'),
    },
    consumers: {
      search: consumer('Search'),
      audit: consumer('Audit'),
      idle: consumer('Idle'),
    },
    subscriptions: [
      { producer: 'items', consumer: 'audit' },
      { producer: 'orders', consumer: 'search' },
      { producer: 'orders', consumer: 'audit' },
    ],
  };

  test('keep the order of the file', () => {
    expect(stackIds(several)).toEqual([
      'consumer-search',
      'consumer-audit',
      'consumer-idle',
      'producer-orders',
      'producer-items',
      'producer-unread',
      'subscription-items-audit',
      'subscription-orders-search',
      'subscription-orders-audit',
    ]);
  });

  test('have sources and readers in the order of the subscriptions', () => {
    const { consumers, producers } = resolved(several);
    expect(consumers.map(({ sources }) => sources.map(({ name }) => name))).toEqual([
      ['Orders'],
      ['Items', 'Orders'],
      [],
    ]);
    expect(producers.map(({ readers }) => readers.map(({ stackId }) => stackId))).toEqual([
      ['consumer-search', 'consumer-audit'],
      ['consumer-audit'],
      [],
    ]);
  });
});

test('takes names that every object has', () => {
  const { consumers, producers, subscriptions } = resolved({
    'accounts.constructor': { id: '777777777777', region: 'us-east-1' },
    'consumers.constructor': { ...consumer('Constructor'), account: 'constructor' },
    'producers.constructor': producer('Constructor'),
    subscriptions: [{ producer: 'constructor', consumer: 'constructor' }],
  });
  const found = [...consumers, ...producers, ...subscriptions];
  expect(found.map(({ stackId, account }) => [stackId, account.id])).toEqual([
    ['consumer-process-orders', '111122223333'],
    ['consumer-constructor', '777777777777'],
    ['producer-orders', '444455556666'],
    ['producer-constructor', '444455556666'],
    ['subscription-constructor-constructor', '777777777777'],
  ]);
});
