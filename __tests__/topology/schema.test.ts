import {
  ALARMS,
  ASSUME_ROLE,
  ATHENA_SCAN,
  BUCKET,
  FILTERS,
  FUNCTION,
  IAM,
  LIFECYCLE,
  LOG_RETENTION_IN_DAYS,
  MAPPING,
  OBJECT_KEY_PREFIX,
  type Range,
  TABLE,
  TAGS,
} from '../../topology/limits';
import { topologySchema } from '../../topology/schema';
import { consumer, type Overrides, problemsOf, producer, topology } from '../helpers/topology';

const CONSUMER = 'consumers.process-orders';
const ROLE = `${CONSUMER}.role`;
const FUNCTION_SETTINGS = `${CONSUMER}.function`;
const PRODUCER = 'producers.orders';
const TABLE_SETTINGS = `${PRODUCER}.table`;
const SUBSCRIPTION = 'subscriptions[0]';

const SINK = `${CONSUMER}.sink`;
const ALARM_SETTINGS = `${CONSUMER}.alarms`;
const LAKE: Overrides = { [SINK]: { type: 's3' } };
const PYTHON = { directory: 'lambda-src/python', handler: 'index.handler' };
const WATCHED: Overrides = { [ALARM_SETTINGS]: {} };

const PROVISIONED: Overrides = {
  [`${TABLE_SETTINGS}.billingMode`]: 'PROVISIONED',
  [`${TABLE_SETTINGS}.readCapacity`]: 5,
  [`${TABLE_SETTINGS}.writeCapacity`]: 5,
};

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
  const empty = topology({ accounts: {}, consumers: {}, producers: {}, subscriptions: [] });
  expect(problemsOf(empty)).toEqual([]);
});

describe('numbers', () => {
  const NUMBERS: [string, Range, string, Overrides?][] = [
    [`${SUBSCRIPTION}.batchSize`, MAPPING.batchSize, ''],
    [
      `${SUBSCRIPTION}.maximumBatchingWindowInSeconds`,
      MAPPING.maximumBatchingWindowInSeconds,
      ' seconds',
    ],
    [`${SUBSCRIPTION}.parallelizationFactor`, MAPPING.parallelizationFactor, ''],
    [`${SUBSCRIPTION}.maximumRetryAttempts`, MAPPING.maximumRetryAttempts, ' (-1: without end)'],
    [
      `${SUBSCRIPTION}.tumblingWindowInSeconds`,
      MAPPING.tumblingWindowInSeconds,
      ' seconds',
      { [`${FUNCTION_SETTINGS}.code`]: PYTHON, [`${FUNCTION_SETTINGS}.runtime`]: 'python3.12' },
    ],
    [`${FUNCTION_SETTINGS}.memorySize`, FUNCTION.memorySize, ' MB'],
    [`${FUNCTION_SETTINGS}.timeout`, FUNCTION.timeout, ' seconds'],
    [
      `${FUNCTION_SETTINGS}.reservedConcurrentExecutions`,
      FUNCTION.reservedConcurrentExecutions,
      ' (to pause, write enabled: false in the subscription)',
    ],
    [
      `${CONSUMER}.failedBatches.expirationInDays`,
      LIFECYCLE.expirationInDays,
      ' days',
      { [`${CONSUMER}.failedBatches`]: {} },
    ],
    [`${SINK}.expirationInDays`, LIFECYCLE.expirationInDays, ' days', LAKE],
    [`${SINK}.transitionToStandardIaInDays`, LIFECYCLE.transitionToStandardIaInDays, ' days', LAKE],
    [`${SINK}.scanLimitInMegabytes`, ATHENA_SCAN.megabytes, ' MB', LAKE],
    [
      `${ALARM_SETTINGS}.iteratorAgeInSeconds`,
      ALARMS.iteratorAgeInSeconds,
      ' seconds',
      { ...WATCHED, [`${SUBSCRIPTION}.maximumRecordAgeInSeconds`]: -1 },
    ],
    [`${ALARM_SETTINGS}.errors`, ALARMS.count, '', WATCHED],
    [`${ALARM_SETTINGS}.throttles`, ALARMS.count, '', WATCHED],
    [`${ALARM_SETTINGS}.concurrentExecutions`, { min: 1, max: 1_000_000 }, '', WATCHED],
    [`${ALARM_SETTINGS}.durationInPercent`, ALARMS.durationInPercent, ' percent', WATCHED],
    [`${ALARM_SETTINGS}.failedRecords`, ALARMS.count, '', WATCHED],
    [`${TABLE_SETTINGS}.readCapacity`, TABLE.capacity, '', PROVISIONED],
    [`${TABLE_SETTINGS}.writeCapacity`, TABLE.capacity, '', PROVISIONED],
  ];

  describe.each(NUMBERS)('%s', (path, { min, max }, unit, others = {}) => {
    const problems = (value: unknown) => problemsOf(topology({ ...others, [path]: value }));
    const range = `between ${min} and ${max}${unit}`;

    test.each([[min], [max]])('may be %d', (value) => {
      expect(problems(value)).toEqual([]);
    });

    test.each([[min - 1], [max + 1]])('refuses %d', (value) => {
      expect(problems(value)).toEqual([`${path} must be ${range}, got ${value}`]);
    });

    test.each([
      [min + 0.5, String(min + 0.5)],
      [String(max), `"${max}"`],
      [true, 'true'],
      [null, 'null'],
      [[min], `[${min}]`],
      [{}, '{}'],
    ])('refuses %p', (value, got) => {
      expect(problems(value)).toEqual([`${path} must be an integer ${range}, got ${got}`]);
    });
  });

  test.each([
    ['a number that is none', Number.NaN, 'NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a number past all integers, once', 1e23, '1e+23'],
  ])('refuse %s', (_, value, got) => {
    expect(problemsOf(topology({ [`${SUBSCRIPTION}.batchSize`]: value }))).toEqual([
      `${SUBSCRIPTION}.batchSize must be an integer between 1 and 10000, got ${got}`,
    ]);
  });

  describe(`${SUBSCRIPTION}.maximumRecordAgeInSeconds`, () => {
    const path = `${SUBSCRIPTION}.maximumRecordAgeInSeconds`;
    const { min, max } = MAPPING.maximumRecordAgeInSeconds;

    test.each([[-1], [min], [max]])('may be %d', (value) => {
      expect(problemsOf(topology({ [path]: value, [ALARM_SETTINGS]: false }))).toEqual([]);
    });

    test.each([
      [min - 1, '59'],
      [max + 1, '604801'],
      [0, '0'],
      [-2, '-2'],
      ['60', '"60"'],
      [60.5, '60.5'],
      [null, 'null'],
    ])('refuses %p', (value, got) => {
      expect(problemsOf(topology({ [path]: value }))).toEqual([
        `${path} must be between 60 and 604800 seconds, or -1, got ${got}`,
      ]);
    });
  });

  describe(`${FUNCTION_SETTINGS}.logRetentionInDays`, () => {
    const path = `${FUNCTION_SETTINGS}.logRetentionInDays`;

    test.each(LOG_RETENTION_IN_DAYS.values.map((value) => [value]))('may be %d', (value) => {
      expect(problemsOf(topology({ [path]: value }))).toEqual([]);
    });

    test.each([
      [0, '0'],
      [31, '31'],
      ['30', '"30"'],
    ])('refuses %p', (value, got) => {
      expect(problemsOf(topology({ [path]: value }))).toEqual([
        `${path} must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days, got ${got}`,
      ]);
    });
  });
});

describe('lengths', () => {
  const wide = (length: number) => 'n'.repeat(length);
  const inPath = (length: number) => `/${wide(length - 2)}/`;

  test.each<[string, Range, (length: number) => unknown, string, Overrides?]>([
    [
      'state.bucket',
      BUCKET.nameLength,
      wide,
      'must be the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots, and none that S3 reserves',
    ],
    [
      'accounts.shop.deployRole.externalId',
      ASSUME_ROLE.externalIdLength,
      wide,
      'must be an external ID of 2 to 1224 characters',
      { 'accounts.shop.deployRole': { arn: 'arn:aws:iam::444455556666:role/Deploy' } },
    ],
    [
      'accounts.shop.deployRole.sessionName',
      ASSUME_ROLE.sessionNameLength,
      wide,
      'must be a role session name of 2 to 64 letters, digits and +=,.@-_',
      { 'accounts.shop.deployRole': { arn: 'arn:aws:iam::444455556666:role/Deploy' } },
    ],
    [
      `${ROLE}.name`,
      IAM.roleNameLength,
      wide,
      'must be an IAM role name: 1 to 64 letters, digits and +=,.@-_',
    ],
    [
      `${ROLE}.path`,
      { min: 3, max: IAM.pathLength.max },
      inPath,
      'must be an IAM path that begins and ends with a slash, such as /streams/',
    ],
    [
      `${FUNCTION_SETTINGS}.name`,
      FUNCTION.nameLength,
      wide,
      'must be a function name: 1 to 64 letters, digits, hyphens and underscores',
    ],
    [
      `${SINK}.bucket`,
      BUCKET.nameLength,
      wide,
      'must be the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots, and none that S3 reserves',
      LAKE,
    ],
    [
      `${SINK}.prefix`,
      { min: 2, max: OBJECT_KEY_PREFIX.length.max },
      (length) => `${wide(length - 1)}/`,
      'must be an object key prefix that ends with a slash, without *, ./ and ../, such as changes/',
      LAKE,
    ],
    [
      `${TABLE_SETTINGS}.name`,
      TABLE.nameLength,
      wide,
      'must be a table name: 3 to 255 letters, digits, underscores, hyphens and dots',
    ],
    [
      `${TABLE_SETTINGS}.partitionKey.name`,
      TABLE.attributeNameLength,
      wide,
      'must be an attribute name of 1 to 255 characters',
    ],
  ])('%s', (path, { min, max }, value, rule, others = {}) => {
    const problems = (length: number) =>
      problemsOf(topology({ ...others, [path]: value(length) })).map((problem) =>
        problem.replace(/, got ".*$/, ''),
      );
    expect([min - 1, min, max, max + 1].map(problems)).toEqual([
      [`${path} ${rule}`],
      [],
      [],
      [`${path} ${rule}`],
    ]);
  });

  test('of filters: at most 10', () => {
    const filters = (count: number) => Array(count).fill({ eventName: ['INSERT'] });
    const problems = (count: number) =>
      problemsOf(topology({ [`${SUBSCRIPTION}.filters`]: filters(count) }));
    expect(problems(FILTERS.count)).toEqual([]);
    expect(problems(FILTERS.count + 1).map((problem) => problem.replace(/, got .*/, ''))).toEqual([
      `${SUBSCRIPTION}.filters must be at most 10 filters`,
    ]);
  });

  test('of further managed policies: at most 10', () => {
    const arns = (count: number) =>
      Array.from({ length: count }, (_, index) => `arn:aws:iam::aws:policy/P${index}`);
    const problems = (count: number) =>
      problemsOf(topology({ [`${ROLE}.managedPolicyArns`]: arns(count) }));
    expect(problems(IAM.managedPoliciesPerRole.default)).toEqual([]);
    expect(
      problems(IAM.managedPoliciesPerRole.default + 1).map((problem) =>
        problem.replace(/, got .*/, ''),
      ),
    ).toEqual([
      `${ROLE}.managedPolicyArns must be at most 10 policies, which IAM attaches to a role`,
    ]);
  });

  test('of the name, which is the value of a tag', () => {
    const problems = (length: number) => problemsOf(topology({ name: wide(length) })).length;
    expect([TAGS.valueLength.max, TAGS.valueLength.max + 1].map(problems)).toEqual([0, 1]);
  });
});

describe('choices', () => {
  test.each<[string, string[], Overrides?]>([
    [`${FUNCTION_SETTINGS}.architecture`, ['arm64', 'x86_64']],
    [`${TABLE_SETTINGS}.partitionKey.type`, ['S', 'N', 'B']],
    [
      `${TABLE_SETTINGS}.streamViewType`,
      ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'],
    ],
    [
      `${PRODUCER}.streamPolicy.principal`,
      ['role', 'account'],
      { [`${PRODUCER}.streamPolicy`]: {} },
    ],
    [`${SUBSCRIPTION}.startingPosition`, ['TRIM_HORIZON', 'LATEST']],
  ])('%s', (path, values, others = {}) => {
    const problems = (value: unknown) => problemsOf(topology({ ...others, [path]: value }));
    const rule = `${path} must be ${values.join(' or ')}`;
    expect(values.flatMap(problems)).toEqual([]);
    expect(['other', null, 1, ['S']].map(problems)).toEqual([
      [`${rule}, got "other"`],
      [`${rule}, got null`],
      [`${rule}, got 1`],
      [`${rule}, got ["S"]`],
    ]);
  });

  test(`${TABLE_SETTINGS}.billingMode`, () => {
    const path = `${TABLE_SETTINGS}.billingMode`;
    expect(problemsOf(topology(PROVISIONED))).toEqual([]);
    expect(problemsOf(topology({ [path]: 'ON_DEMAND' }))).toEqual([
      `${path} must be PAY_PER_REQUEST or PROVISIONED, got "ON_DEMAND"`,
    ]);
  });

  test.each([
    ['state.usePathStyle'],
    ['state.manage'],
    [`${TABLE_SETTINGS}.pointInTimeRecovery`],
    [`${TABLE_SETTINGS}.deletionProtection`],
    [`${SUBSCRIPTION}.bisectBatchOnFunctionError`],
    [`${SUBSCRIPTION}.enabled`],
    [`${CONSUMER}.role.pollerOnly`],
  ])('%s', (path) => {
    const problems = (value: unknown) => problemsOf(topology({ [path]: value }));
    expect([true, false].flatMap(problems)).toEqual([]);
    expect(['yes', 'true', 0, null].map(problems)).toEqual([
      [`${path} must be true or false, got "yes"`],
      [`${path} must be true or false, got "true"`],
      [`${path} must be true or false, got 0`],
      [`${path} must be true or false, got null`],
    ]);
  });
});

describe('formats', () => {
  const NAME = 'must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first';
  const EARLY_PROVIDER =
    "must be 6.29.0 or later: earlier ones keep a replaced stream's policy on the old stream, and fail to create buckets in China, GovCloud and the European Sovereign Cloud";
  const PROVIDER_VERSION =
    'must be an exact version of the AWS provider 6 in quotes, such as "6.31.0"';
  const REGION = 'must be an AWS Region, such as us-east-1';
  const BUCKET_NAME =
    'must be the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots, and none that S3 reserves';
  const KEY_PREFIX =
    'must be an object key prefix without a slash at either end, such as team/orders';
  const ROLE_ARN = 'must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/Deploy';
  const POLICY_ARN =
    'must be the ARN of an IAM policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess';
  const PATH = 'must be an IAM path that begins and ends with a slash, such as /streams/';
  const NODE = 'must be a Lambda runtime, such as nodejs24.x, nodejs22.x, nodejs20.x';
  const RUNTIME =
    'must be a Lambda runtime, such as nodejs24.x, python3.14, java25, dotnet10, ruby3.4, provided.al2023';
  const ROLE_NAME = 'must be an IAM role name: 1 to 64 letters, digits and +=,.@-_';
  const FUNCTION_NAME = 'must be a function name: 1 to 64 letters, digits, hyphens and underscores';
  const TABLE_NAME =
    'must be a table name: 3 to 255 letters, digits, underscores, hyphens and dots';
  const TAG = 'must be a string of letters, digits, spaces and _.:/=+-@';
  const SINKS = 'must be log, s3 or { type: s3, bucket?: …, prefix?: … }';
  const PREFIX =
    'must be an object key prefix that ends with a slash, without *, ./ and ../, such as changes/';
  const ALARM_SETTINGS_RULE =
    'must be false or { iteratorAgeInSeconds?: …, topicArn?: …, email?: … }';
  const TOPIC =
    'must be the ARN of an SNS topic, such as arn:aws:sns:us-east-1:111122223333:alarms';
  const POLICY = 'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole';

  test.each<[string, unknown]>([
    ['name', 'a'],
    ['name', 'orders-2'],
    ['tags', { Team: '', 'cost center': 'a b', 'Größe_.:/=+@-': 'é_.:/=+@-' }],
    ['state.bucket', 'my.state-bucket-1'],
    ['state.region', 'us-gov-west-1'],
    ['state.region', 'ap-southeast-5'],
    ['state.region', 'eusc-de-east-1'],
    ['state.region', 'us-isob-east-1'],
    ['state.keyPrefix', "team/orders_1/a!.*'()"],
    ['state.roleArn', 'arn:aws:iam::111122223333:role/path/Terraform+=,.@-_State'],
    ['state.roleArn', 'arn:aws-us-gov:iam::111122223333:role/TerraformState'],
    ['accounts.shop.stateRoleArn', 'arn:aws:iam::999999999999:role/state/Shop'],
    ['state.kmsKeyId', 'alias/state'],
    [`${ROLE}.name`, 'A+=,.@-_9'],
    [`${ROLE}.path`, '/'],
    [`${ROLE}.path`, '/a/b/'],
    [`${ROLE}.path`, '/A_9+=,.@-/'],
    [`${ROLE}.managedPolicyArns`, [POLICY, 'arn:aws:iam::111122223333:policy/Own']],
    [`${ROLE}.permissionsBoundary`, 'arn:aws:iam::111122223333:policy/Boundary'],
    [`${FUNCTION_SETTINGS}.name`, 'Process_orders-1'],
    [`${FUNCTION_SETTINGS}.runtime`, 'nodejs24.x'],
    [`${FUNCTION_SETTINGS}.environment`, { EMPTY: '', a1: 'é "quoted"' }],
    [SINK, 'log'],
    [SINK, 's3'],
    [SINK, { type: 's3', bucket: 'our.lake-1', prefix: "a/..b./b_1=c!.'()-/" }],
    [`${CONSUMER}.failedBatches`, {}],
    [ALARM_SETTINGS, false],
    [ALARM_SETTINGS, {}],
    [ALARM_SETTINGS, { topicArn: 'arn:aws:sns:us-east-1:999999999999:On_call-1' }],
    [ALARM_SETTINGS, { email: 'first.last+alarms@mail.example.com' }],
    [`${TABLE_SETTINGS}.name`, 'My_table-1.0'],
    [`${TABLE_SETTINGS}.partitionKey.name`, 'Größe in cm\n'],
    [`${TABLE_SETTINGS}.sortKey`, { name: 'Version', type: 'N' }],
    [`${PRODUCER}.streamPolicy`, {}],
    [
      `${PRODUCER}.streamPolicy`,
      {
        conditions: [
          {
            test: 'ForAnyValue:StringLike',
            variable: 'aws:PrincipalOrgPaths',
            values: ['o-a1b2/*', '${aws:PrincipalOrgID}/*'],
          },
        ],
      },
    ],
    [`${SUBSCRIPTION}.filters`, [{ eventName: ['INSERT'] }, { eventID: ['1'] }]],
  ])('%s may be %j', (path, value) => {
    expect(problemsOf(topology({ [path]: value }))).toEqual([]);
  });

  test.each<[string, unknown, string, Overrides?]>([
    ['name', 'Orders', NAME],
    ['name', '1orders', NAME],
    ['name', 'my_orders', NAME],
    ['name', 'orders\n', NAME],
    ['name', '', NAME],
    ['name', 5, NAME],
    ['name', null, NAME],
    ['tags', null, 'must be a mapping from tag keys to strings'],
    ['tags', ['Team'], 'must be a mapping from tag keys to strings'],
    ['tags', 'Team', 'must be a mapping from tag keys to strings'],
    ['tags.Team', 5, TAG, { tags: {} }],
    ['tags.Team', null, TAG, { tags: {} }],
    ['tags.Team', 'a*b', TAG, { tags: {} }],
    ['state.bucket', 'My-bucket', BUCKET_NAME],
    ['state.bucket', '-bucket', BUCKET_NAME],
    ['state.bucket', 'bucket.', BUCKET_NAME],
    ['state.bucket', 'my_bucket', BUCKET_NAME],
    ['state.bucket', 'two..dots', BUCKET_NAME],
    ['state.bucket', null, BUCKET_NAME],
    ['state.region', 'us-east', REGION],
    ['state.region', 'us-east-1a', REGION],
    ['state.region', 'US-EAST-1', REGION],
    ['state.region', 'virginia', REGION],
    ['state.region', null, REGION],
    ['state.keyPrefix', '/orders', KEY_PREFIX],
    ['state.keyPrefix', 'orders/', KEY_PREFIX],
    ['state.keyPrefix', 'team//orders', KEY_PREFIX],
    ['state.keyPrefix', 'my orders', KEY_PREFIX],
    ['state.keyPrefix', '', KEY_PREFIX],
    ['state.roleArn', 'TerraformState', ROLE_ARN],
    ['accounts.shop.stateRoleArn', 'TerraformState', ROLE_ARN],
    ['accounts.shop.stateRoleArn', 'arn:aws:iam::111122223333:user/State', ROLE_ARN],
    ['accounts.shop.stateRoleArn', 'arn:aws:sts::111122223333:assumed-role/State/x', ROLE_ARN],
    ['state.roleArn', 'arn:aws:iam::111122223333:user/State', ROLE_ARN],
    ['state.roleArn', 'arn:aws:iam::1111:role/State', ROLE_ARN],
    ['state.roleArn', 'arn:aws:iam::111122223333:role/', ROLE_ARN],
    ['state.kmsKeyId', '', 'must be the ID or ARN of a KMS key'],
    ['state.kmsKeyId', 'two words', 'must be the ID or ARN of a KMS key'],
    ['awsProviderVersion', '~> 6.0', PROVIDER_VERSION],
    ['awsProviderVersion', '6.31', PROVIDER_VERSION],
    ['awsProviderVersion', '5.100.0', PROVIDER_VERSION],
    ['awsProviderVersion', '6.028.0', PROVIDER_VERSION],
    ['awsProviderVersion', '6.28.0', EARLY_PROVIDER],
    ['awsProviderVersion', '6.0.0', EARLY_PROVIDER],
    ['awsProviderVersion', '6.9.12', EARLY_PROVIDER],
    ['awsProviderVersion', 6.31, PROVIDER_VERSION],
    ['accounts.shop.region', 'us-east', REGION],
    ['accounts.shop.region', null, REGION],
    [`${CONSUMER}.account`, '', 'must be the name of an account in this file'],
    [`${CONSUMER}.account`, null, 'must be the name of an account in this file'],
    [`${CONSUMER}.account`, 444455556666, 'must be the name of an account in this file'],
    [`${CONSUMER}.account`, '__proto__', 'must be the name of an account in this file'],
    [`${CONSUMER}.account`, 'toString', 'must be the name of an account in this file'],
    [`${ROLE}.name`, 'my role', ROLE_NAME],
    [`${ROLE}.name`, 'path/role', ROLE_NAME],
    [`${ROLE}.name`, 'Rölle', ROLE_NAME],
    [`${ROLE}.name`, null, ROLE_NAME],
    [`${ROLE}.path`, '', PATH],
    [`${ROLE}.path`, 'streams/', PATH],
    [`${ROLE}.path`, '/streams', PATH],
    [`${ROLE}.path`, '/my streams/', PATH],
    [`${ROLE}.path`, '//', PATH],
    [`${ROLE}.path`, '/a!/', PATH],
    [`${ROLE}.path`, '/ströme/', PATH],
    [`${ROLE}.path`, '/${a}/', PATH],
    [`${ROLE}.path`, null, PATH],
    [`${ROLE}.permissionsBoundary`, 'Boundary', POLICY_ARN],
    [`${ROLE}.permissionsBoundary`, 'arn:aws:iam::111122223333:role/Boundary', POLICY_ARN],
    [`${ROLE}.managedPolicyArns`, POLICY, 'must be a list'],
    [`${ROLE}.managedPolicyArns`, null, 'must be a list'],
    [
      `${ROLE}.managedPolicyArns[0]`,
      'ReadOnlyAccess',
      POLICY_ARN,
      { [`${ROLE}.managedPolicyArns`]: [] },
    ],
    [`${FUNCTION_SETTINGS}.name`, 'my.function', FUNCTION_NAME],
    [`${FUNCTION_SETTINGS}.name`, '', FUNCTION_NAME],
    [`${FUNCTION_SETTINGS}.runtime`, 'Node.js 22', NODE],
    [`${FUNCTION_SETTINGS}.runtime`, null, RUNTIME],
    [
      `${FUNCTION_SETTINGS}.entry`,
      'lambda-src/index.py',
      'must be the path of a TypeScript or JavaScript file, relative to cdktf.json',
    ],
    [
      `${FUNCTION_SETTINGS}.code.directory`,
      '',
      'must be the path of a folder, relative to cdktf.json',
      { [`${FUNCTION_SETTINGS}.code`]: { handler: 'index.handler' } },
    ],
    [
      `${FUNCTION_SETTINGS}.code.handler`,
      'index handler',
      'must be a handler, such as index.handler',
      { [`${FUNCTION_SETTINGS}.code`]: { directory: 'build' } },
    ],
    [
      `${FUNCTION_SETTINGS}.environment`,
      ['LOG_LEVEL'],
      'must be a mapping from variable names to strings',
    ],
    [`${FUNCTION_SETTINGS}.environment`, null, 'must be a mapping from variable names to strings'],
    [
      `${FUNCTION_SETTINGS}.environment.SIZE`,
      5,
      'must be a string; put numbers and booleans in quotes',
      { [`${FUNCTION_SETTINGS}.environment`]: {} },
    ],
    [
      `${FUNCTION_SETTINGS}.environment.DEBUG`,
      true,
      'must be a string; put numbers and booleans in quotes',
      { [`${FUNCTION_SETTINGS}.environment`]: {} },
    ],
    [SINK, 'sqs', SINKS],
    [SINK, 'S3', SINKS],
    [SINK, null, SINKS],
    [SINK, true, SINKS],
    [SINK, ['s3'], SINKS],
    [SINK, {}, SINKS],
    [SINK, { bucket: 'our-lake' }, SINKS],
    [`${SINK}.type`, 'sqs', 'must be s3', LAKE],
    [`${SINK}.bucket`, 'My-bucket', BUCKET_NAME, LAKE],
    [`${SINK}.bucket`, null, BUCKET_NAME, LAKE],
    [`${SINK}.prefix`, '', PREFIX, LAKE],
    [`${SINK}.prefix`, '/', PREFIX, LAKE],
    [`${SINK}.prefix`, 'changes', PREFIX, LAKE],
    [`${SINK}.prefix`, '/changes/', PREFIX, LAKE],
    [`${SINK}.prefix`, 'a//b/', PREFIX, LAKE],
    [`${SINK}.prefix`, 'my changes/', PREFIX, LAKE],
    [`${SINK}.prefix`, '${a}/', PREFIX, LAKE],
    [`${SINK}.prefix`, 'a/\n', PREFIX, LAKE],
    [`${SINK}.prefix`, null, PREFIX, LAKE],
    [ALARM_SETTINGS, true, ALARM_SETTINGS_RULE],
    [ALARM_SETTINGS, null, ALARM_SETTINGS_RULE],
    [ALARM_SETTINGS, 'team@example.com', ALARM_SETTINGS_RULE],
    [ALARM_SETTINGS, [], ALARM_SETTINGS_RULE],
    [`${ALARM_SETTINGS}.topicArn`, 'alarms', TOPIC, WATCHED],
    [`${ALARM_SETTINGS}.topicArn`, 'arn:aws:sqs:us-east-1:111122223333:alarms', TOPIC, WATCHED],
    [`${ALARM_SETTINGS}.topicArn`, 'arn:aws:sns:us-east-1:1111:alarms', TOPIC, WATCHED],
    [`${ALARM_SETTINGS}.topicArn`, 'arn:aws:sns:us-east-1:111122223333:a.fifo', TOPIC, WATCHED],
    [`${ALARM_SETTINGS}.topicArn`, null, TOPIC, WATCHED],
    [`${ALARM_SETTINGS}.email`, 'team', 'must be an email address', WATCHED],
    [`${ALARM_SETTINGS}.email`, 'a@b@c', 'must be an email address', WATCHED],
    [`${ALARM_SETTINGS}.email`, 'Team <a@b.c>', 'must be an email address', WATCHED],
    [`${ALARM_SETTINGS}.email`, false, 'must be an email address', WATCHED],
    [`${PRODUCER}.account`, null, 'must be the name of an account in this file'],
    [
      `${PRODUCER}.accounts`,
      [],
      'must name at least one account',
      { [`${PRODUCER}.account`]: undefined },
    ],
    [`${PRODUCER}.accounts`, 'shop', 'must be a list', { [`${PRODUCER}.account`]: undefined }],
    [
      `${PRODUCER}.accounts[0]`,
      null,
      'must be the name of an account in this file',
      { [`${PRODUCER}.account`]: undefined, [`${PRODUCER}.accounts`]: [] },
    ],
    [`${TABLE_SETTINGS}.name`, 'my table', TABLE_NAME],
    [`${TABLE_SETTINGS}.name`, 'orders/2', TABLE_NAME],
    [
      `${PRODUCER}.streamPolicy.conditions`,
      {},
      'must be a list',
      { [`${PRODUCER}.streamPolicy`]: {} },
    ],
    [`${SUBSCRIPTION}.producer`, null, 'must be the name of a producer in this file'],
    [`${SUBSCRIPTION}.consumer`, 'Search', 'must be the name of a consumer in this file'],
    [`${SUBSCRIPTION}.filters`, { eventName: ['INSERT'] }, 'must be a list'],
    [
      `${SUBSCRIPTION}.filters[0]`,
      null,
      'must be a filter pattern, such as { eventName: [INSERT] }',
      { [`${SUBSCRIPTION}.filters`]: [] },
    ],
    [
      `${SUBSCRIPTION}.filters[0]`,
      '{"eventName":["INSERT"]}',
      'must be a filter pattern without quotes around it, such as { eventName: [INSERT] }',
      { [`${SUBSCRIPTION}.filters`]: [] },
    ],
    [
      `${SUBSCRIPTION}.filters[0]`,
      'INSERT',
      'must be a filter pattern, such as { eventName: [INSERT] }',
      { [`${SUBSCRIPTION}.filters`]: [] },
    ],
    ['subscriptions', null, 'must be a list'],
    ['subscriptions', {}, 'must be a list'],
  ])('%s refuses %j', (path, value, rule, others = {}) => {
    expect(problemsOf(topology({ ...others, [path]: value }))).toEqual([
      `${path} ${rule}, got ${JSON.stringify(value)}`,
    ]);
  });

  test.each([
    [
      444455556666,
      'must be an AWS account ID of 12 digits in quotes, since YAML reads digits as a number, got 444455556666',
    ],
    ['4444', 'must be an AWS account ID of 12 digits, such as "111122223333", got "4444"'],
    [
      '4444-5555-6666',
      'must be an AWS account ID of 12 digits, such as "111122223333", got "4444-5555-6666"',
    ],
    [
      '４４４４５５５５６６６６',
      'must be an AWS account ID of 12 digits, such as "111122223333", got "４４４４５５５５６６６６"',
    ],
    [null, 'must be an AWS account ID of 12 digits in quotes, such as "111122223333", got null'],
  ])('accounts.shop.id refuses %j', (id, message) => {
    expect(problemsOf(topology({ 'accounts.shop.id': id }))).toEqual([
      `accounts.shop.id ${message}`,
    ]);
  });

  test.each([
    [
      'test',
      'String Equals',
      'must be a condition operator, such as StringEquals, got "String Equals"',
    ],
    [
      'variable',
      'aws PrincipalArn',
      'must be a condition key, such as aws:PrincipalOrgID, got "aws PrincipalArn"',
    ],
    ['values', [], 'must have at least one value, got []'],
    ['values', 'o-a1b2', 'must be a list, got "o-a1b2"'],
    ['values', undefined, 'is missing; it must be a list'],
  ])(`${PRODUCER}.streamPolicy.conditions[0].%s refuses %j`, (key, value, message) => {
    const condition = { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-a1b2'] };
    const streamPolicy = { conditions: [{ ...condition, [key]: value }] };
    expect(problemsOf(topology({ [`${PRODUCER}.streamPolicy`]: streamPolicy }))).toEqual([
      `${PRODUCER}.streamPolicy.conditions[0].${key} ${message}`,
    ]);
  });

  describe(`${TABLE_SETTINGS}.encryption`, () => {
    const path = `${TABLE_SETTINGS}.encryption`;
    const managed =
      'must not be the AWS managed key (alias/aws/dynamodb), with which a stream cannot be read from another account; write aws-owned, customer-managed or { kmsKeyArn: … }';
    const alias =
      'must be the ARN of a KMS key (not of an alias), such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const choice = 'must be aws-owned, customer-managed or { kmsKeyArn: <ARN of a KMS key> }';

    test('may be aws-owned', () => {
      expect(problemsOf(topology({ [path]: 'aws-owned' }))).toEqual([]);
    });

    test.each([
      ['aws-managed', `${managed}, got "aws-managed"`],
      ['alias/aws/dynamodb', `${managed}, got "alias/aws/dynamodb"`],
      ['none', `${choice}, got "none"`],
      [null, `${choice}, got null`],
      [true, `${choice}, got true`],
      [{}, `${choice}, got {}`],
    ])('refuses %j', (value, message) => {
      expect(problemsOf(topology({ [path]: value }))).toEqual([`${path} ${message}`]);
    });

    test.each([
      ['arn:aws:kms:us-east-1:444455556666:alias/orders', alias],
      ['arn:aws:kms:us-east-1:444455556666:alias/aws/dynamodb', managed],
      ['1234abcd-12ab-34cd-56ef-1234567890ab', alias],
    ])('refuses the key %s', (kmsKeyArn, message) => {
      expect(problemsOf(topology({ [path]: { kmsKeyArn } }))).toEqual([
        `${path}.kmsKeyArn ${message}, got "${kmsKeyArn}"`,
      ]);
    });

    test.each([
      [{ toString: 'x' }, '{"toString":"x"}'],
      [{ toString: null, valueOf: null }, '{"toString":null,"valueOf":null}'],
    ])('refuses %j, without a crash', (value, got) => {
      expect(problemsOf(topology({ [path]: value }))).toEqual([`${path} ${choice}, got ${got}`]);
    });
  });
});

describe('mappings', () => {
  const TOPOLOGY =
    'name, tags, awsProviderVersion, state, accounts, consumers, producers, subscriptions';
  const STATE = 'bucket, region, keyPrefix, roleArn, kmsKeyId, usePathStyle, manage';
  const ACCOUNT = 'id, region, deployRole, stateRoleArn';
  const DEPLOY_ROLE = 'arn, externalId, sessionName';
  const CONSUMER_KEYS = 'account, role, function, sink, failedBatches, alarms';
  const ROLE_KEYS =
    'name, path, permissionsBoundary, managedPolicyArns, managedPolicyQuota, pollerOnly';
  const FUNCTION_KEYS =
    'name, entry, files, code, runtime, architecture, memorySize, timeout, reservedConcurrentExecutions, environment, logRetentionInDays';
  const PRODUCER_KEYS = 'account, accounts, table, existingTable, streamPolicy';
  const TABLE_KEYS =
    'name, partitionKey, sortKey, streamViewType, billingMode, readCapacity, writeCapacity, pointInTimeRecovery, deletionProtection, encryption';
  const STREAM_POLICY_KEYS = 'principal, conditions, replacesExisting';
  const SUBSCRIPTION_KEYS =
    'producer, consumer, startingPosition, batchSize, maximumBatchingWindowInSeconds, parallelizationFactor, bisectBatchOnFunctionError, maximumRetryAttempts, maximumRecordAgeInSeconds, tumblingWindowInSeconds, filters, enabled';

  // Nothing else refers to these, so that they can be broken without a second problem.
  const unused: Overrides = {
    'accounts.unused': {
      id: '777777777777',
      region: 'us-east-1',
      deployRole: { arn: 'arn:aws:iam::777777777777:role/Deploy' },
    },
    subscriptions: [],
  };

  /** What may be something else than a mapping. */
  const RULES: Record<string, string> = {
    [`${PRODUCER}.streamPolicy`]:
      'must be none or { principal?: …, conditions?: …, replacesExisting?: true }',
  };

  const MAPPINGS = [
    ['state', STATE],
    ['accounts.unused', ACCOUNT],
    ['accounts.unused.deployRole', DEPLOY_ROLE],
    [CONSUMER, CONSUMER_KEYS],
    [ROLE, ROLE_KEYS],
    [FUNCTION_SETTINGS, FUNCTION_KEYS],
    [`${CONSUMER}.failedBatches`, 'expirationInDays'],
    [PRODUCER, PRODUCER_KEYS],
    [TABLE_SETTINGS, TABLE_KEYS],
    [`${TABLE_SETTINGS}.partitionKey`, 'name, type'],
    [`${PRODUCER}.streamPolicy`, STREAM_POLICY_KEYS],
  ] as const;

  describe.each(MAPPINGS)('%s', (path, keys) => {
    test.each([
      [null, 'null'],
      [['a', 'b'], '["a","b"]'],
      ['text', '"text"'],
      [5, '5'],
    ])('refuses %j', (value, got) => {
      expect(problemsOf(topology({ ...unused, [path]: value }))).toEqual([
        `${path} ${RULES[path] ?? `must be a mapping with the keys ${keys}`}, got ${got}`,
      ]);
    });

    test.each([['colour'], ['constructor'], ['toString'], ['5']])(
      'refuses the unknown key %s',
      (key) => {
        const others = /(streamPolicy|failedBatches)$/.test(path) ? { [path]: {} } : {};
        const content = topology({ ...unused, ...others, [`${path}.${key}`]: 'red' });
        expect(problemsOf(content)).toEqual([
          `${path}.${key} is not a key of the topology here; the keys are ${keys}, got "red"`,
        ]);
      },
    );
  });

  test.each([
    [
      SINK,
      { type: 's3', colour: 'red', expirationInDays: '30' },
      [
        `${SINK}.colour is not a key of the topology here; the keys are type, bucket, prefix, expirationInDays, transitionToStandardIaInDays, formerAccounts, formerTables, scanLimitInMegabytes, got "red"`,
        `${SINK}.expirationInDays must be an integer between 1 and 36500 days, got "30"`,
      ],
    ],
    [
      ALARM_SETTINGS,
      { errors: null, colour: 'red', email: 5 },
      [
        `${ALARM_SETTINGS}.colour is not a key of the topology here; the keys are iteratorAgeInSeconds, errors, throttles, concurrentExecutions, durationInPercent, failedRecords, topicArn, email, got "red"`,
        `${ALARM_SETTINGS}.email must be an email address, got 5`,
        `${ALARM_SETTINGS}.errors must be an integer between 1 and 1000000, got null`,
      ],
    ],
    [
      `${TABLE_SETTINGS}.encryption`,
      { kmsKeyArn: 5 },
      [`${TABLE_SETTINGS}.encryption.kmsKeyArn must be the ARN of a KMS key, got 5`],
    ],
  ])('%s refuses the values of %j one by one', (path, value, problems) => {
    expect(problemsOf(topology({ [path]: value })).sort()).toEqual(problems);
  });

  test.each([
    ['subscriptions[0]', null, SUBSCRIPTION_KEYS, 'null'],
    ['subscriptions[0]', [], SUBSCRIPTION_KEYS, '[]'],
    ['subscriptions[0]', 'orders', SUBSCRIPTION_KEYS, '"orders"'],
  ])('%s refuses %j', (path, value, keys, got) => {
    expect(problemsOf(topology({ [path]: value }))).toEqual([
      `${path} must be a mapping with the keys ${keys}, got ${got}`,
    ]);
  });

  test('refuses unknown keys at the top and in lists', () => {
    const content = topology({ version: 2, 'subscriptions[0].retries': null });
    expect(problemsOf(content)).toEqual([
      `subscriptions[0].retries is not a key of the topology here; the keys are ${SUBSCRIPTION_KEYS}, got null`,
      `version is not a key of the topology here; the keys are ${TOPOLOGY}, got 2`,
    ]);
  });

  test.each([[undefined], [null], ['orders'], [5], [[]]])('refuses %j as a topology', (content) => {
    const got = content === undefined ? 'is missing; it ' : '';
    const received = content === undefined ? '' : `, got ${JSON.stringify(content)}`;
    expect(problemsOf(content)).toEqual([
      `${got}must be a mapping with the keys ${TOPOLOGY}${received}`,
    ]);
  });

  test('refuses an empty mapping as a topology', () => {
    expect(problemsOf({})).toEqual([
      'name is missing; it must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first',
      `state is missing; it must be a mapping with the keys ${STATE}`,
      'accounts is missing; it must be a mapping from the name of an account to its settings',
      'consumers is missing; it must be a mapping from the name of a consumer to its settings',
      'producers is missing; it must be a mapping from the name of a producer to its settings',
    ]);
  });

  test.each([
    [
      'state.bucket',
      'must be the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots, and none that S3 reserves',
    ],
    ['state.region', 'must be an AWS Region, such as us-east-1'],
    [
      'accounts.unused.id',
      'must be an AWS account ID of 12 digits in quotes, such as "111122223333"',
    ],
    ['accounts.unused.region', 'must be an AWS Region, such as us-east-1'],
    [
      'accounts.unused.deployRole.arn',
      'must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/Deploy',
    ],
    [`${CONSUMER}.account`, 'must be the name of an account in this file'],
    [ROLE, `must be a mapping with the keys ${ROLE_KEYS}`],
    [`${ROLE}.name`, 'must be an IAM role name: 1 to 64 letters, digits and +=,.@-_'],
    [FUNCTION_SETTINGS, `must be a mapping with the keys ${FUNCTION_KEYS}`],
    [
      `${FUNCTION_SETTINGS}.name`,
      'must be a function name: 1 to 64 letters, digits, hyphens and underscores',
    ],
    [
      `${TABLE_SETTINGS}.name`,
      'must be a table name: 3 to 255 letters, digits, underscores, hyphens and dots',
    ],
    [`${TABLE_SETTINGS}.partitionKey`, 'must be a mapping with the keys name, type'],
    [`${TABLE_SETTINGS}.partitionKey.name`, 'must be an attribute name of 1 to 255 characters'],
    [`${TABLE_SETTINGS}.partitionKey.type`, 'must be S or N or B'],
  ])('says that %s is missing', (path, rule) => {
    expect(problemsOf(topology({ ...unused, [path]: undefined }))).toEqual([
      `${path} is missing; it ${rule}`,
    ]);
  });
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

  describe.each(['accounts', 'consumers', 'producers'] as const)('in %s', (section) => {
    test.each([['a'], ['tenant-a1'], ['constructor'], ['a'.repeat(64)]])('may be %s', (key) => {
      expect(problemsOf(named(section, key))).toEqual([]);
    });

    test.each([
      ['Tenant'],
      ['tenant_a'],
      ['tenant a'],
      ['1'],
      [''],
      ['-a'],
      ['tenant.a'],
      ['toString'],
      ['hasOwnProperty'],
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
      const problems = problemsOf(
        topology({
          accounts: {},
          consumers: {},
          producers: {},
          subscriptions: [],
          [section]: value,
        }),
      );
      const what = { accounts: 'an account', consumers: 'a consumer', producers: 'a producer' };
      expect(problems).toEqual([
        `${section} must be a mapping from the name of ${what[section]} to its settings, got ${JSON.stringify(value)}`,
      ]);
    });
  });

  test('are refused beside a broken value of the same section', () => {
    const content = topology({
      'accounts.Tenant': { id: '777777777777', region: 'us-east-1' },
      'accounts.tenant-b': { id: 888888888888, region: 'us-east-1' },
    });
    expect(problemsOf(content).sort()).toEqual([
      `accounts.Tenant ${RULE}, got {"id":"777777777777","region":"us-east-1"}`,
      'accounts.tenant-b.id must be an AWS account ID of 12 digits in quotes, since YAML reads digits as a number, got 888888888888',
    ]);
  });
});
