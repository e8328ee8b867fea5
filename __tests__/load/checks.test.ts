import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TAGS } from '../../topology/limits';
import { consumer, type Overrides, problemsOf, producer, topology } from '../helpers/topology';

const CONSUMER = 'consumers.process-orders';
const ROLE = `${CONSUMER}.role`;
const FUNCTION = `${CONSUMER}.function`;
const PRODUCER = 'producers.orders';
const TABLE = `${PRODUCER}.table`;
const LOG_LEVELS_WITHOUT_CHANGES = [
  ['a level at which the default function logs no change', undefined],
  ['such a level, with the entry of the default function', 'lambda-src/index.ts'],
  ['such a level, with its absolute path', path.resolve('lambda-src/index.ts')],
] as const;
const OTHER_ACCOUNT = { id: '777777777777', region: 'us-east-1' };

/** What is wrong with the minimal topology once these values are set. */
type Case = readonly [name: string, overrides: Overrides, problems: readonly string[]];

const accepts = (cases: readonly (readonly [string, Overrides])[]) =>
  test.each(cases)('accepts %s', (_, overrides) => {
    expect(problemsOf(topology(overrides))).toEqual([]);
  });

const refuses = (cases: readonly Case[]) =>
  test.each(cases)('refuses %s', (_, overrides, problems) => {
    expect(problemsOf(topology(overrides))).toEqual(problems);
  });

const reports = (cases: readonly Case[]) =>
  test.each(cases)('reports %s', (_, overrides, problems) => {
    expect(problemsOf(topology(overrides))).toEqual(problems);
  });

describe('the lake of a consumer', () => {
  const sink = (settings: object): Overrides => ({
    [`${CONSUMER}.sink`]: { type: 's3', ...settings },
  });
  const BESIDE = 'must be left out if bucket is given; make it a lifecycle rule of that bucket';
  const IN_RESULTS =
    'must not begin with athena-results/, where the results of queries are and expire';

  accepts([
    ['the sink log', { [`${CONSUMER}.sink`]: 'log' }],
    ['the sink s3', { [`${CONSUMER}.sink`]: 's3' }],
    ['an existing bucket', sink({ bucket: 'our-lake', prefix: 'changes/' })],
    ['days of both rules', sink({ transitionToStandardIaInDays: 30, expirationInDays: 31 })],
    ['days of expiration alone', sink({ expirationInDays: 1 })],
    [
      'former accounts of tables that are subscribed to',
      sink({ formerAccounts: ['777788889999'] }),
    ],
    [
      'former accounts and tables alone',
      {
        ...sink({ formerAccounts: ['777788889999'], formerTables: ['Orders'] }),
        subscriptions: [],
      },
    ],
    ['a prefix that only looks like that of results', sink({ prefix: 'athena-results-2/' })],
    ['a prefix that ends like that of results', sink({ prefix: 'my/athena-results/' })],
  ]);

  refuses([
    [
      'expiration on the day of the transition',
      sink({ transitionToStandardIaInDays: 90, expirationInDays: 90 }),
      [
        `${CONSUMER}.sink.expirationInDays must be over the 90 days of transitionToStandardIaInDays, got 90`,
      ],
    ],
    [
      'rules for an existing bucket',
      sink({ bucket: 'our-lake', transitionToStandardIaInDays: 90, expirationInDays: 30 }),
      [
        `${CONSUMER}.sink.transitionToStandardIaInDays ${BESIDE}, got 90`,
        `${CONSUMER}.sink.expirationInDays ${BESIDE}, got 30`,
      ],
    ],
    [
      'changes among the results of queries',
      sink({ prefix: 'athena-results/' }),
      [`${CONSUMER}.sink.prefix ${IN_RESULTS}, got "athena-results/"`],
    ],
    [
      'former accounts without a table, where nothing is subscribed to',
      { ...sink({ formerAccounts: ['777788889999'] }), subscriptions: [] },
      [`${CONSUMER}.sink.formerTables is missing; name the tables that formerAccounts had`],
    ],
    [
      'former tables without an account, where nothing is subscribed to',
      { ...sink({ formerTables: ['Orders'] }), subscriptions: [] },
      [`${CONSUMER}.sink.formerAccounts is missing; name the accounts that had formerTables`],
    ],
    [
      'a Glue database with a name that is too long',
      { name: `o${'x'.repeat(240)}`, [`${CONSUMER}.sink`]: 's3' },
      [
        `${CONSUMER} must have a name 2 characters shorter for its Glue database o${'x'.repeat(240)}__process_orders`,
      ],
    ],
    [
      'changes below the results of queries',
      sink({ prefix: 'athena-results/changes/' }),
      [`${CONSUMER}.sink.prefix ${IN_RESULTS}, got "athena-results/changes/"`],
    ],
  ]);
});

describe('the topic of alarms', () => {
  const topic = (region: string): Overrides => ({
    [`${CONSUMER}.alarms`]: { topicArn: `arn:aws:sns:${region}:111122223333:on-call` },
  });

  accepts([
    ['no alarms', { [`${CONSUMER}.alarms`]: false }],
    ['alarms without a topic of the file', { [`${CONSUMER}.alarms`]: { email: 'a@example.com' } }],
    ['one of the Region', topic('us-east-1')],
    [
      'one of the Region in another account',
      { [`${CONSUMER}.alarms`]: { topicArn: 'arn:aws:sns:us-east-1:999999999999:on-call' } },
    ],
  ]);

  refuses([
    [
      'one of another Region',
      topic('eu-west-1'),
      [
        `${CONSUMER}.alarms.topicArn must be a topic of the Region us-east-1 (arn:aws:sns:us-east-1:…), in which the alarms are, got "arn:aws:sns:eu-west-1:111122223333:on-call"`,
      ],
    ],
    [
      'one of another partition',
      { [`${CONSUMER}.alarms`]: { topicArn: 'arn:aws-cn:sns:us-east-1:111122223333:on-call' } },
      [
        `${CONSUMER}.alarms.topicArn must be a topic of the Region us-east-1 (arn:aws:sns:us-east-1:…), in which the alarms are, got "arn:aws-cn:sns:us-east-1:111122223333:on-call"`,
      ],
    ],
  ]);

  reports([
    [
      'an unknown account, and nothing of the Region of the topic',
      { ...topic('eu-west-1'), [`${CONSUMER}.account`]: 'nowhere' },
      [
        `${CONSUMER}.account must be the name of an account in this file (analytics, shop), got "nowhere"`,
      ],
    ],
  ]);
});

describe('tags', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`Tag${index}`, 'x']));
  const wide = 'k'.repeat(TAGS.keyLength.max);

  accepts([
    ['as many as AWS allows beside Topology', { tags: many(TAGS.count - 1) }],
    ['a key of the greatest length', { tags: { [wide]: 'x' } }],
    ['a value of the greatest length', { tags: { Team: 'x'.repeat(TAGS.valueLength.max) } }],
    ['a key that every object has', { tags: { constructor: 'x' } }],
    ['a key that is a number', { tags: { 5: 'x' } }],
  ]);

  refuses([
    [
      'one more than AWS allows beside Topology',
      { tags: many(TAGS.count) },
      ['tags must be at most 49 tags, since Topology is one of the 50 AWS allows'],
    ],
    [
      'a key with other characters',
      { tags: { 'a*b': 'x' } },
      ['tags.a*b must have a key of letters, digits, spaces and _.:/=+-@, got "x"'],
    ],
    [
      'an empty key',
      { tags: { '': 'x' } },
      ['tags. must have a key of letters, digits, spaces and _.:/=+-@, got "x"'],
    ],
    [
      'the key Topology',
      { tags: { Topology: 'mine' } },
      [
        'tags.Topology must be left out, since every resource has a tag Topology already, and IAM ignores case, got "mine"',
      ],
    ],
    [
      // IAM does not tell the keys of a role's tags by case.
      'the key topology',
      { tags: { topology: 'mine' } },
      [
        'tags.topology must be left out, since every resource has a tag Topology already, and IAM ignores case, got "mine"',
      ],
    ],
    [
      'two keys that differ by case only',
      { tags: { Team: 'data', Owner: 'me', TEAM: 'search' } },
      [
        'tags.TEAM must be another key: a tag above has this one already, and IAM ignores case, got "search"',
      ],
    ],
    [
      'the key __proto__',
      { tags: JSON.parse('{"__proto__":"x"}') },
      ['tags.__proto__ must not be named __proto__; choose another name'],
    ],
    [
      'a key that AWS reserves',
      { tags: { 'aws:createdBy': 'me' } },
      ['tags.aws:createdBy must not begin with aws:, which AWS reserves, got "me"'],
    ],
    [
      'a key that AWS reserves, in capitals',
      { tags: { 'AWS:createdBy': 'me' } },
      ['tags.AWS:createdBy must not begin with aws:, which AWS reserves, got "me"'],
    ],
    [
      'a key past the greatest length',
      { tags: { [`${wide}k`]: 'x' } },
      [`tags.${wide}k must have at most 128 characters in its key, got "x"`],
    ],
    [
      'a value past the greatest length',
      { tags: { Team: 'x'.repeat(TAGS.valueLength.max + 1) } },
      [`tags.Team must be at most 256 characters, got "${'x'.repeat(98)}…`],
    ],
  ]);
});

describe('references', () => {
  accepts([
    [
      'names that every object has',
      {
        'accounts.constructor': OTHER_ACCOUNT,
        'consumers.constructor': { ...consumer('Constructor'), account: 'constructor' },
        'producers.constructor': { ...producer('Constructor'), account: 'constructor' },
        'subscriptions[1]': { producer: 'constructor', consumer: 'constructor' },
      },
    ],
  ]);

  refuses([
    [
      'an unknown account of a consumer',
      { [`${CONSUMER}.account`]: 'nowhere' },
      [
        `${CONSUMER}.account must be the name of an account in this file (analytics, shop), got "nowhere"`,
      ],
    ],
    [
      'an unknown account of a producer',
      { [`${PRODUCER}.account`]: 'nowhere' },
      [
        `${PRODUCER}.account must be the name of an account in this file (analytics, shop), got "nowhere"`,
      ],
    ],
    [
      'an unknown account among those of a producer',
      { [`${PRODUCER}.account`]: undefined, [`${PRODUCER}.accounts`]: ['shop', 'nowhere'] },
      [
        `${PRODUCER}.accounts[1] must be the name of an account in this file (analytics, shop), got "nowhere"`,
      ],
    ],
    [
      'an unknown producer',
      { 'subscriptions[0].producer': 'order' },
      [
        'subscriptions[0].producer must be the name of a producer in this file (orders), got "order"',
      ],
    ],
    [
      'an unknown consumer',
      { 'subscriptions[0].consumer': 'search' },
      [
        'subscriptions[0].consumer must be the name of a consumer in this file (process-orders), got "search"',
      ],
    ],
    [
      'a consumer where there is none',
      { consumers: {} },
      [
        'subscriptions[0].consumer must be the name of a consumer in this file (none), got "process-orders"',
      ],
    ],
    [
      'an account by a name that every object has',
      { [`${CONSUMER}.account`]: 'constructor', [`${PRODUCER}.account`]: 'constructor' },
      [
        `${CONSUMER}.account must be the name of an account in this file (analytics, shop), got "constructor"`,
        `${PRODUCER}.account must be the name of an account in this file (analytics, shop), got "constructor"`,
      ],
    ],
    [
      'a producer by a name that every object has',
      { 'subscriptions[0].producer': 'constructor' },
      [
        'subscriptions[0].producer must be the name of a producer in this file (orders), got "constructor"',
      ],
    ],
    [
      'a consumer by a name that every object has',
      { 'subscriptions[0].consumer': 'constructor' },
      [
        'subscriptions[0].consumer must be the name of a consumer in this file (process-orders), got "constructor"',
      ],
    ],
    [
      'each of several unknown names',
      {
        [`${CONSUMER}.account`]: 'one',
        [`${PRODUCER}.account`]: 'two',
        'subscriptions[0]': { producer: 'three', consumer: 'four' },
      },
      [
        `${CONSUMER}.account must be the name of an account in this file (analytics, shop), got "one"`,
        `${PRODUCER}.account must be the name of an account in this file (analytics, shop), got "two"`,
        'subscriptions[0].producer must be the name of a producer in this file (orders), got "three"',
        'subscriptions[0].consumer must be the name of a consumer in this file (process-orders), got "four"',
      ],
    ],
  ]);
});

describe('account and accounts of a producer', () => {
  accepts([
    ['accounts', { [`${PRODUCER}.account`]: undefined, [`${PRODUCER}.accounts`]: ['shop'] }],
  ]);

  refuses([
    [
      'neither',
      { [`${PRODUCER}.account`]: undefined },
      [`${PRODUCER} is missing account or accounts`],
    ],
    [
      'both',
      { [`${PRODUCER}.accounts`]: ['analytics'] },
      [`${PRODUCER}.accounts cannot be combined with account; leave one of them out`],
    ],
    [
      'an account that is named twice',
      {
        [`${PRODUCER}.account`]: undefined,
        [`${PRODUCER}.accounts`]: ['shop', 'analytics', 'shop'],
      },
      [`${PRODUCER}.accounts[2] must be named once, got "shop"`],
    ],
  ]);
});

const EXISTING = { existingTable: { name: 'Orders' }, streamPolicy: { replacesExisting: true } };

describe('table and existingTable', () => {
  refuses([
    ['neither', { [TABLE]: undefined }, [`${PRODUCER} is missing table or existingTable`]],
    [
      'both',
      { [`${PRODUCER}.existingTable`]: { name: 'Orders' } },
      [`${PRODUCER}.existingTable cannot be combined with table; leave one of them out`],
    ],
  ]);

  accepts([['a table that exists', { [PRODUCER]: { account: 'shop', ...EXISTING } }]]);

  refuses([
    [
      'one existing table twice',
      {
        [PRODUCER]: { account: 'shop', ...EXISTING },
        'producers.other': { account: 'shop', ...EXISTING },
      },
      [
        `producers.other must have another table; Orders in shop is the table of ${PRODUCER} already, to which several consumers can subscribe`,
      ],
    ],
    [
      'an existing table that another producer makes',
      { 'producers.other': { account: 'shop', existingTable: { name: 'Orders' } } },
      [
        `producers.other must have another table; Orders in shop is the table of ${PRODUCER} already, to which several consumers can subscribe`,
      ],
    ],
  ]);
});

describe('the key of a table', () => {
  const key = (region: string, partition = 'aws') => ({
    kmsKeyArn: `arn:${partition}:kms:${region}:444455556666:key/1234`,
  });
  const existing = (encryption: unknown): Overrides => ({
    [PRODUCER]: {
      account: 'shop',
      existingTable: { name: 'Orders', encryption },
      streamPolicy: { replacesExisting: true },
    },
  });
  const inBoth = (region: string): Overrides => ({
    'accounts.analytics.region': region,
    'accounts.shop.region': region,
  });
  const wrong = (path: string, got: string, region = 'us-east-1', account = 'shop') =>
    `${path}.encryption.kmsKeyArn must be a key in ${region}, where the table of ${account} is, got "${got}"`;

  accepts([
    ['of AWS', { [`${TABLE}.encryption`]: 'aws-owned' }],
    ['that the stack makes', { [`${TABLE}.encryption`]: 'customer-managed' }],
    ['that exists', { [`${TABLE}.encryption`]: key('us-east-1') }],
    ['of AWS, on an existing table', existing('aws-owned')],
    ['that exists, on an existing table', existing(key('us-east-1'))],
    [
      'that exists in China',
      { ...inBoth('cn-north-1'), [`${TABLE}.encryption`]: key('cn-north-1', 'aws-cn') },
    ],
  ]);

  accepts([
    [
      'that the stack makes for a table of the longest name that its alias has room for',
      { [`${TABLE}.encryption`]: 'customer-managed', [`${TABLE}.name`]: 'T'.repeat(241) },
    ],
  ]);

  refuses([
    [
      'that the stack makes for a table whose name its alias has no room for',
      { [`${TABLE}.encryption`]: 'customer-managed', [`${TABLE}.name`]: 'T'.repeat(243) },
      [
        `${TABLE}.name must be 2 characters shorter for the alias of its customer managed key, or bring a key: encryption: { kmsKeyArn: … }, got "${'T'.repeat(98)}…`,
      ],
    ],
    [
      'one to be made for an existing table',
      existing('customer-managed'),
      [
        `${PRODUCER}.existingTable.encryption must be aws-owned or { kmsKeyArn: … } for a table that has its key already, got "customer-managed"`,
      ],
    ],
    [
      'one of another Region',
      { [`${TABLE}.encryption`]: key('eu-west-1') },
      [wrong(TABLE, 'arn:aws:kms:eu-west-1:444455556666:key/1234')],
    ],
    [
      'one of another Region on an existing table',
      existing(key('eu-west-1')),
      [wrong(`${PRODUCER}.existingTable`, 'arn:aws:kms:eu-west-1:444455556666:key/1234')],
    ],
    [
      'one of another partition',
      { [`${TABLE}.encryption`]: key('us-east-1', 'aws-cn') },
      [wrong(TABLE, 'arn:aws-cn:kms:us-east-1:444455556666:key/1234')],
    ],
    [
      'one of another Region in each account that has the table in another',
      {
        subscriptions: [],
        'accounts.tenant': { id: '777777777777', region: 'eu-west-1' },
        [`${PRODUCER}.account`]: undefined,
        [`${PRODUCER}.accounts`]: ['shop', 'tenant'],
        [`${TABLE}.encryption`]: key('us-east-1'),
      },
      [wrong(TABLE, 'arn:aws:kms:us-east-1:444455556666:key/1234', 'eu-west-1', 'tenant')],
    ],
  ]);

  reports([
    [
      'an unknown account, and nothing of the key of its table',
      { [`${PRODUCER}.account`]: 'nowhere', [`${TABLE}.encryption`]: key('eu-west-1') },
      [
        `${PRODUCER}.account must be the name of an account in this file (analytics, shop), got "nowhere"`,
      ],
    ],
  ]);
});

describe('the runtime of a function', () => {
  const runtime = (value: unknown): Overrides => ({
    [`${FUNCTION}.runtime`]: value,
    [`${FUNCTION}.code`]: { directory: 'lambda-src/python', handler: 'index.handler' },
  });
  const refused = (value: string, rule: string): Case => [
    value,
    runtime(value),
    [`${FUNCTION}.runtime must be ${rule}, got "${value}"`],
  ];
  const unknown = (value: string, instead: string) =>
    refused(value, `a Lambda runtime, such as ${instead}`);
  const blocked = (value: string, instead: string, day: string) =>
    refused(
      value,
      `a runtime with which Lambda still updates functions, such as ${instead}; with ${value} it has not since ${day}`,
    );
  const OF_EACH = 'nodejs24.x, python3.14, java25, dotnet10, ruby3.4, provided.al2023';

  accepts([
    ['one that is maintained', runtime('python3.14')],
    ['one that is deprecated and still updated', runtime('python3.9')],
  ]);

  refuses([
    unknown('nodejs23.x', 'nodejs24.x, nodejs22.x, nodejs20.x'),
    unknown('nodejs', 'nodejs24.x, nodejs22.x, nodejs20.x'),
    unknown('nodejs24', 'nodejs24.x, nodejs22.x, nodejs20.x'),
    unknown('Node.js 24', 'nodejs24.x, nodejs22.x, nodejs20.x'),
    unknown('python3.99', 'python3.14, python3.13, python3.12'),
    unknown('java-25', 'java25, java21, java17'),
    unknown('provided.al1', 'provided.al2023, provided.al2'),
    unknown('constructor', OF_EACH),
    unknown('rust1.x', OF_EACH),
    unknown('', OF_EACH),
    blocked('nodejs12.x', 'nodejs24.x, nodejs22.x, nodejs20.x', '2023-04-30'),
    blocked('python2.7', 'python3.14, python3.13, python3.12', '2022-05-30'),
    blocked('go1.x', OF_EACH, '2026-07-01'),
  ]);
});

describe('the age from which records are not sent to the function', () => {
  const age = (seconds: number, alarms: unknown = {}): Overrides => ({
    'subscriptions[0].maximumRecordAgeInSeconds': seconds,
    [`${CONSUMER}.alarms`]: alarms,
  });
  const problem = (seconds: number, alarm: number) =>
    `subscriptions[0].maximumRecordAgeInSeconds must be over the ${alarm} seconds of consumers.process-orders.alarms.iteratorAgeInSeconds, since records of this age are sent to the failed batches before the alarm can fire; raise it, or lower the alarm's, got ${seconds}`;

  accepts([
    ['one that the alarm comes before', age(901)],
    ['one without end', age(-1, { iteratorAgeInSeconds: 86_399 })],
    ['one of more than a day, as Lambda does', age(604_800, { iteratorAgeInSeconds: 86_399 })],
    ['any without alarms', age(60, false)],
    ['a short one with an earlier alarm', age(60, { iteratorAgeInSeconds: 59 })],
  ]);

  refuses([
    ['an age below that of the alarm', age(300), [problem(300, 900)]],
    ['the age of the alarm', age(900), [problem(900, 900)]],
    [
      'the default age with a later alarm',
      { [`${CONSUMER}.alarms`]: { iteratorAgeInSeconds: 86_399 } },
      [problem(82_800, 86_399)],
    ],
  ]);
});

describe('the alarm on concurrency', () => {
  const AT = `${CONSUMER}.alarms`;
  const RESERVED = `${FUNCTION}.reservedConcurrentExecutions`;
  const problem = (reserved: number, got: number) =>
    `${AT}.concurrentExecutions must be at most the ${reserved} of function.reservedConcurrentExecutions, or the alarm can never fire, got ${got}`;

  accepts([
    ['one without a reservation', { [AT]: { concurrentExecutions: 900 } }],
    ['one at what is reserved', { [RESERVED]: 50, [AT]: { concurrentExecutions: 50 } }],
    ['a reservation without it', { [RESERVED]: 50 }],
    ['a reservation without alarms', { [RESERVED]: 50, [AT]: false }],
  ]);

  refuses([
    [
      'one above what is reserved',
      { [RESERVED]: 50, [AT]: { concurrentExecutions: 51 } },
      [problem(50, 51)],
    ],
    [
      'one above a reservation of 1',
      { [RESERVED]: 1, [AT]: { concurrentExecutions: 1_000 } },
      [problem(1, 1_000)],
    ],
  ]);
});

describe('a tumbling window', () => {
  const PATH = 'subscriptions[0].tumblingWindowInSeconds';
  const code = { directory: 'lambda-src/python', handler: 'index.handler' };
  const OF_SINK =
    'must be 0 with the function of the sink, which returns no state, so that every batch would fail; write a handler of your own: function.code, or an entry that exports handler';
  const parallel = (factor: number) =>
    `must be 0 with a parallelizationFactor of ${factor}, since a window is of a whole shard; leave one of them out`;
  const ofCode = { [`${FUNCTION}.code`]: code, [`${FUNCTION}.runtime`]: 'python3.12' };

  accepts([
    ['code of one’s own', { [PATH]: 60, ...ofCode }],
    [
      'an entry, whose exports show when it is bundled',
      { [PATH]: 60, [`${FUNCTION}.entry`]: __filename },
    ],
    ['batches in parallel without one', { 'subscriptions[0].parallelizationFactor': 10 }],
  ]);

  refuses([
    ['the function of the sink log', { [PATH]: 1 }, [`${PATH} ${OF_SINK}, got 1`]],
    [
      'the function of the sink s3',
      { [PATH]: 900, [`${CONSUMER}.sink`]: 's3' },
      [`${PATH} ${OF_SINK}, got 900`],
    ],
    [
      'batches in parallel',
      { [PATH]: 60, ...ofCode, 'subscriptions[0].parallelizationFactor': 2 },
      [`${PATH} ${parallel(2)}, got 60`],
    ],
    [
      'the function of the sink with batches in parallel',
      { [PATH]: 60, 'subscriptions[0].parallelizationFactor': 10 },
      [`${PATH} ${OF_SINK}, got 60`, `${PATH} ${parallel(10)}, got 60`],
    ],
  ]);
});

describe('the code of a function', () => {
  const folder = { directory: 'lambda-src/python', handler: 'index.handler' };
  const python = { [`${FUNCTION}.runtime`]: 'python3.12' };
  const elsewhere = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), 'else-'))), 'index.ts');
  writeFileSync(elsewhere, '');
  afterAll(() => rmSync(path.dirname(elsewhere), { recursive: true }));
  const ELSEWHERE =
    'outside the project and the folder of the topology; copy it there, or make it a package and install that';

  accepts([
    ['an entry that exists', { [`${FUNCTION}.entry`]: __filename }],
    ['a folder for another language', { [`${FUNCTION}.code`]: folder, ...python }],
  ]);

  refuses([
    [
      'an entry beside code',
      { [`${FUNCTION}.code`]: folder, [`${FUNCTION}.entry`]: __filename, ...python },
      [`${FUNCTION}.code cannot be combined with entry; leave one of them out`],
    ],
    [
      'an entry beside code, whatever else is wrong with either',
      {
        [`${FUNCTION}.code`]: { directory: 'nowhere', handler: 'no.handler' },
        [`${FUNCTION}.entry`]: 'nowhere.ts',
        [`${FUNCTION}.files`]: ['nowhere.json'],
        ...python,
      },
      [`${FUNCTION}.code cannot be combined with entry; leave one of them out`],
    ],
    [
      'an entry that does not exist',
      { [`${FUNCTION}.entry`]: 'nowhere/index.ts' },
      [
        `${FUNCTION}.entry must be a file that exists, relative to cdktf.json, got "nowhere/index.ts"`,
      ],
    ],
    [
      'a folder that does not exist',
      { [`${FUNCTION}.code`]: { directory: 'nowhere', handler: 'index.handler' } },
      [
        `${FUNCTION}.code.directory must be a folder that exists, relative to cdktf.json, got "nowhere"`,
      ],
    ],
    [
      'a file as folder',
      { [`${FUNCTION}.code`]: { directory: 'package.json', handler: 'index.handler' } },
      [
        `${FUNCTION}.code.directory must be a folder that exists, relative to cdktf.json, got "package.json"`,
      ],
    ],
    [
      'an entry elsewhere',
      { [`${FUNCTION}.entry`]: elsewhere },
      [`${FUNCTION}.entry must be a file for the function; it is ${ELSEWHERE}, got "${elsewhere}"`],
    ],
    [
      'a folder elsewhere',
      { [`${FUNCTION}.code`]: { directory: path.dirname(elsewhere), handler: 'index.handler' } },
      [
        `${FUNCTION}.code.directory must have only files for the function in it; ${path.relative('.', path.dirname(elsewhere))} is ${ELSEWHERE}, got "${path.dirname(elsewhere)}"`,
      ],
    ],
    [
      'another language without code',
      { [`${FUNCTION}.runtime`]: 'python3.12' },
      [
        `${FUNCTION}.runtime must be a Node.js runtime such as nodejs24.x, since entry is bundled for Node.js; for another language write code: { directory: …, handler: … }, got "python3.12"`,
      ],
    ],
  ]);
});

describe('files that a function reads at run time', () => {
  const emptyFolder = mkdtempSync(path.join(tmpdir(), 'empty-'));
  afterAll(() => rmSync(emptyFolder, { recursive: true }));
  const entry = 'lambda-src/examples/order-totals.ts';
  const with_ = (files: readonly string[], more: object = { entry }): Overrides => ({
    [FUNCTION]: { name: 'ProcessOrders', ...more, files },
  });
  const OUTSIDE =
    'must be in the folder of the entry, lambda-src/examples, as it is in the package relative to that; move it there, or prepare the package yourself with code';

  accepts([
    ['a file', with_([entry])],
    ['a folder', with_(['lambda-src/sinks'], { entry: 'lambda-src/index.ts' })],
  ]);

  refuses([
    [
      'what is not there',
      with_(['lambda-src/examples/nowhere.html', entry]),
      [
        `${FUNCTION}.files[0] must be a file or a folder that exists, relative to cdktf.json, got "lambda-src/examples/nowhere.html"`,
      ],
    ],
    [
      'a file outside the folder of the entry',
      with_(['lambda-src/index.ts', 'lambda-src']),
      [
        `${FUNCTION}.files[0] ${OUTSIDE}, got "lambda-src/index.ts"`,
        `${FUNCTION}.files[1] ${OUTSIDE}, got "lambda-src"`,
      ],
    ],
    [
      'a folder without files',
      with_([emptyFolder], { entry: `${emptyFolder}.ts` }),
      [
        `${FUNCTION}.entry must be a file that exists, relative to cdktf.json, got "${emptyFolder}.ts"`,
        `${FUNCTION}.files[0] must have files in it, got "${emptyFolder}"`,
      ],
    ],
    [
      'files with code',
      with_([entry], {
        runtime: 'python3.12',
        code: { directory: 'lambda-src/python', handler: 'index.handler' },
      }),
      [
        `${FUNCTION}.files[0] must be left out with code; put it into the folder of code, got "${entry}"`,
      ],
    ],
    [
      'files of the default function',
      with_([entry], {}),
      [
        `${FUNCTION}.files[0] must be left out without entry, since the default function reads none, got "${entry}"`,
      ],
    ],
  ]);
});

describe('environment variables', () => {
  const path = `${FUNCTION}.environment`;
  const NAME = 'must be named with two or more letters, digits and underscores, a letter first';
  const SIZE =
    'must be at most 4096 bytes of names and values, those that the stack sets among them';
  /** Bytes left for the value of a variable. */
  const room = (name: string) => 4_096 - name.length;

  accepts([
    [
      'names of letters, digits and underscores',
      { [path]: { LOG_LEVEL: 'debug', a1: '', TZ: 'UTC' } },
    ],
    ['a name that every object has', { [path]: { constructor: 'x' } }],
    ['as many bytes as Lambda takes', { [path]: { DATA: 'x'.repeat(room('DATA')) } }],
    [
      'a level of another logger, for a function of one’s own',
      {
        [path]: { LOG_LEVEL: 'CRITICAL' },
        [`${FUNCTION}.entry`]: 'lambda-src/examples/order-totals.ts',
      },
    ],
    ['any level of the sink s3', { [path]: { LOG_LEVEL: 'ERROR' }, [`${CONSUMER}.sink`]: 's3' }],
    ['names of the sink s3 with another sink', { [path]: { SINK_BUCKET: 'our-lake' } }],
  ]);

  refuses([
    [
      'a name that Lambda sets itself',
      { [path]: { AWS_REGION: 'us-east-1' } },
      [`${path}.AWS_REGION is set by Lambda itself; choose another name`],
    ],
    [
      'a name that Lambda sets itself and that is no valid one either, once',
      { [path]: { _HANDLER: 'index.handler' } },
      [`${path}._HANDLER is set by Lambda itself; choose another name`],
    ],
    ['a name with a hyphen', { [path]: { 'LOG-LEVEL': 'x' } }, [`${path}.LOG-LEVEL ${NAME}`]],
    ['a name with a digit first', { [path]: { '1A': 'x' } }, [`${path}.1A ${NAME}`]],
    ['a name with an underscore first', { [path]: { _A: 'x' } }, [`${path}._A ${NAME}`]],
    ['a name of one letter', { [path]: { A: 'x' } }, [`${path}.A ${NAME}`]],
    ['an empty name', { [path]: { '': 'x' } }, [`${path}. ${NAME}`]],
    [
      'the name __proto__',
      { [path]: JSON.parse('{"__proto__":"x"}') },
      [`${path}.__proto__ must not be named __proto__; choose another name`],
    ],
    [
      'more bytes than Lambda takes',
      { [path]: { DATA: 'x'.repeat(room('DATA') + 1) } },
      [`${path} ${SIZE}, got 4097`],
    ],
    [
      'more bytes than Lambda takes, in fewer letters',
      { [path]: { DATA: 'é'.repeat(room('DATA') / 2), MORE: 'x' } },
      [`${path} ${SIZE}, got 4101`],
    ],
    [
      'more bytes than Lambda takes together with those of the sink',
      { [path]: { DATA: 'x'.repeat(room('DATA')) }, [`${CONSUMER}.sink`]: 's3' },
      [`${path} ${SIZE}, got 4190`],
    ],
    [
      'what the sink s3 sets',
      { [path]: { SINK_PREFIX: 'elsewhere/' }, [`${CONSUMER}.sink`]: 's3' },
      [`${path}.SINK_PREFIX is set by the sink s3; leave it out, or choose another name`],
    ],
    [
      'a level that the default function does not know',
      { [path]: { LOG_LEVEL: 'TRACE' } },
      [`${path}.LOG_LEVEL must be DEBUG, INFO, WARN, ERROR, got "TRACE"`],
    ],
    ...LOG_LEVELS_WITHOUT_CHANGES.map(
      ([name, entry]): Case => [
        name,
        { [`${FUNCTION}.entry`]: entry, [path]: { LOG_LEVEL: 'warn' } },
        [
          `${path}.LOG_LEVEL must be INFO or DEBUG, since the function of the sink log writes every change at INFO and would write none; leave it out, or choose the sink s3 or an entry of your own, got "warn"`,
        ],
      ],
    ),
  ]);
});

describe('ARNs of the account', () => {
  const boundary = `${ROLE}.permissionsBoundary`;
  const policies = `${ROLE}.managedPolicyArns`;
  const inChina: Overrides = {
    'accounts.analytics.region': 'cn-north-1',
    'accounts.shop.region': 'cn-north-1',
  };

  accepts([
    ['a deploy role', { 'accounts.shop.deployRole': { arn: 'arn:aws:iam::444455556666:role/D' } }],
    ['a boundary of the account', { [boundary]: 'arn:aws:iam::111122223333:policy/Boundary' }],
    [
      'policies of AWS and of the account',
      { [policies]: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::111122223333:policy/B'] },
    ],
    [
      'ARNs of the partition',
      {
        ...inChina,
        'accounts.shop.deployRole': { arn: 'arn:aws-cn:iam::444455556666:role/D' },
        [policies]: ['arn:aws-cn:iam::aws:policy/A'],
      },
    ],
  ]);

  refuses([
    [
      'a deploy role of another account',
      { 'accounts.shop.deployRole': { arn: 'arn:aws:iam::111122223333:role/D' } },
      [
        'accounts.shop.deployRole.arn must be an ARN of the account 444455556666, got "arn:aws:iam::111122223333:role/D"',
      ],
    ],
    [
      'a deploy role of another partition',
      { ...inChina, 'accounts.shop.deployRole': { arn: 'arn:aws:iam::444455556666:role/D' } },
      [
        'accounts.shop.deployRole.arn must be in the partition aws-cn of the Region cn-north-1, got "arn:aws:iam::444455556666:role/D"',
      ],
    ],
    [
      'a boundary of another account',
      { [boundary]: 'arn:aws:iam::444455556666:policy/Boundary' },
      [
        `${boundary} must be an ARN of the account 111122223333, got "arn:aws:iam::444455556666:policy/Boundary"`,
      ],
    ],
    [
      'a policy of another account',
      { [policies]: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::444455556666:policy/B'] },
      [
        `${policies}[1] must be an ARN of the account 111122223333, got "arn:aws:iam::444455556666:policy/B"`,
      ],
    ],
    [
      'a policy of AWS from another partition',
      { ...inChina, [policies]: ['arn:aws:iam::aws:policy/A'] },
      [
        `${policies}[0] must be in the partition aws-cn of the Region cn-north-1, got "arn:aws:iam::aws:policy/A"`,
      ],
    ],
    [
      'a policy that is named twice',
      {
        [policies]: [
          'arn:aws:iam::aws:policy/A',
          'arn:aws:iam::aws:policy/B',
          'arn:aws:iam::aws:policy/A',
        ],
      },
      [`${policies}[2] must be named once, got "arn:aws:iam::aws:policy/A"`],
    ],
  ]);
});

describe('the settings of a table', () => {
  accepts([
    ['a sort key', { [`${TABLE}.sortKey`]: { name: 'Version', type: 'N' } }],
    [
      'provisioned capacity',
      {
        [`${TABLE}.billingMode`]: 'PROVISIONED',
        [`${TABLE}.readCapacity`]: 1,
        [`${TABLE}.writeCapacity`]: 1,
      },
    ],
  ]);

  refuses([
    [
      'a sort key with the name of the partition key',
      { [`${TABLE}.sortKey`]: { name: 'OrderId', type: 'N' } },
      [`${TABLE}.sortKey.name must differ from the name of the partition key, got "OrderId"`],
    ],
    [
      'PROVISIONED without capacity',
      { [`${TABLE}.billingMode`]: 'PROVISIONED' },
      [
        `${TABLE}.readCapacity is missing; PROVISIONED needs capacity units`,
        `${TABLE}.writeCapacity is missing; PROVISIONED needs capacity units`,
      ],
    ],
    [
      'PROVISIONED with one capacity only',
      { [`${TABLE}.billingMode`]: 'PROVISIONED', [`${TABLE}.readCapacity`]: 5 },
      [`${TABLE}.writeCapacity is missing; PROVISIONED needs capacity units`],
    ],
    [
      'capacity on demand',
      { [`${TABLE}.readCapacity`]: 5, [`${TABLE}.writeCapacity`]: 6 },
      [
        `${TABLE}.readCapacity must be left out, or billingMode be PROVISIONED, got 5`,
        `${TABLE}.writeCapacity must be left out, or billingMode be PROVISIONED, got 6`,
      ],
    ],
  ]);
});

describe('whose the policy of a stream is', () => {
  const PATH = `${PRODUCER}.streamPolicy`;
  const existing = (streamPolicy: unknown): Overrides => ({
    [PRODUCER]: { account: 'shop', existingTable: { name: 'Orders' } },
    [PATH]: streamPolicy,
  });
  const SAY =
    'must say whose the policy of the stream is, since a stream has one: { replacesExisting: true } if this topology owns it and replaces what is there, or none if it belongs to others, who add the statement of this topology';

  accepts([
    ['one that replaces', existing({ replacesExisting: true, principal: 'account' })],
    ['one of others', existing('none')],
    ['nothing said where nobody reads', { ...existing(undefined), subscriptions: [] }],
    ['nothing said of a table that the stack makes', { [PATH]: { principal: 'account' } }],
  ]);

  refuses([
    ['nothing said of an existing table', existing(undefined), [`${PATH} ${SAY}`]],
    ['an existing table without the word', existing({ principal: 'account' }), [`${PATH} ${SAY}`]],
    [
      'a policy that neither replaces nor belongs to others',
      existing({ replacesExisting: false }),
      [`${PATH} ${SAY}, got {"principal":"role","conditions":[],"replacesExisting":false}`],
    ],
    [
      'none for a table that the stack makes',
      { [PATH]: 'none' },
      [
        `${PATH} must not be none with table, whose stream nobody could read then; leave it out, got "none"`,
      ],
    ],
    ...[true, false].map(
      (value): Case => [
        `replacesExisting: ${value} for a table that the stack makes`,
        { [PATH]: { replacesExisting: value } },
        [
          `${PATH}.replacesExisting must be left out with table, whose stream has no other policy, got ${value}`,
        ],
      ],
    ),
  ]);
});

describe('condition keys that are not in the requests of Lambda', () => {
  const condition = (test: string, variable: string, ...values: string[]): Overrides => ({
    [`${PRODUCER}.streamPolicy`]: { conditions: [{ test, variable, values }] },
  });
  const refused = (test: string, variable: string, value = 'x'): Case => [
    `${test} ${variable} ${value}`,
    condition(test, variable, value),
    [
      `${PRODUCER}.streamPolicy.conditions[0].variable must not be tested with ${test}: the requests with which Lambda reads a stream do not have this key, so that every read would be refused; leave it out, or test the reader, as with aws:PrincipalOrgID, got "${variable}"`,
    ],
  ];

  refuses([
    refused('StringEquals', 'aws:SourceVpc'),
    refused('StringLike', 'AWS:sourcevpce'),
    refused('ArnLike', 'aws:SourceArn'),
    refused('StringEqualsIgnoreCase', 'aws:SourceAccount'),
    refused('ArnEquals', 'lambda:SourceFunctionArn'),
    refused('IpAddress', 'aws:VpcSourceIp'),
    refused('Null', 'aws:SourceVpc', 'false'),
    refused('ForAnyValue:StringEquals', 'aws:SourceOrgPaths'),
    refused('ForAnyValue:StringNotEquals', 'aws:SourceOrgPaths'),
  ]);

  accepts([
    ['one that holds without the key', condition('StringEqualsIfExists', 'aws:SourceVpc', 'x')],
    ['one that is negated', condition('StringNotEquals', 'aws:SourceVpc', 'x')],
    ['one that is negated for an ARN', condition('ArnNotLike', 'aws:SourceArn', 'x')],
    ['one for all values', condition('ForAllValues:StringEquals', 'aws:SourceOrgPaths', 'x')],
    [
      'one for any value, if there is one',
      condition('ForAnyValue:StringEqualsIfExists', 'aws:SourceOrgPaths', 'x'),
    ],
    ['one for the absence of the key', condition('Null', 'aws:SourceVpc', 'TRUE')],
    ['one for the key and for its absence', condition('Null', 'aws:SourceVpc', 'true', 'false')],
    ['a key that is there', condition('StringEquals', 'aws:PrincipalOrgID', 'x')],
  ]);
});

describe('the conditions of a stream policy', () => {
  const conditions = (...pairs: [test: string, variable: string][]): Overrides => ({
    [`${PRODUCER}.streamPolicy`]: {
      conditions: pairs.map(([test, variable]) => ({ test, variable, values: ['o-a1b2'] })),
    },
  });
  const policy = (principal: string, variable: string): Overrides => ({
    [`${PRODUCER}.streamPolicy`]: {
      principal,
      conditions: [
        { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-a1b2'] },
        { test: 'ArnLike', variable, values: ['arn:aws:iam::111122223333:role/*'] },
      ],
    },
  });

  accepts([
    ['another key with principal: account', policy('account', 'aws:PrincipalAccount')],
    ['aws:PrincipalArn with principal: role', policy('role', 'aws:PrincipalArn')],
    [
      'one operator with two keys, one key with two operators',
      conditions(
        ['StringLike', 'aws:PrincipalOrgID'],
        ['StringLike', 'aws:PrincipalAccount'],
        ['StringNotLike', 'aws:PrincipalOrgID'],
      ),
    ],
  ]);

  refuses([
    [
      'aws:PrincipalArn with principal: account',
      policy('account', 'aws:PrincipalArn'),
      [
        `${PRODUCER}.streamPolicy.conditions[1].variable must not be aws:PrincipalArn with principal: account, which sets it to the role, got "aws:PrincipalArn"`,
      ],
    ],
    [
      'aws:PrincipalArn with principal: account, in other capitals',
      policy('account', 'AWS:principalarn'),
      [
        `${PRODUCER}.streamPolicy.conditions[1].variable must not be aws:PrincipalArn with principal: account, which sets it to the role, got "AWS:principalarn"`,
      ],
    ],
    [
      'values that only look like those of AWS',
      {
        [`${PRODUCER}.streamPolicy`]: {
          conditions: [
            { test: 'StringEquals', variable: 'aws:PrincipalOrgID', values: ['o-a', 'o-\u0430'] },
            {
              test: 'ArnLike',
              variable: 'aws:PrincipalArn',
              values: ['arn:aws:iam::1:role/\u00e9'],
            },
            {
              test: 'StringLike',
              variable: 'aws:PrincipalTag/Team',
              values: ['\u043c\u0438\u0440'],
            },
          ],
        },
      },
      [
        `${PRODUCER}.streamPolicy.conditions[0].values[1] must be ASCII, as all values of aws:PrincipalOrgID in AWS are, and holds \\u0430, which may only look like it; write it again, got "o-\u0430"`,
        `${PRODUCER}.streamPolicy.conditions[1].values[0] must be ASCII, as all values of aws:PrincipalArn in AWS are, and holds \\u00e9, which may only look like it; write it again, got "arn:aws:iam::1:role/\u00e9"`,
      ],
    ],
    [
      'a condition that stands twice',
      conditions(
        ['StringLike', 'aws:PrincipalOrgID'],
        ['ArnLike', 'aws:PrincipalArn'],
        ['StringLike', 'aws:PrincipalOrgID'],
      ),
      [
        `${PRODUCER}.streamPolicy.conditions[2].variable must stand once with StringLike; put all values into one condition, got "aws:PrincipalOrgID"`,
      ],
    ],
    [
      'a condition that stands twice, in other capitals',
      conditions(['StringLike', 'aws:PrincipalOrgID'], ['StringLike', 'AWS:principalorgid']),
      [
        `${PRODUCER}.streamPolicy.conditions[1].variable must stand once with StringLike; put all values into one condition, got "AWS:principalorgid"`,
      ],
    ],
  ]);
});

describe('the pairs of subscriptions', () => {
  const pair = { producer: 'orders', consumer: 'process-orders' };
  const got = '{"producer":"orders","consumer":"process-orders"}';

  accepts([
    [
      'one producer with two consumers, one consumer with two producers',
      {
        'consumers.search': consumer('Search'),
        'producers.items': producer('Items'),
        'subscriptions[1]': { producer: 'orders', consumer: 'search' },
        'subscriptions[2]': { producer: 'items', consumer: 'process-orders' },
      },
    ],
  ]);

  refuses([
    [
      'the same pair twice',
      { subscriptions: [pair, { ...pair, batchSize: 1 }] },
      [`subscriptions[1] must be subscribed once; subscriptions[0] is the same pair, got ${got}`],
    ],
    [
      'the same pair three times, and says nothing else of it',
      { subscriptions: [pair, pair, pair] },
      [
        `subscriptions[1] must be subscribed once; subscriptions[0] is the same pair, got ${got}`,
        `subscriptions[2] must be subscribed once; subscriptions[0] is the same pair, got ${got}`,
      ],
    ],
  ]);
});

describe('the Region of a subscription', () => {
  const elsewhere = { id: '777777777777', region: 'eu-west-1' };
  const RULE =
    'must join accounts of one Region, since Lambda reads streams of its own Region only:';

  accepts([
    ['a Region other than that of the state', { 'state.region': 'eu-west-1' }],
    [
      'accounts of two Regions without a subscription',
      { 'accounts.shop.region': 'eu-west-1', subscriptions: [] },
    ],
  ]);

  refuses([
    [
      'a producer of another Region',
      { 'accounts.shop.region': 'eu-west-1' },
      [`subscriptions[0] ${RULE} shop is in eu-west-1, analytics in us-east-1`],
    ],
    [
      'a producer with one account of another Region',
      {
        'accounts.europe': elsewhere,
        [`${PRODUCER}.account`]: undefined,
        [`${PRODUCER}.accounts`]: ['shop', 'europe'],
      },
      [`subscriptions[0] ${RULE} europe is in eu-west-1, analytics in us-east-1`],
    ],
  ]);
});

describe('the readers of a stream', () => {
  const readers = (...names: string[]): Overrides => ({
    consumers: Object.fromEntries(names.map((name) => [name, consumer(name)])),
    subscriptions: names.map((name) => ({ producer: 'orders', consumer: name })),
  });
  const RULE =
    'must be one of at most 2 subscriptions of orders, since DynamoDB serves 2 readers of a shard; let one consumer pass the changes on';

  accepts([['two', readers('a', 'b')]]);

  refuses([
    [
      'a third',
      readers('a', 'b', 'c'),
      [`subscriptions[2] ${RULE}, got {"producer":"orders","consumer":"c"}`],
    ],
    [
      'a third and a fourth',
      readers('a', 'b', 'c', 'd'),
      [
        `subscriptions[2] ${RULE}, got {"producer":"orders","consumer":"c"}`,
        `subscriptions[3] ${RULE}, got {"producer":"orders","consumer":"d"}`,
      ],
    ],
  ]);
});

describe('names that must differ', () => {
  const twoConsumers = (first: object, second: object): Overrides => ({
    consumers: {
      first: { ...consumer('First'), ...first },
      second: { ...consumer('Second'), ...second },
    },
    subscriptions: [],
  });
  const inOtherAccount = { account: 'other' };
  const other: Overrides = { 'accounts.other': OTHER_ACCOUNT };
  const ofTenants = (table: string, ...accounts: string[]) => ({
    ...producer(table),
    account: undefined,
    accounts,
  });

  accepts([
    [
      'a role of the name that the deploy role of another account has',
      {
        'accounts.shop.deployRole': { arn: 'arn:aws:iam::444455556666:role/ProcessOrdersRole' },
        'state.roleArn': 'arn:aws:iam::777788889999:role/ProcessOrdersRole',
      },
    ],
    [
      'a role and a function of one name in two accounts',
      {
        ...other,
        ...twoConsumers(
          { role: { name: 'Reader' }, function: { name: 'Read' } },
          { role: { name: 'Reader' }, function: { name: 'Read' }, ...inOtherAccount },
        ),
      },
    ],
    [
      'a function of one name in two Regions of an account',
      {
        'accounts.other': { id: '111122223333', region: 'eu-west-1' },
        ...twoConsumers(
          { function: { name: 'Read' } },
          { function: { name: 'Read' }, ...inOtherAccount },
        ),
      },
    ],
    [
      'functions whose names differ by case',
      twoConsumers({ function: { name: 'read' } }, { function: { name: 'Read' } }),
    ],
    [
      'a table of one name in two accounts',
      { ...other, 'producers.others': { ...producer('Orders'), account: 'other' } },
    ],
    [
      'a table of one name in two Regions of an account',
      {
        'accounts.other': { id: '444455556666', region: 'eu-west-1' },
        'producers.others': { ...producer('Orders'), account: 'other' },
      },
    ],
    [
      'subscriptions whose alarms would have one name, without alarms',
      {
        'consumers.subscription-y-q-z': consumer('A'),
        'consumers.z': { ...consumer('A-subscription-x'), alarms: false },
        'producers.x': producer('First'),
        'producers.y-q': producer('Second'),
        subscriptions: [
          { producer: 'x', consumer: 'subscription-y-q-z' },
          { producer: 'y-q', consumer: 'z' },
        ],
      },
    ],
    ['a stack id of the greatest length', { [`consumers.${'a'.repeat(166)}`]: consumer('Other') }],
    [
      'a producer and a consumer of one name',
      {
        'consumers.orders': consumer('Orders'),
        'consumers.process-orders': undefined,
        subscriptions: [],
      },
    ],
  ]);

  refuses([
    [
      'two roles of one name in an account',
      twoConsumers({ role: { name: 'Reader' } }, { role: { name: 'Reader' } }),
      [
        'consumers.second.role.name is the name of consumers.first.role.name already; choose another, got "Reader"',
      ],
    ],
    [
      'the role with which Terraform deploys, whatever its path and case',
      {
        'accounts.analytics.deployRole': { arn: 'arn:aws:iam::111122223333:role/ci/Deploy' },
        'consumers.process-orders.role': { name: 'deploy', path: '/streams/' },
      },
      [
        'consumers.process-orders.role.name is the name of the role accounts.analytics.deployRole.arn, which Terraform itself assumes; choose another, got "deploy"',
      ],
    ],
    [
      'the roles that read and write the state',
      {
        'state.roleArn': 'arn:aws:iam::111122223333:role/State',
        'accounts.shop.stateRoleArn': 'arn:aws:iam::111122223333:role/ShopState',
        ...twoConsumers({ role: { name: 'State' } }, { role: { name: 'ShopState' } }),
      },
      [
        'consumers.first.role.name is the name of the role state.roleArn, which Terraform itself assumes; choose another, got "State"',
        'consumers.second.role.name is the name of the role accounts.shop.stateRoleArn, which Terraform itself assumes; choose another, got "ShopState"',
      ],
    ],
    [
      'two roles whose names differ by case only',
      twoConsumers({ role: { name: 'READER' } }, { role: { name: 'reader' } }),
      [
        'consumers.second.role.name is the name of consumers.first.role.name already; choose another, got "reader"',
      ],
    ],
    [
      'two roles of one name in two Regions, since IAM has none',
      {
        'accounts.other': { id: '111122223333', region: 'eu-west-1' },
        ...twoConsumers(
          { role: { name: 'Reader' } },
          { role: { name: 'Reader' }, ...inOtherAccount },
        ),
      },
      [
        'consumers.second.role.name is the name of consumers.first.role.name already; choose another, got "Reader"',
      ],
    ],
    [
      'two functions of one name in an account and Region',
      twoConsumers({ function: { name: 'Read' } }, { function: { name: 'Read' } }),
      [
        'consumers.second.function.name is the name of consumers.first.function.name already; choose another, got "Read"',
      ],
    ],
    [
      'two producers of one table',
      { 'producers.again': producer('Orders') },
      [
        'producers.again must have another table; Orders in shop is the table of producers.orders already, to which several consumers can subscribe',
      ],
    ],
    [
      'two producers of one table, by two names of its account',
      {
        'accounts.store': { id: '444455556666', region: 'us-east-1' },
        'producers.again': { ...producer('Orders'), account: 'store' },
      },
      [
        'producers.again must have another table; Orders in store is the table of producers.orders already, to which several consumers can subscribe',
      ],
    ],
    [
      'two producers with one stack id',
      {
        'producers.items': ofTenants('Items', 'shop'),
        'producers.items-shop': producer('Others'),
      },
      [
        'producers.items-shop has the stack id producer-items-shop, which is that of producers.items already; rename it',
      ],
    ],
    [
      'two subscriptions with one stack id',
      {
        'consumers.b-c': consumer('First'),
        'consumers.c': consumer('Second'),
        'producers.a': producer('First'),
        'producers.a-b': producer('Second'),
        subscriptions: [
          { producer: 'a', consumer: 'b-c' },
          { producer: 'a-b', consumer: 'c' },
        ],
      },
      [
        'subscriptions[1] has the stack id subscription-a-b-c, which is that of subscriptions[0] already; rename its producer or consumer',
      ],
    ],
    [
      'two subscriptions whose alarms have one name',
      {
        'consumers.subscription-y-q-z': consumer('A'),
        'consumers.z': consumer('A-subscription-x'),
        'producers.x': producer('First'),
        'producers.y-q': producer('Second'),
        subscriptions: [
          { producer: 'x', consumer: 'subscription-y-q-z' },
          { producer: 'y-q', consumer: 'z' },
        ],
      },
      [
        'subscriptions[1] must have another function, producer or consumer name: its alarms begin with A-subscription-x-subscription-y-q-z, as those of subscriptions[0] do',
      ],
    ],
    [
      'a stack id that is too long',
      { [`consumers.${'a'.repeat(167)}`]: consumer('Other') },
      [
        `consumers.${'a'.repeat(167)} must have a shorter name; the stack id consumer-${'a'.repeat(167)} has more than 175 characters`,
      ],
    ],
    [
      'a table of its own by two names of its account',
      {
        'accounts.store': { id: '444455556666', region: 'us-east-1' },
        [PRODUCER]: ofTenants('Orders', 'shop', 'store'),
      },
      [
        `${PRODUCER} must name each account once; store has the id and the Region of another of its accounts`,
      ],
    ],
  ]);

  reports([
    [
      'broken accounts, and nothing of roles and functions of one name in them',
      {
        'accounts.analytics.id': '1111',
        'accounts.other': { id: '7777', region: 'us-east-1' },
        ...twoConsumers(
          { role: { name: 'Reader' }, function: { name: 'Read' } },
          { role: { name: 'Reader' }, function: { name: 'Read' }, ...inOtherAccount },
        ),
      },
      [
        'accounts.analytics.id must be an AWS account ID of 12 digits, such as "111122223333", got "1111"',
        'accounts.other.id must be an AWS account ID of 12 digits, such as "111122223333", got "7777"',
      ],
    ],
    [
      'broken accounts, and nothing of tables of one name in them',
      {
        'accounts.shop.id': '4444',
        'accounts.other': { id: '7777', region: 'us-east-1' },
        [PRODUCER]: ofTenants('Orders', 'shop', 'other'),
      },
      [
        'accounts.shop.id must be an AWS account ID of 12 digits, such as "111122223333", got "4444"',
        'accounts.other.id must be an AWS account ID of 12 digits, such as "111122223333", got "7777"',
      ],
    ],
  ]);
});

describe('the size of a stream policy', () => {
  const condition = (value: string): Overrides => ({
    [`${PRODUCER}.streamPolicy`]: {
      conditions: [{ test: 'StringEquals', variable: 'aws:PrincipalTag/team', values: [value] }],
    },
  });
  const refused = (bytes: number) => [
    `${PRODUCER}.streamPolicy must make a stream policy of at most 20480 bytes, got ${bytes}; shorten the conditions`,
  ];
  // Bytes of the policy beside the value.
  const rest = 408;

  accepts([
    ['20 KB', condition('x'.repeat(20_480 - rest))],
    [
      'more than 20 KB on a stream without readers, which has no policy',
      { ...condition('x'.repeat(20_481 - rest)), subscriptions: [] },
    ],
  ]);

  refuses([
    ['20 KB and a byte', condition('x'.repeat(20_481 - rest)), refused(20_481)],
    [
      'more than 20 KB in letters that take two bytes each',
      condition('é'.repeat(10_037)),
      refused(20_482),
    ],
  ]);
});

describe('the policies of a role', () => {
  /** One table in each of so many accounts. */
  const tenants = (count: number, table = 'Orders'): Overrides => {
    const names = Array.from({ length: count }, (_, index) => `tenant-${index}`);
    return {
      accounts: {
        analytics: { id: '111122223333', region: 'us-east-1' },
        ...Object.fromEntries(
          names.map((name, index) => [
            name,
            { id: String(index).padStart(12, '0'), region: 'us-east-1' },
          ]),
        ),
      },
      [PRODUCER]: { ...producer(table), account: undefined, accounts: names },
    };
  };
  const attached = (count: number): Overrides => ({
    [`${ROLE}.managedPolicyArns`]: Array.from(
      { length: count },
      (_, index) => `arn:aws:iam::aws:policy/P${index}`,
    ),
  });
  const longest = 'T'.repeat(255);
  const refused = (most: number, got: number, quota = 10) => [
    `${CONSUMER} must read at most ${most} streams, got ${got}, since IAM limits the policies of a role; add a second consumer for the rest, or set role.managedPolicyQuota if the account has more than ${quota}`,
  ];

  accepts([
    ['1,000 tables', tenants(1_000)],
    // 25 of the longest name fit into the inline policy, 18 into each managed one.
    ['as many of the longest name as fit', tenants(25 + 10 * 18, longest)],
    [
      'as many of the longest name as fit beside others',
      { ...tenants(25 + 2 * 18, longest), ...attached(8) },
    ],
    [
      'as many of the longest name as fit beside as many others as IAM attaches',
      { ...tenants(25, longest), ...attached(10) },
    ],
    [
      'as many of the longest name as fit with a quota that was raised',
      { ...tenants(25 + 25 * 18, longest), [`${ROLE}.managedPolicyQuota`]: 25 },
    ],
    [
      '1,000 tables with keys of their own, with a quota that was raised',
      {
        ...tenants(1_000),
        [`${PRODUCER}.table.encryption`]: 'customer-managed',
        [`${ROLE}.managedPolicyQuota`]: 20,
      },
    ],
    ['ten others, where nothing is read', { ...attached(10), subscriptions: [] }],
    [
      'twelve others, with a quota that was raised',
      { ...attached(12), [`${ROLE}.managedPolicyQuota`]: 12 },
    ],
  ]);

  refuses([
    ['one table more of the longest name than fits', tenants(206, longest), refused(205, 206)],
    [
      'one table more of the longest name than fits with a quota that was raised',
      { ...tenants(476, longest), [`${ROLE}.managedPolicyQuota`]: 25 },
      refused(475, 476, 25),
    ],
    [
      'one table more than fits beside others',
      { ...tenants(62, longest), ...attached(8) },
      refused(61, 62),
    ],
    [
      'one table more than fits beside as many others as IAM attaches',
      { ...tenants(26, longest), ...attached(10) },
      refused(25, 26),
    ],
  ]);

  test.each([
    ['that the stacks make', 'customer-managed'],
    ['that exists', { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' }],
  ])('lets the role read as many tables with a key %s as it says', (_, encryption) => {
    for (const others of [7, 8, 9, 10]) {
      const problems = (count: number) =>
        problemsOf(
          topology({
            ...tenants(count),
            ...attached(others),
            [`${PRODUCER}.table.encryption`]: encryption,
          }),
        );
      const [problem = ''] = problems(700);
      const most = Number(/at most (\d+) streams/.exec(problem)?.[1]);
      expect(problems(700)).toEqual(refused(most, 700));
      expect([others, problems(most)]).toEqual([others, []]);
      expect([others, problems(most + 1)]).toEqual([others, refused(most, most + 1)]);
    }
  });

  test('refuses more others than IAM attaches where they stand, and not for the streams', () => {
    const problems = problemsOf(topology({ ...attached(11), subscriptions: [] }));
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([`${ROLE}.managedPolicyArns`]);
  });
});

describe('problems of several kinds', () => {
  reports([
    [
      'a broken value and a broken reference at once',
      {
        'subscriptions[0].batchSize': 0,
        'subscriptions[1]': { producer: 'order', consumer: 'process-orders' },
      },
      [
        'subscriptions[0].batchSize must be between 1 and 10000, got 0',
        'subscriptions[1].producer must be the name of a producer in this file (orders), got "order"',
      ],
    ],
    [
      'broken entries, and nothing of what refers to them',
      {
        'accounts.shop.id': 444455556666,
        [`${FUNCTION}.timeout`]: 0,
        [`${TABLE}.streamViewType`]: 'IMAGES',
      },
      [
        'accounts.shop.id must be an AWS account ID of 12 digits in quotes, since YAML reads digits as a number, got 444455556666',
        `${FUNCTION}.timeout must be between 1 and 900 seconds, got 0`,
        `${TABLE}.streamViewType must be NEW_AND_OLD_IMAGES or NEW_IMAGE or OLD_IMAGE or KEYS_ONLY, got "IMAGES"`,
      ],
    ],
    [
      'sections that are no mappings, and what refers to them, without a crash',
      { accounts: ['shop'], consumers: null, producers: 'orders', subscriptions: {} },
      [
        'accounts must be a mapping from the name of an account to its settings, got ["shop"]',
        'consumers must be a mapping from the name of a consumer to its settings, got null',
        'producers must be a mapping from the name of a producer to its settings, got "orders"',
        'subscriptions must be a list, got {}',
      ],
    ],
    [
      'entries that are null, without a crash',
      {
        'accounts.shop': null,
        [CONSUMER]: null,
        [PRODUCER]: null,
        'subscriptions[1]': null,
      },
      [
        'accounts.shop must be a mapping with the keys id, region, deployRole, stateRoleArn, got null',
        `${CONSUMER} must be a mapping with the keys account, role, function, sink, failedBatches, alarms, got null`,
        `${PRODUCER} must be a mapping with the keys account, accounts, table, existingTable, streamPolicy, got null`,
        'subscriptions[1] must be a mapping with the keys producer, consumer, startingPosition, batchSize, maximumBatchingWindowInSeconds, parallelizationFactor, bisectBatchOnFunctionError, maximumRetryAttempts, maximumRecordAgeInSeconds, tumblingWindowInSeconds, filters, enabled, got null',
      ],
    ],
  ]);
});
