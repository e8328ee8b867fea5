import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTopology } from '../../topology/load';
import { TopologyError } from '../../topology/problem';
import { validate } from '../../topology/validate';
import { topology } from '../helpers/topology';

/** Comments are the numbers of their lines, which the tests below expect. */
const ORDERS = `name: orders
state: { bucket: example-terraform-state, region: us-east-1 }
accounts:
  analytics: { id: "111122223333", region: us-east-1 } # 4
  shop: { id: "444455556666", region: us-east-1 }
consumers: # 6
  process-orders: # 7
    account: analytics
    role: { name: ProcessOrdersRole } # 9
    function: { name: ProcessOrders }
producers: # 11
  orders: # 12
    account: shop
    table: { name: Orders, partitionKey: { name: OrderId, type: S } } # 14
subscriptions: # 15
  - producer: orders # 16
    consumer: process-orders
`;

const folder = mkdtempSync(join(tmpdir(), 'topology-'));
const file = join(folder, 'topologies', 'x.yaml');

beforeAll(() => mkdirSync(join(folder, 'topologies')));
afterAll(() => rmSync(folder, { recursive: true }));

/** What loading a file of this text throws, with the file's name as if in the working directory. */
function errorOf(text: string): string {
  writeFileSync(file, text);
  return thrownBy(file).message.replaceAll(`${folder}/`, '');
}

function thrownBy(path: string): TopologyError {
  try {
    loadTopology(path);
  } catch (error) {
    if (error instanceof TopologyError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** `ORDERS` with one piece of text in place of another, which must be there. */
function orders(piece: string, replacement: string): string {
  expect(ORDERS).toContain(piece);
  return ORDERS.replace(piece, replacement);
}

describe('a valid file', () => {
  test.each([
    ['as it is', ORDERS],
    ['with Windows line ends', ORDERS.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${ORDERS}`],
    ['with a document marker', `---\n${ORDERS}`],
    ['as JSON', JSON.stringify(topology())],
  ])('%s is loaded', (_, text) => {
    writeFileSync(file, text);
    expect(loadTopology(file)).toEqual(validate(topology()).topology);
  });

  test('may share settings through anchors and merge keys', () => {
    writeFileSync(
      file,
      orders('analytics: {', 'analytics: &account {').replace(
        '{ id: "444455556666", region: us-east-1 }',
        '{ <<: *account, id: "444455556666" }',
      ),
    );
    expect(loadTopology(file)).toEqual(validate(topology()).topology);
  });
});

describe('a file that cannot be read', () => {
  test('that does not exist', () => {
    expect(thrownBy('topologies/nowhere.yaml').message).toBe(
      'topologies/nowhere.yaml is not a file; set TOPOLOGY to the path of a topology file',
    );
  });

  test('that is a folder', () => {
    expect(thrownBy(folder).message).toBe(
      `${folder} is not a file; set TOPOLOGY to the path of a topology file`,
    );
  });
});

describe('a file that is not valid YAML', () => {
  test.each([
    [
      'a key that stands twice',
      orders('  shop:', '  shop: { id: "777788889999", region: us-east-1 }\n  shop:'),
      [
        'topologies/x.yaml:6 is not valid YAML: the key shop stands twice in one mapping; remove or rename one of them',
      ],
    ],
    [
      'a top-level key that stands twice',
      `${ORDERS}name: again\n`,
      [
        'topologies/x.yaml:18 is not valid YAML: the key name stands twice in one mapping; remove or rename one of them',
      ],
    ],
    [
      'a key in quotes that stands twice',
      `${ORDERS}tags: { 'Cost: Center': a, 'Cost: Center': b }\n`,
      [
        "topologies/x.yaml:18 is not valid YAML: the key 'Cost: Center' stands twice in one mapping; remove or rename one of them",
      ],
    ],
    [
      'a tab as indentation',
      orders('  shop:', '\tshop:'),
      ['topologies/x.yaml:5 is not valid YAML: Tabs are not allowed as indentation'],
    ],
    [
      'an indentation that fits nothing',
      orders('  shop:', ' shop:'),
      ['topologies/x.yaml:5 is not valid YAML: All mapping items must start at the same column'],
    ],
    [
      'a mapping in a line of its own key',
      orders('name: orders', 'name: orders: again'),
      [
        'topologies/x.yaml:1 is not valid YAML: Nested mappings are not allowed in compact mappings',
      ],
    ],
    [
      'a value that begins with @',
      orders('account: shop', 'account: @shop'),
      [
        'topologies/x.yaml:13 is not valid YAML: Plain value cannot start with reserved character @',
      ],
    ],
    [
      'two documents',
      `${ORDERS}---\n${ORDERS}`,
      [
        'topologies/x.yaml:18 is not valid YAML: it holds several documents; remove this one and what follows it',
      ],
    ],
    [
      'two errors',
      `${orders('  shop:', '  shop: {}\n  shop:')}tags: {\n`,
      [
        'topologies/x.yaml:6 is not valid YAML: the key shop stands twice in one mapping; remove or rename one of them',
        'topologies/x.yaml:20 is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
      ],
    ],
    [
      'an alias without its anchor',
      orders('account: shop', 'account: *shop'),
      [
        'topologies/x.yaml:13 is not valid YAML: Unresolved alias (the anchor must be set before the alias): shop',
      ],
    ],
    [
      'a tag that YAML does not know',
      orders('account: shop', 'account: !!shop shop'),
      ['topologies/x.yaml:13 is not valid YAML: Unresolved tag: tag:yaml.org,2002:shop'],
    ],
    [
      'a line with more than one mistake, once',
      orders('account: shop', '\taccount: shop: again: and again'),
      ['topologies/x.yaml:13 is not valid YAML: Tabs are not allowed as indentation'],
    ],
  ])('%s', (_, text, expected) => {
    expect(errorOf(text).split('\n')).toEqual(expected);
  });

  test.each([
    ['an alias inside its own anchor', `${ORDERS}tags: &tags { Team: *tags }\n`],
    [
      'aliases that multiply without measure',
      `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
`,
    ],
  ])('%s', (_, text) => {
    writeFileSync(file, text);
    expect(() => loadTopology(file)).toThrow(TopologyError);
  });
});

describe('a file that is no mapping', () => {
  test.each([
    ['nothing', '', 'null'],
    ['a comment', '# to be written\n', 'null'],
    ['null', 'null\n', 'null'],
    ['a text', 'orders\n', '"orders"'],
    ['a list', '- orders\n', '["orders"]'],
  ])('%s', (_, text, got) => {
    expect(errorOf(text)).toBe(
      `topologies/x.yaml:1 must be a mapping with the keys name, tags, state, accounts, consumers, producers, subscriptions, got ${got}`,
    );
  });
});

describe('the line of a problem', () => {
  test.each([
    [
      'is that of the key of a broken value',
      `${ORDERS}    startingPosition: LATEST

    # as many as one invocation takes
    batchSize: 0
`,
      'topologies/x.yaml:21 subscriptions[0].batchSize must be between 1 and 10000, got 0',
    ],
    [
      'is that of the key, not of a value below it',
      orders('{ name: OrderId, type: S }', '{ name: OrderId, type:\n      X }'),
      'topologies/x.yaml:14 producers.orders.table.partitionKey.type must be S or N or B, got "X"',
    ],
    [
      'is right after Windows line ends',
      orders('type: S', 'type: X').replaceAll('\n', '\r\n'),
      'topologies/x.yaml:14 producers.orders.table.partitionKey.type must be S or N or B, got "X"',
    ],
    [
      'is that of an unknown key',
      orders('    account: analytics', '    account: analytics\n    acount: analytics'),
      'topologies/x.yaml:9 consumers.process-orders.acount is not a key of the topology here; the keys are account, role, function, sink, failedBatches, alarms, got "analytics"',
    ],
    [
      'is that of a key which is a number',
      orders('  shop:', '  5: { id: "777788889999", region: us-east-1 }\n  shop:'),
      'topologies/x.yaml:5 accounts.5 must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first, got {"id":"777788889999","region":"us-east-1"}',
    ],
    [
      'is that of a list entry',
      `${ORDERS}  # the second
  - process-orders
`,
      'topologies/x.yaml:19 subscriptions[1] must be a mapping with the keys producer, consumer, startingPosition, batchSize, maximumBatchingWindowInSeconds, parallelizationFactor, bisectBatchOnFunctionError, maximumRetryAttempts, maximumRecordAgeInSeconds, tumblingWindowInSeconds, filters, enabled, got "process-orders"',
    ],
    [
      'is that of the mapping which misses a key',
      orders('{ name: ProcessOrdersRole }', '\n      path: /streams/'),
      'topologies/x.yaml:9 consumers.process-orders.role.name is missing; it must be an IAM role name: 1 to 64 letters, digits and +=,.@-_',
    ],
    [
      'is that of the list entry which misses a key',
      ORDERS.replace('\n    consumer: process-orders\n', '\n'),
      'topologies/x.yaml:16 subscriptions[0].consumer is missing; it must be the name of a consumer in this file',
    ],
    [
      'is that of the first key where a top-level key is missing',
      `# Orders.\n\n${ORDERS.replace(/state: .*\n/, '')}`,
      'topologies/x.yaml:3 state is missing; it must be a mapping with the keys bucket, region, keyPrefix, roleArn, kmsKeyId, usePathStyle, manage',
    ],
    [
      'is that of the alias, where the value comes from an anchor',
      orders(
        'partitionKey: {',
        'sortKey: &key { name: Version, type: N }, partitionKey: {',
      ).replace(
        '# 14',
        '\n  again:\n    account: shop\n    table:\n      name: Again\n      partitionKey: *key\n      sortKey: *key',
      ),
      'topologies/x.yaml:20 producers.again.table.sortKey.name must differ from the name of the partition key, got "Version"',
    ],
    [
      'is that of the entry, where the value comes from a merge key',
      orders(
        'analytics: { id: "111122223333", region: us-east-1 }',
        'analytics: &account\n    id: "111122223333"\n    region: us-east-1',
      ).replace(
        'shop: { id: "444455556666", region: us-east-1 }',
        'shop:\n    <<: *account\n    id: "4444"',
      ),
      'topologies/x.yaml:9 accounts.shop.id must be an AWS account ID of 12 digits, such as "111122223333", got "4444"',
    ],
  ])('%s', (_, text, expected) => {
    expect(errorOf(text)).toBe(expected);
  });

  test('of a merged value is that of the anchor and of the entry that merges it', () => {
    const text = orders('analytics: {', 'analytics: &account {')
      .replace('region: us-east-1 } # 4', 'region: us-east } # 4')
      .replace('{ id: "444455556666", region: us-east-1 }', '{ <<: *account, id: "444455556666" }');
    expect(errorOf(text).split('\n')).toEqual([
      'topologies/x.yaml:4 accounts.analytics.region must be an AWS Region, such as us-east-1, got "us-east"',
      'topologies/x.yaml:5 accounts.shop.region must be an AWS Region, such as us-east-1, got "us-east"',
    ]);
  });
});

describe('several problems', () => {
  const broken = orders('name: orders', 'name: Orders')
    .replace('"111122223333"', '111122223333')
    .replace('account: shop', 'account: warehouse')
    .replace('# 9', '\n    colour: red')
    .replace('type: S', 'type: X')
    .concat('    batchSize: 10001\n', '    enabled: perhaps\n', 'version: 2\n');

  test('are reported at once, by line', () => {
    expect(errorOf(broken).split('\n')).toEqual([
      'topologies/x.yaml:1 name must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first, got "Orders"',
      'topologies/x.yaml:4 accounts.analytics.id must be in quotes, since YAML reads digits as a number: id: "111122223333", got 111122223333',
      'topologies/x.yaml:10 consumers.process-orders.colour is not a key of the topology here; the keys are account, role, function, sink, failedBatches, alarms, got "red"',
      'topologies/x.yaml:15 producers.orders.table.partitionKey.type must be S or N or B, got "X"',
      'topologies/x.yaml:19 subscriptions[0].batchSize must be between 1 and 10000, got 10001',
      'topologies/x.yaml:20 subscriptions[0].enabled must be true or false, got "perhaps"',
      'topologies/x.yaml:21 version is not a key of the topology here; the keys are name, tags, state, accounts, consumers, producers, subscriptions, got 2',
    ]);
  });

  test('stand in the error with path, line and value', () => {
    writeFileSync(file, broken);
    const { name, file: named, problems } = thrownBy(file);
    expect({ name, named, count: problems.length, fourth: problems[4] }).toEqual({
      name: 'TopologyError',
      named: file,
      count: 7,
      fourth: {
        path: ['subscriptions', 0, 'batchSize'],
        message: 'must be between 1 and 10000',
        received: 10001,
        line: 19,
      },
    });
  });

  test('of values and of references are reported at once, by line', () => {
    const text = `${ORDERS}    batchSize: 0
  - producer: order
    consumer: process-orders
`;
    expect(errorOf(text).split('\n')).toEqual([
      'topologies/x.yaml:18 subscriptions[0].batchSize must be between 1 and 10000, got 0',
      'topologies/x.yaml:19 subscriptions[1].producer must be the name of a producer in this file (orders), got "order"',
    ]);
  });
});

describe('the value of a problem', () => {
  test.each([
    ['up to 100 characters is shown whole', 'R'.repeat(98), `"${'R'.repeat(98)}"`],
    ['over 100 characters is cut', 'R'.repeat(99), `"${'R'.repeat(98)}…`],
    ['of a hundred thousand characters is cut', 'R'.repeat(100_000), `"${'R'.repeat(98)}…`],
  ])('%s', (_, name, got) => {
    expect(errorOf(orders('ProcessOrdersRole', name))).toBe(
      `topologies/x.yaml:9 consumers.process-orders.role.name must be an IAM role name: 1 to 64 letters, digits and +=,.@-_, got ${got}`,
    );
  });
});
