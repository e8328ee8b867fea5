import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadTopology } from '../../load/load';
import { validate } from '../../load/validate';
import { TopologyError } from '../../topology/problem';
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
    expect(loadTopology(file)).toEqual(validate(topology(), dirname(file)).topology);
  });

  test('may share settings through anchors and merge keys', () => {
    writeFileSync(
      file,
      orders('analytics: {', 'analytics: &account {').replace(
        '{ id: "444455556666", region: us-east-1 }',
        '{ <<: *account, id: "444455556666" }',
      ),
    );
    expect(loadTopology(file)).toEqual(validate(topology(), dirname(file)).topology);
  });
});

describe('what is allowed and should be looked at', () => {
  const warnings = (text: string) => {
    const lines: string[] = [];
    writeFileSync(file, text);
    loadTopology(
      file,
      () => [],
      (line) => lines.push(line.replaceAll(`${folder}/`, '').slice(0, 80)),
    );
    return lines;
  };

  test('is nothing in most files', () => {
    expect(warnings(ORDERS)).toEqual([]);
  });

  test('has its line, in the order of the file', () => {
    const environment =
      '{ name: ProcessOrders,\n      environment: { DB_PASSWORD: hunter2,\n        API_KEY: k } }';
    expect(warnings(orders('{ name: ProcessOrders }', environment))).toEqual([
      'topologies/x.yaml:11 consumers.process-orders.function.environment.DB_PASSWORD l',
      'topologies/x.yaml:12 consumers.process-orders.function.environment.API_KEY looks',
    ]);
  });
});

describe('a key stays the text that it is in the file:', () => {
  test.each([
    ...['NULL', 'null', '~', 'true', 'Yes', '007', '2024.10', '0x1F', '1e3', '.inf', '2001-01-01'],
  ])('%s', (key) => {
    const filter = `{ dynamodb: { NewImage: { ${key}: { S: [a] } } } }`;
    writeFileSync(file, `${ORDERS}    filters: [${filter}]\n`);
    expect(loadTopology(file).subscriptions[0]?.filters).toEqual([
      { dynamodb: { NewImage: { [key]: { S: ['a'] } } } },
    ]);
  });

  test.each(['NULL', '007', '2024.10', '1e3'])('%s, of a tag', (key) => {
    writeFileSync(file, `${ORDERS}tags: { ${key}: a }\n`);
    expect(loadTopology(file).tags).toEqual({ [key]: 'a' });
  });

  test.each([
    ['NULL', 'topologies/x.yaml:5 accounts.NULL', '{ id: "777788889999", region: us-east-1 }'],
    ['0042', 'topologies/x.yaml:5 accounts.0042', '{ id: "777788889999", region: us-east-1 }'],
  ])('%s, which is no name', (key, place, account) => {
    expect(errorOf(orders('  shop:', `  ${key}: ${account}\n  shop:`))).toMatch(
      `${place} must match [a-z][a-z0-9-]*`,
    );
  });
});

describe('merge keys', () => {
  test('may stand several times in one mapping', () => {
    const text = orders('analytics: {', 'analytics: &account {').replace(
      '{ id: "444455556666", region: us-east-1 }',
      '{ <<: *account, <<: { region: us-west-2 }, id: "444455556666" }',
    );
    writeFileSync(file, text);
    expect(loadTopology(file)).toEqual(validate(topology(), dirname(file)).topology);
  });

  test('in quotes are keys like any other', () => {
    expect(errorOf(orders('region: us-east-1 } # 4', 'region: us-east-1, "<<": {} } # 4'))).toBe(
      'topologies/x.yaml:4 accounts.analytics.<< is not a key of the topology here; the keys are id, region, deployRole, stateRoleArn, got {}',
    );
  });
});

test.each([
  [
    'a key that is there twice',
    '"a\u001b[2Jb": 1\n"a\u001b[2Jb": 2\n',
    'the key "a\\u001b[2Jb" is',
  ],
  ['an alias of nothing', 'x: *a\u202eb\n', 'a\\u202eb'],
])('what cannot be seen is shown in messages about %s', (_, text, shown) => {
  const message = errorOf(`${ORDERS}${text}`);
  expect(message).toContain(shown);
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('names that cannot be seen are shown where names are listed', () => {
  const text = orders('  shop:', '  "a\\e[2J": { id: "777788889999", region: us-east-1 }\n  shop:');
  const message = errorOf(text.replace('account: shop', 'account: nowhere'));
  expect(message).toContain('in this file (analytics, a\\u001b[2J, shop), got "nowhere"');
  expect(message).not.toContain('\u001b');
});

test('a file of over 2 MB is refused before it is read', () => {
  expect(errorOf(`${ORDERS}${'# more\n'.repeat(300_000)}`)).toBe(
    `topologies/x.yaml must be at most 2000000 bytes, got ${ORDERS.length + 2_100_000}; write several topologies`,
  );
});

describe('thousands of entries are checked in one pass', () => {
  const many = (entry: (index: number) => string) =>
    Array.from({ length: 2_000 }, (_, index) => `  ${entry(index)}\n`).join('');
  const withAccounts = (entry: (index: number) => string) =>
    orders('  shop:', `${many(entry).trimEnd()}\n  shop:`);

  test('that are right', () => {
    writeFileSync(
      file,
      withAccounts((index) => `a${index}: { id: "111122223333", region: us-east-1 }`),
    );
    expect(() => loadTopology(file)).not.toThrow();
  });

  test('that are wrong, each with its line', () => {
    const lines = errorOf(
      withAccounts((index) => `a${index}: { id: "1", region: us-east-1 }`),
    ).split('\n');
    expect(lines).toHaveLength(2_000);
    expect(lines.at(-1)).toMatch(
      /^topologies\/x\.yaml:2004 accounts\.a1999\.id must be an AWS account ID/,
    );
  });

  test('that repeat a key, each with its line', () => {
    const lines = errorOf(withAccounts(() => 'a: {}')).split('\n');
    expect(lines).toHaveLength(1_999);
    expect(lines[0]).toBe(
      'topologies/x.yaml:6 is not valid YAML: the key a is in one mapping twice; remove or rename one of them',
    );
  });
});

describe('a file in another encoding than UTF-8', () => {
  const encoded = (text: string, encoding: BufferEncoding) => {
    writeFileSync(file, Buffer.from(text, encoding));
    return thrownBy(file).message.replaceAll(`${folder}/`, '');
  };

  test.each<[string, string, BufferEncoding, string]>([
    ['Latin-1', `${ORDERS}# München\n`, 'latin1', ':18 is not UTF-8 (byte 0xFC); save it as UTF-8'],
    [
      'Latin-1 after UTF-8',
      'name: \u00c3\u00bc \u00e9',
      'latin1',
      ':1 is not UTF-8 (byte 0xE9); save it as UTF-8',
    ],
    [
      'half of a surrogate pair',
      'a: b\nname: \u00ed\u00a0\u0080',
      'latin1',
      ':2 is not UTF-8 (byte 0xED); save it as UTF-8',
    ],
    [
      'UTF-8 that is cut off',
      'name: \u00e2\u0082',
      'latin1',
      ':1 is not UTF-8 (byte 0xE2); save it as UTF-8',
    ],
    [
      'UTF-16, little end first',
      `\ufeff${ORDERS}`,
      'utf16le',
      ' is UTF-16, not UTF-8; save it as UTF-8',
    ],
    [
      'UTF-16, big end first',
      '\u00fe\u00ff\0n',
      'latin1',
      ' is UTF-16, not UTF-8; save it as UTF-8',
    ],
    [
      'UTF-16 without a byte order mark',
      ORDERS,
      'utf16le',
      ':1 holds the byte 0x00, as UTF-16, UTF-32 and binary files do; save it as UTF-8 text',
    ],
    [
      'UTF-32, little end first',
      '\u00ff\u00fe\0\0n\0\0\0',
      'latin1',
      ' is UTF-32, not UTF-8; save it as UTF-8',
    ],
    [
      'UTF-32, big end first',
      '\0\0\u00fe\u00ff\0\0\0n',
      'latin1',
      ' is UTF-32, not UTF-8; save it as UTF-8',
    ],
  ])('%s', (_, text, encoding, message) => {
    expect(encoded(text, encoding)).toBe(`topologies/x.yaml${message}`);
  });

  test('says nothing against the character that stands for an undecodable one', () => {
    expect(encoded(`${ORDERS}tag: \ufffd\n`, 'utf8')).toMatch(
      /^topologies\/x.yaml:18 tag is not a key/,
    );
  });
});

describe('text that would not arrive as it is written', () => {
  const variable = (value: string) =>
    orders('{ name: ProcessOrders }', `{ name: ProcessOrders, environment: { TEXT: ${value} } }`);
  const place = 'topologies/x.yaml:10 consumers.process-orders.function.environment.TEXT';
  const token = 'must not hold what CDKTF takes for a reference of its own and replaces';
  const form = "must be in Unicode's normal form C, which Terraform makes of it; write";

  test.each([
    ['in another form of Unicode', '"Cafe\\u0301"', `${form} "Caf\u00e9", got "Cafe\\u0301"`],
    ['a sign that Unicode replaces', '"10 \\u212B"', `${form} "10 \u00c5", got "10 \\u212b"`],
    [
      'half of a surrogate pair',
      '"a\\uD83Db"',
      'must not hold half of a surrogate pair, which is no character, got "a\\ud83db"',
    ],
    ['NUL', '"a\\0b"', 'must not hold the character NUL, got "a\\u0000b"'],
    ['a token for text', '"x ${TfToken[TOKEN.0]} y"', `${token}, got "x \${TfToken[TOKEN.0]} y"`],
    ['a token for a list', '"#{TfToken[TOKEN.0]}"', `${token}, got "#{TfToken[TOKEN.0]}"`],
    ['a token for a mapping', '"&{TfToken[TOKEN.0]}"', `${token}, got "&{TfToken[TOKEN.0]}"`],
    [
      'a token for a number',
      '"-8.109562212591379e+298"',
      `${token}, got "-8.109562212591379e+298"`,
    ],
    [
      'a token for a number, inside text',
      '"a -81.09562212591379e297b"',
      `${token}, got "a -81.09562212591379e297b"`,
    ],
    [
      'a token for a list of numbers',
      '"-1.8881545897087626e+289"',
      `${token}, got "-1.8881545897087626e+289"`,
    ],
    [
      'the value of a mapping token',
      'String Map Token Value',
      `${token}, got "String Map Token Value"`,
    ],
  ])('%s', (_, value, expected) => {
    expect(errorOf(variable(value))).toBe(`${place} ${expected}`);
  });

  test('nor would keys', () => {
    const text = `${ORDERS}tags: { "Cafe\\u0301": a, "\${TfToken[TOKEN.0]}": b }\n`;
    expect(errorOf(text).split('\n')).toEqual([
      `topologies/x.yaml:18 tags.Cafe\\u0301 has a key that ${form} "Caf\u00e9", got "Cafe\\u0301"`,
      `topologies/x.yaml:18 tags.\${TfToken[TOKEN.0]} has a key that ${token}, got "\${TfToken[TOKEN.0]}"`,
    ]);
  });

  describe('nor are they what a reviewer sees:', () => {
    const unseen =
      'must not hold characters that nobody sees, but for those of emoji; leave them out';
    const mixed = (word: string) =>
      `must not mix letters of scripts that look alike in one word, ${word}; write it in one script`;
    const filter = (value: string) =>
      `${ORDERS}    filters: [{ dynamodb: { NewImage: { Status: { S: [${value}] } } } }]\n`;
    const inFilter =
      'topologies/x.yaml:18 subscriptions[0].filters[0].dynamodb.NewImage.Status.S[0]';

    test.each([
      ['a zero-width space', 'op\\u200ben'],
      ['a zero-width joiner between letters', 'op\\u200den'],
      ['a zero-width joiner after an emoji', '\u2764\\ufe0f\\u200d'],
      ['a direction', '\\u202enepo'],
      ['an isolate', '\\u2066open\\u2069'],
      ['a soft hyphen', 'op\\u00aden'],
      ['a byte order mark', 'open\\ufeff'],
      ['a filler', 'open\\u3164'],
      ['a grapheme joiner', 'op\\u034fen'],
      ['tags', 'open\\udb40\\udc61'],
      ['a variation selector', 'o\\ufe00pen'],
    ])('%s in a filter', (_, text) => {
      expect(errorOf(filter(`"${text}"`))).toBe(`${inFilter} ${unseen}, got "${text}"`);
    });

    test.each([
      ['Cyrillic and Latin', 'p\u0430id', 'p\\u0430id'],
      ['Greek and Latin', 'cl\u03bfsed', 'cl\\u03bfsed'],
      ['Armenian and Latin', 'p\u0561id', 'p\\u0561id'],
      ['Cherokee and Latin', '\u13aaLOSED', '\\u13aaLOSED'],
      ['wide and other letters', 'o\uff50en', 'o\\uff50en'],
      ['letters of formulas and others', 'o\u{1d429}en', 'o\\ud835\\udc29en'],
    ])('letters of %s in a word of a filter', (_, text, shown) => {
      expect(errorOf(filter(`"to ${text}"`))).toBe(`${inFilter} ${mixed(shown)}, got "to ${text}"`);
    });

    test('in keys of filters and in the names of attributes', () => {
      const key = `${ORDERS}    filters: [{ dynamodb: { NewImage: { "a\\u200b": { S: [x] } } } }]\n`;
      expect(errorOf(key)).toBe(
        `topologies/x.yaml:18 subscriptions[0].filters[0].dynamodb.NewImage.a\\u200b has a key that ${unseen}, got "a\\u200b"`,
      );
      expect(errorOf(orders('OrderId', '"Order\\u0406d"'))).toContain(mixed('Order\\u0406d'));
    });

    test.each([
      [
        'emoji of several characters',
        '\u2764\ufe0f \u{1f469}\u200d\u{1f4bb} \u{1f1eb}\u{1f1f7} 1\ufe0f\u20e3',
      ],
      ['words of one script each', '\u043e\u043f\u043b\u0430\u0447\u0435\u043d\u043e paid'],
      ['units and names with Greek letters', 'k\u03a9 \u03b22 \u0394t 5\u00b5m'],
      ['Japanese', '\u652f\u6255\u3044\u30c7\u30fc\u30bf ABC'],
      ['accents', 'pay\u00e9'],
    ])('but so do %s', (_, text) => {
      writeFileSync(file, filter(`"${text}"`));
      expect(() => loadTopology(file)).not.toThrow();
    });

    test('but environment variables hold any text for people', () => {
      writeFileSync(file, variable('"\\u0645\\u06cc\\u200c\\u062e p\\u0430id"'));
      expect(() => loadTopology(file)).not.toThrow();
    });
  });

  test.each([
    ['composed characters', '"Caf\\u00e9 \u6f22\u5b57 \u{1f642}"'],
    ['control characters', '"a\\b\\f\\x1f\\x7f\\x85\\u2028"'],
    ['numbers with an exponent', '"1e3 -8.1e297 12e456 abc-1e5"'],
  ])('but so do %s', (_, value) => {
    writeFileSync(file, variable(value));
    expect(() => loadTopology(file)).not.toThrow();
  });

  test('in filters all but tokens and halves of pairs arrive', () => {
    const filters = (text: string) =>
      `${ORDERS}    filters: [{ dynamodb: { NewImage: { ${text}: { S: [${text}] } } } }]\n`;
    writeFileSync(file, filters('"Cafe\\u0301 \\0"'));
    expect(() => loadTopology(file)).not.toThrow();
    const at = 'topologies/x.yaml:18 subscriptions[0].filters[0].dynamodb.NewImage';
    expect(errorOf(filters('"TfToken["'))).toBe(
      `${at}.TfToken[ has a key that ${token}, got "TfToken["`,
    );
    expect(errorOf(filters('"\\uD83D"'))).toBe(
      `${at}.\\ud83d has a key that must not hold half of a surrogate pair, which is no character, got "\\ud83d"`,
    );
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
        'topologies/x.yaml:6 is not valid YAML: the key shop is in one mapping twice; remove or rename one of them',
      ],
    ],
    [
      'a top-level key that stands twice',
      `${ORDERS}name: again\n`,
      [
        'topologies/x.yaml:18 is not valid YAML: the key name is in one mapping twice; remove or rename one of them',
      ],
    ],
    [
      'a key in quotes that stands twice',
      `${ORDERS}tags: { 'Cost: Center': a, 'Cost: Center': b }\n`,
      [
        "topologies/x.yaml:18 is not valid YAML: the key 'Cost: Center' is in one mapping twice; remove or rename one of them",
      ],
    ],
    [
      'a number as a key that stands twice',
      `${ORDERS}tags: { 007: a, "007": b }\n`,
      [
        'topologies/x.yaml:18 is not valid YAML: the key "007" is in one mapping twice; remove or rename one of them',
      ],
    ],
    [
      'a list as a key',
      `${ORDERS}tags:\n  [a, b]: c\n`,
      [
        'topologies/x.yaml:19 is not valid YAML: a key must be text, written out; it cannot be a list, a mapping, an alias or have a tag',
      ],
    ],
    [
      'a mapping as a key',
      `${ORDERS}tags:\n  ? a: b\n  : c\n`,
      [
        'topologies/x.yaml:19 is not valid YAML: a key must be text, written out; it cannot be a list, a mapping, an alias or have a tag',
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
        'topologies/x.yaml:6 is not valid YAML: the key shop is in one mapping twice; remove or rename one of them',
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
    ['in a mapping', 'tags: &tags { Team: *tags }', 18],
    ['in a list', 'tags: &tags\n  - a\n  - *tags', 20],
    ['in another anchor', 'a: &tags\n  b: &b\n    c: *tags', 20],
  ])('an alias inside its own anchor, %s', (_, text, line) => {
    expect(errorOf(`${ORDERS}${text}\n`)).toBe(
      `topologies/x.yaml:${line} has the alias *tags inside of its own anchor &tags; write the content out`,
    );
  });

  test.each([
    ['brackets', `x: ${'['.repeat(201)}${']'.repeat(201)}`],
    ['brackets by the thousand, on several lines', `x:\n ${'{a: \n'.repeat(20_000)}`, 219],
    ['dashes', `x:\n${'- '.repeat(20_000)}y`, 19],
    [
      'indented keys',
      Array.from({ length: 203 }, (_, at) => `${' '.repeat(at)}k:`).join('\n'),
      219,
    ],
  ])('nested too deep, with %s', (_, text, line = 18) => {
    expect(errorOf(`${ORDERS}${text}\n`)).toBe(
      `topologies/x.yaml:${line} must have at most 200 brackets or columns of indentation within each other`,
    );
  });

  test.each([
    ['brackets', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['brackets one after the other', `[${'[a], '.repeat(300)}]`],
    ['brackets in text', `"${'['.repeat(300)}"`],
    ['spaces before a value', `${' '.repeat(300)}y`],
    ['spaces in text', `|\n  a\n${' '.repeat(300)}y`],
  ])('but not nested too deep: %s', (_, text) => {
    expect(errorOf(`${ORDERS}x: ${text}\n`)).toMatch(/^topologies\/x.yaml:18 x is not a key/);
  });

  test('lines that end in CR alone', () => {
    expect(errorOf(ORDERS.replaceAll('\n', '\r'))).toBe(
      'topologies/x.yaml ends its lines with CR (0x0D) alone, which is no line end here; save it with LF',
    );
  });

  test.each([
    [
      'aliases that multiply without measure',
      ['a', 'b', 'c', 'd', 'e', 'f']
        .map((name, index, all) => `${name}: &${name} [${`*${all[index - 1]}, `.repeat(10)}]`)
        .join('\n')
        .replaceAll('*undefined', 'x'),
    ],
    ['a long text in many places', `a: &a ${'x'.repeat(100_000)}\nb: [${'*a, '.repeat(1_000)}]`],
  ])('%s', (_, text) => {
    expect(errorOf(text)).toBe(
      'topologies/x.yaml must have at most 20000000 characters with its aliases written out; use fewer of them, or write several topologies',
    );
  });
});

test('a thousand tenants can share their settings', () => {
  const tenants = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
  const accounts = tenants.map(
    (name, index) => `  ${name}: { <<: *shop, id: "${555500000000 + index}" }\n`,
  );
  writeFileSync(
    file,
    orders('shop: {', 'shop: &shop {')
      .replace('consumers:', `${accounts.join('')}consumers:`)
      .replace('account: shop', `accounts: [${tenants.join(', ')}]`),
  );
  expect(loadTopology(file).producers).toHaveLength(1_000);
});

test.each([
  ['no byte', ''],
  ['a byte order mark', '\ufeff'],
  ['line ends', '\n\r\n'],
  ['CR', '\r\r'],
  ['spaces', '  \t'],
])('an empty file: %s', (_, text) => {
  expect(errorOf(text)).toBe(
    'topologies/x.yaml is empty; write a topology, for example from topologies/orders.yaml',
  );
});

describe('a file that is no mapping', () => {
  test.each([
    ['a comment', '# to be written\n', 'null'],
    ['null', 'null\n', 'null'],
    ['a text', 'orders\n', '"orders"'],
    ['a list', '- orders\n', '["orders"]'],
  ])('%s', (_, text, got) => {
    expect(errorOf(text)).toBe(
      `topologies/x.yaml:1 must be a mapping with the keys name, tags, awsProviderVersion, state, accounts, consumers, producers, subscriptions, got ${got}`,
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

describe('a value that is not text', () => {
  test.each([
    ...['0042', '1.10', '0x1F', 'True', '1e3'].map((value) => [value, `; write "${value}"`]),
    ['~', ''],
  ])('is shown as it is written: %s', (value, remedy) => {
    const text = orders(
      '{ name: ProcessOrders }',
      `{ name: ProcessOrders, environment: { TEXT: ${value} } }`,
    );
    expect(errorOf(text)).toBe(
      `topologies/x.yaml:10 consumers.process-orders.function.environment.TEXT must be a string; put numbers and booleans in quotes${remedy}, got ${value}`,
    );
  });
});

describe('a value of a filter that belongs in quotes', () => {
  test.each([
    ['S', '007', '"007"'],
    ['S', '1.10', '"1.10"'],
    ['S', 'True', '"True"'],
    ['N', '007', '"7"'],
    ['N', '1e3', '"1000"'],
    ['N', '12345678901234567890', '"12345678901234567890"'],
  ])('%s: [%s]', (type, value, remedy) => {
    const filter = `{ dynamodb: { NewImage: { A: { ${type}: [${value}] } } } }`;
    expect(errorOf(`${ORDERS}    filters: [${filter}]\n`)).toBe(
      `topologies/x.yaml:18 subscriptions[0].filters[0].dynamodb.NewImage.A.${type}[0] must be text, as it is in a record; write ${remedy}, got ${value}`,
    );
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
      'topologies/x.yaml:4 accounts.analytics.id must be an AWS account ID of 12 digits in quotes, since YAML reads digits as a number; write "111122223333", got 111122223333',
      'topologies/x.yaml:10 consumers.process-orders.colour is not a key of the topology here; the keys are account, role, function, sink, failedBatches, alarms, got "red"',
      'topologies/x.yaml:15 producers.orders.table.partitionKey.type must be S or N or B, got "X"',
      'topologies/x.yaml:19 subscriptions[0].batchSize must be between 1 and 10000, got 10001',
      'topologies/x.yaml:20 subscriptions[0].enabled must be true or false, got "perhaps"',
      'topologies/x.yaml:21 version is not a key of the topology here; the keys are name, tags, awsProviderVersion, state, accounts, consumers, producers, subscriptions, got 2',
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
        written: '10001',
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

describe('a number that would be right in quotes', () => {
  test.each([
    [
      'an account ID',
      'id: "444455556666"',
      'id: 444455556666',
      'write "444455556666", got 444455556666',
    ],
    [
      'an account ID that begins with 0',
      'id: "444455556666"',
      'id: 044455556666',
      'write "044455556666", got 044455556666',
    ],
    ['a tag', 'name: orders\n', 'name: orders\ntags: { Centre: 0042 }\n', 'write "0042", got 0042'],
    [
      'a variable',
      '{ name: ProcessOrders }',
      '{ name: ProcessOrders, environment: { PORT: 8080 } }',
      'write "8080", got 8080',
    ],
  ])('is shown as it is to be written: %s', (_, from, to, remedy) => {
    expect(errorOf(orders(from, to))).toMatch(new RegExp(`^[^\\n]*; ${remedy}$`));
  });

  test.each([
    ['an account ID of 11 digits', 'id: "444455556666"', 'id: 44445555666'],
    ['an account ID with an exponent', 'id: "444455556666"', 'id: 4e11'],
    ['a version', 'name: orders\n', 'name: orders\nawsProviderVersion: 6.31\n'],
    ['a size', '{ name: ProcessOrders }', '{ name: ProcessOrders, memorySize: 1 }'],
    ['a key that there is not', 'name: orders\n', 'name: orders\nversion: 2\n'],
  ])('is not %s', (_, from, to) => {
    expect(errorOf(orders(from, to))).not.toContain('; write "');
  });
});

test('Windows line ends change no line of a problem', () => {
  const text = `${ORDERS}    batchSize: 0\n`;
  expect(errorOf(text.replaceAll('\n', '\r\n'))).toBe(errorOf(text));
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
