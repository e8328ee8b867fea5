import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolve } from '../../topology/resolve';
import { topologySchema } from '../../topology/schema';
import { isDefaultEntry } from '../../topology/sinks';
import { consumer, type Overrides, producer, topology } from '../helpers/topology';

function resolved(overrides: Overrides = {}) {
  return resolve(topologySchema.parse(topology(overrides)));
}

const analytics = { id: '111122223333', region: 'us-east-1', partition: 'aws' };
const shop = { id: '444455556666', region: 'us-east-1', partition: 'aws' };

const ordersTable = {
  name: 'Orders',
  partitionKey: { name: 'OrderId', type: 'S' },
  streamViewType: 'NEW_AND_OLD_IMAGES',
  billingMode: 'PAY_PER_REQUEST',
  pointInTimeRecovery: true,
  deletionProtection: true,
  encryption: 'aws-owned',
};

const processOrders = {
  stackId: 'consumer-process-orders',
  account: analytics,
  roleArn: 'arn:aws:iam::111122223333:role/ProcessOrdersRole',
};

const alarms = {
  iteratorAgeInSeconds: 900,
  errors: 1,
  throttles: 1,
  durationInPercent: 80,
  failedRecords: 1,
};

/** What a consumer has beside its role and function. */
const consumerDefaults = {
  sink: { type: 'log', variables: {} },
  failedBatches: {
    expirationInDays: 30,
    bucket: 'process-orders-failed-batches-025f751830a2',
  },
  alarms,
};

const subscriptionDefaults = {
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
};

test('fills in the defaults and makes one entry per stack', () => {
  expect(resolved()).toStrictEqual({
    name: 'orders',
    awsProviderVersion: '6.31.0',
    tags: {},
    state: {
      bucket: 'example-terraform-state',
      region: 'us-east-1',
      keyPrefix: 'orders',
      usePathStyle: false,
      manage: false,
    },
    consumers: [
      {
        name: 'process-orders',
        stackId: 'consumer-process-orders',
        account: analytics,
        role: {
          name: 'ProcessOrdersRole',
          path: '/',
          managedPolicyArns: [],
          managedPolicyQuota: 10,
          pollerOnly: true,
          arn: 'arn:aws:iam::111122223333:role/ProcessOrdersRole',
        },
        function: {
          name: 'ProcessOrders',
          code: { type: 'entry', entry: 'lambda-src/index.ts', files: [], folder: '.' },
          runtime: 'nodejs24.x',
          architecture: 'arm64',
          memorySize: 256,
          timeout: 60,
          environment: {},
          logRetentionInDays: 30,
        },
        ...consumerDefaults,
        sources: [{ account: shop, name: 'Orders', encryption: 'aws-owned' }],
        waitsForRole: true,
      },
    ],
    producers: [
      {
        name: 'orders',
        stackId: 'producer-orders',
        account: shop,
        table: { type: 'created', ...ordersTable },
        source: { account: shop, name: 'Orders', encryption: 'aws-owned' },
        streamPolicy: { principal: 'role', conditions: [], managed: true },
        readers: [processOrders],
      },
    ],
    subscriptions: [
      {
        ...subscriptionDefaults,
        stackId: 'subscription-orders-process-orders',
        producerStackId: 'producer-orders',
        consumerStackId: 'consumer-process-orders',
        account: analytics,
        source: { account: shop, name: 'Orders', encryption: 'aws-owned' },
        functionName: 'ProcessOrders',
        failedBatchesBucket: 'process-orders-failed-batches-025f751830a2',
        alarms,
      },
    ],
  });
});

test('keeps what the file sets', () => {
  const { tags, state, consumers, subscriptions } = resolved({
    tags: { Team: 'data' },
    'state.keyPrefix': 'team/orders',
    'accounts.analytics.deployRole': { arn: 'arn:aws:iam::111122223333:role/Deploy' },
    'consumers.process-orders.role.managedPolicyArns': ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    'consumers.process-orders.function.reservedConcurrentExecutions': 1,
    'consumers.process-orders.function.environment': { LOG_LEVEL: 'debug' },
    'subscriptions[0].startingPosition': 'LATEST',
    'subscriptions[0].enabled': false,
    'subscriptions[0].maximumRetryAttempts': -1,
  });
  const account = { ...analytics, deployRole: { arn: 'arn:aws:iam::111122223333:role/Deploy' } };
  expect({ tags, state, consumers, subscriptions }).toStrictEqual({
    tags: { Team: 'data' },
    state: {
      bucket: 'example-terraform-state',
      region: 'us-east-1',
      keyPrefix: 'team/orders',
      usePathStyle: false,
      manage: false,
    },
    consumers: [
      {
        name: 'process-orders',
        stackId: 'consumer-process-orders',
        account,
        role: {
          name: 'ProcessOrdersRole',
          path: '/',
          managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
          managedPolicyQuota: 10,
          pollerOnly: true,
          arn: 'arn:aws:iam::111122223333:role/ProcessOrdersRole',
        },
        function: {
          name: 'ProcessOrders',
          code: { type: 'entry', entry: 'lambda-src/index.ts', files: [], folder: '.' },
          runtime: 'nodejs24.x',
          architecture: 'arm64',
          memorySize: 256,
          timeout: 60,
          reservedConcurrentExecutions: 1,
          environment: { LOG_LEVEL: 'debug' },
          logRetentionInDays: 30,
        },
        ...consumerDefaults,
        sources: [{ account: shop, name: 'Orders', encryption: 'aws-owned' }],
        waitsForRole: true,
      },
    ],
    subscriptions: [
      {
        ...subscriptionDefaults,
        startingPosition: 'LATEST',
        maximumRetryAttempts: -1,
        enabled: false,
        stackId: 'subscription-orders-process-orders',
        producerStackId: 'producer-orders',
        consumerStackId: 'consumer-process-orders',
        account,
        source: { account: shop, name: 'Orders', encryption: 'aws-owned' },
        functionName: 'ProcessOrders',
        failedBatchesBucket: 'process-orders-failed-batches-025f751830a2',
        alarms,
      },
    ],
  });
});

describe('the code of a function', () => {
  test.each([
    [
      'entry',
      { entry: 'src/audit.ts', files: ['src/mail.html'] },
      { type: 'entry', entry: 'src/audit.ts', files: ['src/mail.html'], folder: '.' },
      {},
    ],
    [
      'code',
      { code: { directory: 'build', handler: 'index.handler' } },
      { type: 'folder', directory: 'build', handler: 'index.handler' },
      {},
    ],
  ])('is that of %s', (_, settings, code, environment) => {
    const path = 'consumers.process-orders.function';
    const [first] = resolved({ [path]: { name: 'ProcessOrders', ...settings } }).consumers;
    expect(first?.function).toStrictEqual({
      name: 'ProcessOrders',
      code,
      runtime: 'nodejs24.x',
      architecture: 'arm64',
      memorySize: 256,
      timeout: 60,
      environment,
      logRetentionInDays: 30,
    });
  });

  test.each([
    ['log', undefined, 'lambda-src/index.ts'],
    ['s3', undefined, 'lambda-src/s3.ts'],
    ['s3', 'lambda-src/index.ts', 'lambda-src/s3.ts'],
    ['s3', './lambda-src/index.ts', 'lambda-src/s3.ts'],
    ['s3', 'src/../lambda-src//index.ts', 'lambda-src/s3.ts'],
    ['s3', 'src/audit.ts', 'src/audit.ts'],
  ])('with the sink %s and the entry %s is %s', (sink, entry, expected) => {
    const [first] = resolved({
      'consumers.process-orders.sink': sink,
      'consumers.process-orders.function.entry': entry,
    }).consumers;
    expect(first?.function.code).toStrictEqual({
      type: 'entry',
      entry: expected,
      files: [],
      folder: '.',
    });
  });
});

test('the default function is known by its absolute path and by a link', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'resolve-test-'));
  const link = path.join(folder, 'link.ts');
  symlinkSync(path.resolve('lambda-src/index.ts'), link);
  symlinkSync(path.resolve('lambda-src'), path.join(folder, 'src'));
  const entries = [path.resolve('lambda-src/index.ts'), link, path.join(folder, 'src', 'index.ts')];
  try {
    for (const entry of entries) {
      const [first] = resolved({
        'consumers.process-orders.sink': 's3',
        'consumers.process-orders.function.entry': entry,
      }).consumers;
      expect(first?.function.code).toMatchObject({ entry: 'lambda-src/s3.ts' });
      expect(isDefaultEntry(entry)).toBe(true);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
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

  test.each<[string, unknown, unknown]>([
    ['is the log', 'log', { type: 'log', variables: {} }],
    ['is a lake whose bucket the stack makes', 's3', lake],
    ['is a lake whose bucket the stack makes, by its type', { type: 's3' }, lake],
    [
      'is a lake in an existing bucket',
      { type: 's3', bucket: 'our-lake', prefix: 'orders/' },
      {
        ...lake,
        bucket: 'our-lake',
        prefix: 'orders/',
        managed: false,
        variables: { ...lake.variables, bucket: 'our-lake', prefix: 'orders/' },
      },
    ],
    [
      'is a lake with settings',
      {
        type: 's3',
        expirationInDays: 730,
        transitionToStandardIaInDays: 90,
        scanLimitInMegabytes: 10,
      },
      {
        ...lake,
        expirationInDays: 730,
        transitionToStandardIaInDays: 90,
        scanLimitInMegabytes: 10,
      },
    ],
  ])('%s', (_, sink, expected) => {
    const { consumers } = resolved({ 'consumers.process-orders.sink': sink });
    expect(consumers.map((one) => one.sink)).toStrictEqual([expected]);
  });
});

describe('the alarms of a consumer', () => {
  test.each<[string, unknown, unknown]>([
    ['are turned off', false, false],
    [
      'have settings',
      { iteratorAgeInSeconds: 60, errors: 5, email: 'team@example.com' },
      { ...alarms, iteratorAgeInSeconds: 60, errors: 5, email: 'team@example.com' },
    ],
  ])('%s, and with them those of its subscriptions', (_, settings, expected) => {
    const { consumers, subscriptions } = resolved({ 'consumers.process-orders.alarms': settings });
    expect([...consumers, ...subscriptions].map((one) => one.alarms)).toStrictEqual([
      expected,
      expected,
    ]);
  });
});

describe('the ARN of a role', () => {
  test.each([
    ['without a path', 'us-east-1', '/', 'arn:aws:iam::111122223333:role/ProcessOrdersRole'],
    [
      'with a path',
      'eu-west-1',
      '/streams/orders/',
      'arn:aws:iam::111122223333:role/streams/orders/ProcessOrdersRole',
    ],
    ['in China', 'cn-north-1', '/', 'arn:aws-cn:iam::111122223333:role/ProcessOrdersRole'],
    [
      'in GovCloud',
      'us-gov-west-1',
      '/gov/',
      'arn:aws-us-gov:iam::111122223333:role/gov/ProcessOrdersRole',
    ],
  ])('%s is on the role and among the readers of the stream', (_, region, path, arn) => {
    const { consumers, producers } = resolved({
      'accounts.analytics.region': region,
      'accounts.shop.region': region,
      'consumers.process-orders.role.path': path,
    });
    const readers = producers.flatMap((one) => one.readers.map(({ roleArn }) => roleArn));
    expect([consumers.map(({ role }) => role.arn), readers]).toStrictEqual([[arn], [arn]]);
  });
});

test.each([
  ['us-east-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('the accounts in %s are in the partition %s', (region, partition) => {
  const { consumers, producers, subscriptions } = resolved({
    'accounts.analytics.region': region,
    'accounts.shop.region': region,
  });
  const found = [...consumers, ...producers, ...subscriptions].map(({ account }) => account);
  expect(found).toStrictEqual([
    { id: '111122223333', region, partition },
    { id: '444455556666', region, partition },
    { id: '111122223333', region, partition },
  ]);
});

describe('a producer with accounts', () => {
  const tenants: Overrides = {
    'accounts.tenant-a': { id: '777777777777', region: 'us-east-1' },
    'accounts.tenant-b': { id: '888888888888', region: 'us-east-1' },
    'producers.orders': {
      ...producer('Orders'),
      account: undefined,
      accounts: ['tenant-b', 'tenant-a'],
    },
  };
  const tenantA = { id: '777777777777', region: 'us-east-1', partition: 'aws' };
  const tenantB = { id: '888888888888', region: 'us-east-1', partition: 'aws' };
  const table = { name: 'Orders', encryption: 'aws-owned' };

  test('has one stack in each of them, in the order of the list', () => {
    const shared = {
      name: 'orders',
      table: { type: 'created', ...ordersTable },
      streamPolicy: { principal: 'role', conditions: [], managed: true },
      readers: [processOrders],
    };
    expect(resolved(tenants).producers).toStrictEqual([
      {
        ...shared,
        stackId: 'producer-orders-tenant-b',
        account: tenantB,
        source: { ...table, account: tenantB },
      },
      {
        ...shared,
        stackId: 'producer-orders-tenant-a',
        account: tenantA,
        source: { ...table, account: tenantA },
      },
    ]);
  });

  test('is subscribed to in each of them', () => {
    const shared = {
      ...subscriptionDefaults,
      consumerStackId: 'consumer-process-orders',
      account: analytics,
      functionName: 'ProcessOrders',
      failedBatchesBucket: 'process-orders-failed-batches-025f751830a2',
      alarms,
    };
    expect(resolved(tenants).subscriptions).toStrictEqual([
      {
        ...shared,
        stackId: 'subscription-orders-tenant-b-process-orders',
        producerStackId: 'producer-orders-tenant-b',
        source: { ...table, account: tenantB },
      },
      {
        ...shared,
        stackId: 'subscription-orders-tenant-a-process-orders',
        producerStackId: 'producer-orders-tenant-a',
        source: { ...table, account: tenantA },
      },
    ]);
  });

  test('is as many sources of its consumer', () => {
    expect(resolved(tenants).consumers.map(({ sources }) => sources)).toStrictEqual([
      [
        { account: tenantB, name: 'Orders', encryption: 'aws-owned' },
        { account: tenantA, name: 'Orders', encryption: 'aws-owned' },
      ],
    ]);
  });

  test('is named after a single one as well', () => {
    const { producers, subscriptions } = resolved({
      ...tenants,
      'producers.orders.accounts': ['tenant-a'],
    });
    expect([...producers, ...subscriptions].map(({ stackId }) => stackId)).toStrictEqual([
      'producer-orders-tenant-a',
      'subscription-orders-tenant-a-process-orders',
    ]);
  });
});

describe('the table of a producer, and of its consumer,', () => {
  const key = { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' };

  test.each<[string, Overrides, object, object]>([
    [
      'has a key that the stack makes',
      { 'producers.orders.table.encryption': 'customer-managed' },
      { ...ordersTable, encryption: 'customer-managed' },
      { name: 'Orders', encryption: 'customer-managed' },
    ],
    [
      'has a key that exists',
      { 'producers.orders.table.encryption': key },
      { ...ordersTable, encryption: key },
      { name: 'Orders', encryption: key },
    ],
  ])('%s', (_, overrides, table, source) => {
    const { consumers, producers } = resolved(overrides);
    expect(producers.map((one) => [one.table, one.source])).toStrictEqual([
      [
        { type: 'created', ...table },
        { ...source, account: shop },
      ],
    ]);
    expect(consumers.map(({ sources }) => sources)).toStrictEqual([[{ ...source, account: shop }]]);
  });

  test.each<[string, object, object]>([
    ['exists', { name: 'Legacy' }, { name: 'Legacy', encryption: 'aws-owned' }],
    ['exists with a key', { name: 'Legacy', encryption: key }, { name: 'Legacy', encryption: key }],
  ])('%s', (_, existingTable, expected) => {
    const { consumers, producers } = resolved({
      'producers.orders': {
        account: 'shop',
        existingTable,
        streamPolicy: { replacesExisting: true },
      },
    });
    expect(producers).toStrictEqual([
      {
        name: 'orders',
        stackId: 'producer-orders',
        account: shop,
        table: { type: 'existing', ...expected },
        source: { ...expected, account: shop },
        streamPolicy: { principal: 'role', conditions: [], managed: true },
        readers: [processOrders],
      },
    ]);
    expect(consumers.map(({ sources }) => sources)).toStrictEqual([
      [{ ...expected, account: shop }],
    ]);
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
    const { consumers, producers, subscriptions } = resolved(several);
    expect([...consumers, ...producers, ...subscriptions].map(({ stackId }) => stackId)).toEqual([
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

  test('have sources in the order of the subscriptions', () => {
    const { consumers } = resolved(several);
    expect(consumers.map(({ sources }) => sources.map(({ name }) => name))).toStrictEqual([
      ['Orders'],
      ['Items', 'Orders'],
      [],
    ]);
  });

  test('have readers in the order of the subscriptions', () => {
    const { producers } = resolved(several);
    expect(producers.map(({ readers }) => readers.map(({ stackId }) => stackId))).toStrictEqual([
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
  expect([
    consumers.map(({ stackId, account }) => [stackId, account.id]),
    producers.map(({ stackId, account }) => [stackId, account.id]),
    subscriptions.map(({ stackId, account }) => [stackId, account.id]),
  ]).toStrictEqual([
    [
      ['consumer-process-orders', '111122223333'],
      ['consumer-constructor', '777777777777'],
    ],
    [
      ['producer-orders', '444455556666'],
      ['producer-constructor', '444455556666'],
    ],
    [['subscription-constructor-constructor', '777777777777']],
  ]);
});
