import { topologySchema } from '../../topology/schema';
import { consumer, problemsOf, producer, topology } from '../helpers/topology';

const EMPTY = { accounts: {}, consumers: {}, producers: {}, subscriptions: [] };

test('a minimal topology gets the defaults', () => {
  expect(topologySchema.parse(topology())).toStrictEqual({
    name: 'orders',
    tags: {},
    awsProviderVersion: '6.31.0',
    state: {
      bucket: 'example-terraform-state',
      region: 'us-east-1',
      usePathStyle: false,
      manage: false,
    },
    accounts: {
      analytics: { id: '111122223333', region: 'us-east-1' },
      shop: { id: '444455556666', region: 'us-east-1' },
    },
    consumers: {
      'process-orders': {
        account: 'analytics',
        role: {
          name: 'ProcessOrdersRole',
          path: '/',
          managedPolicyArns: [],
          managedPolicyQuota: 10,
          pollerOnly: true,
        },
        function: {
          name: 'ProcessOrders',
          runtime: 'nodejs24.x',
          architecture: 'arm64',
          memorySize: 256,
          timeout: 60,
          environment: {},
          files: [],
          logRetentionInDays: 30,
        },
        sink: { type: 'log' },
        failedBatches: { expirationInDays: 30 },
        alarms: {
          iteratorAgeInSeconds: 900,
          errors: 1,
          throttles: 1,
          durationInPercent: 80,
          failedRecords: 1,
        },
      },
    },
    producers: {
      orders: {
        account: 'shop',
        table: {
          name: 'Orders',
          partitionKey: { name: 'OrderId', type: 'S' },
          streamViewType: 'NEW_AND_OLD_IMAGES',
          billingMode: 'PAY_PER_REQUEST',
          pointInTimeRecovery: true,
          deletionProtection: true,
          encryption: 'aws-owned',
        },
        streamPolicy: { principal: 'role', conditions: [] },
      },
    },
    subscriptions: [
      {
        producer: 'orders',
        consumer: 'process-orders',
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
      },
    ],
  });
});

test('subscriptions may be left out', () => {
  expect(topologySchema.parse(topology({ subscriptions: undefined })).subscriptions).toEqual([]);
});

test('the other sections may be empty', () => {
  expect(problemsOf(topology(EMPTY))).toEqual([]);
});

test.each([[undefined], [null], ['orders'], [5], [[]]])('refuses %j as a topology', (content) => {
  const must =
    'must be a mapping with the keys name, tags, awsProviderVersion, state, accounts, consumers, producers, subscriptions';
  expect(problemsOf(content)).toEqual([
    content === undefined ? `is missing; it ${must}` : `${must}, got ${JSON.stringify(content)}`,
  ]);
});

describe('names that the user chooses', () => {
  const RULE = 'must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first';
  type Section = 'accounts' | 'consumers' | 'producers';

  /** The sections with one entry of this name beside those of the minimal topology. */
  function named(section: Section, name: string) {
    const entry = {
      accounts: { id: '777777777777', region: 'us-east-1' },
      consumers: consumer('Named'),
      producers: producer('Named'),
    }[section];
    const content = topology();
    // An assignment would not make a key of __proto__, as YAML does.
    Object.defineProperty(content[section], name, { value: entry, enumerable: true });
    return content;
  }

  describe.each<[Section, string]>([
    ['accounts', 'an account'],
    ['consumers', 'a consumer'],
    ['producers', 'a producer'],
  ])('in %s', (section, what) => {
    test.each([['a'], ['tenant-a1'], ['constructor'], ['a'.repeat(64)]])('may be %s', (key) => {
      expect(problemsOf(named(section, key))).toEqual([]);
    });

    test.each([
      ...[
        'Tenant',
        'tenant_a',
        'tenant a',
        '1',
        '',
        '-a',
        'tenant.a',
        'toString',
        'hasOwnProperty',
      ],
    ])('refuse %j', (key) => {
      const problems = problemsOf(named(section, key));
      expect(problems.map((problem) => problem.replace(/, got .*/, ''))).toEqual([
        `${section}.${key} ${RULE}`,
      ]);
    });

    test('refuse "__proto__"', () => {
      expect(problemsOf(named(section, '__proto__'))).toEqual([
        `${section}.__proto__ must not be named __proto__; choose another name`,
      ]);
    });

    test.each([[null], [['a']], ['text']])('refuse %j in place of the names', (value) => {
      expect(problemsOf(topology({ ...EMPTY, [section]: value }))).toEqual([
        `${section} must be a mapping from the name of ${what} to its settings, got ${JSON.stringify(value)}`,
      ]);
    });
  });
});
