import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadTopology } from '../../load/load';
import { validate } from '../../load/validate';
import { TopologyError } from '../../topology/problem';
import { makesFunction } from '../../topology/resolve';
import { topology } from '../helpers/topology';

const ORDERS = readFileSync(join(__dirname, '../refusals/base.yaml'), 'utf8');
const NOT_A_FILE = 'is not a file; name a topology file with --topology or TOPOLOGY';

const folder = mkdtempSync(join(tmpdir(), 'topology-'));
const file = join(folder, 'topologies', 'x.yaml');

beforeAll(() => mkdirSync(join(folder, 'topologies')));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a file of this text resolves to. */
function load(text: string | Buffer) {
  writeFileSync(file, text);
  return loadTopology(file);
}

/** What loading such a file throws, with the file's name as if in the working directory. */
function errorOf(text: string | Buffer): string {
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

/** `ORDERS` with what the account `shop` merges into itself. */
const merging = (merged: string) =>
  orders('analytics: {', 'analytics: &account {').replace(
    '{ id: "444455556666", region: us-east-1 }',
    `{ ${merged}, id: "444455556666" }`,
  );

describe('a valid file', () => {
  test.each([
    ['as it is', ORDERS],
    ['with Windows line ends', ORDERS.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${ORDERS}`],
    ['with a document marker', `---\n${ORDERS}`],
    ['as JSON', JSON.stringify(topology())],
    ['with an anchor and a merge key', merging('<<: *account')],
    ['with several merge keys in one mapping', merging('<<: *account, <<: { region: us-west-2 }')],
  ])('%s is loaded', (_, text) => {
    expect(load(text)).toEqual(validate(topology(), dirname(file)).topology);
  });

  test('may share the settings of a thousand tenants', () => {
    const tenants = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
    const accounts = tenants.map(
      (name, index) => `  ${name}: { <<: *shop, id: "${555500000000 + index}" }\n`,
    );
    const text = orders('shop: {', 'shop: &shop {')
      .replace('consumers:', `${accounts.join('')}consumers:`)
      .replace('account: shop', `accounts: [${tenants.join(', ')}]`);
    expect(load(text).producers).toHaveLength(1_000);
  });
});

describe('paths', () => {
  const withFunction = (settings: string) =>
    orders('{ name: ProcessOrders }', `{ name: ProcessOrders, ${settings} }`);
  const fromHere = (name: string) => join(folder, name);

  test('are relative to the file', () => {
    mkdirSync(fromHere('topologies/lib/code'), { recursive: true });
    for (const name of ['a.ts', 'a.html', 'code/index.py'])
      writeFileSync(fromHere(`topologies/lib/${name}`), 'handler');
    const codeOf = (settings: string) =>
      load(withFunction(settings)).consumers.filter(makesFunction)[0]?.function.code;
    expect(codeOf('entry: ./lib/a.ts, files: [./lib/a.html]')).toEqual({
      type: 'entry',
      entry: fromHere('topologies/lib/a.ts'),
      files: [fromHere('topologies/lib/a.html')],
      folder: dirname(file),
    });
    const code = 'code: { directory: ./lib/code, handler: index.handler }';
    expect(codeOf(`runtime: python3.12, ${code}`)).toEqual({
      type: 'folder',
      directory: fromHere('topologies/lib/code'),
      handler: 'index.handler',
    });
  });

  test('are shown as they are written, and as seen from the working directory', () => {
    expect(errorOf(withFunction('entry: a.ts'))).toBe(
      `topologies/x.yaml:10 consumers.process-orders.function.entry must be a file that exists, relative to the topology's file: topologies/a.ts, got "a.ts"`,
    );
  });
});

test('what is allowed and should be looked at has its line, in the order of the file', () => {
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
  const environment =
    '{ name: ProcessOrders,\n      environment: { DB_PASSWORD: hunter2,\n        API_KEY: k } }';
  expect(warnings(ORDERS)).toEqual([]);
  expect(warnings(orders('{ name: ProcessOrders }', environment))).toEqual([
    'topologies/x.yaml:11 consumers.process-orders.function.environment.DB_PASSWORD l',
    'topologies/x.yaml:12 consumers.process-orders.function.environment.API_KEY looks',
  ]);
});

describe('a key stays the text that it is in the file:', () => {
  test.each([
    ...['NULL', 'null', '~', 'true', 'Yes', '007', '2024.10', '0x1F', '1e3', '.inf', '2001-01-01'],
  ])('%s', (key) => {
    const filter = `{ dynamodb: { NewImage: { ${key}: { S: [a] } } } }`;
    const [subscription] = load(`${ORDERS}    filters: [${filter}]\n`).subscriptions;
    expect(subscription?.filters).toEqual([{ dynamodb: { NewImage: { [key]: { S: ['a'] } } } }]);
  });
});

test('a file of over 2 MB is refused before it is read', () => {
  expect(errorOf(`${ORDERS}${'# more\n'.repeat(300_000)}`)).toBe(
    `topologies/x.yaml must be at most 2000000 bytes, got ${ORDERS.length + 2_100_000}; write several topologies`,
  );
});

describe('thousands of entries are checked in one pass', () => {
  const withAccounts = (entry: (index: number) => string) => {
    const many = Array.from({ length: 2_000 }, (_, index) => `  ${entry(index)}\n`).join('');
    return orders('  shop:', `${many.trimEnd()}\n  shop:`);
  };

  test('that are right', () => {
    const text = withAccounts((index) => `a${index}: { id: "111122223333", region: us-east-1 }`);
    expect(() => load(text)).not.toThrow();
  });

  test.each<[string, (index: number) => string, number, string]>([
    [
      'are wrong',
      (index) => `a${index}: { id: "1", region: us-east-1 }`,
      2_000,
      'topologies/x.yaml:2004 accounts.a1999.id must be an AWS account ID of 12 digits, such as "111122223333", got "1"',
    ],
    [
      'repeat a key',
      () => 'a: {}',
      1_999,
      'topologies/x.yaml:2004 is not valid YAML: the key a is in one mapping twice; remove or rename one of them',
    ],
  ])('that %s, each with its line', (_, entry, count, last) => {
    const lines = errorOf(withAccounts(entry)).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([count, last]);
  });
});

describe('refuses a file in another encoding than UTF-8:', () => {
  const NUL =
    ':1 holds the byte 0x00, as UTF-16, UTF-32 and binary files do; save it as UTF-8 text';
  const UTF_16 = ' is UTF-16, not UTF-8; save it as UTF-8';
  const UTF_32 = ' is UTF-32, not UTF-8; save it as UTF-8';
  const notUtf8 = (byte: string) => `is not UTF-8 (byte ${byte}); save it as UTF-8`;

  test.each<[string, string, BufferEncoding, string]>([
    ['Latin-1', `${ORDERS}# München\n`, 'latin1', `:18 ${notUtf8('0xFC')}`],
    ['Latin-1 after UTF-8', 'name: \u00c3\u00bc \u00e9', 'latin1', `:1 ${notUtf8('0xE9')}`],
    [
      'half of a surrogate pair',
      'a: b\nname: \u00ed\u00a0\u0080',
      'latin1',
      `:2 ${notUtf8('0xED')}`,
    ],
    ['UTF-8 that is cut off', 'name: \u00e2\u0082', 'latin1', `:1 ${notUtf8('0xE2')}`],
    ['UTF-16, little end first', `\ufeff${ORDERS}`, 'utf16le', UTF_16],
    ['UTF-16, big end first', '\u00fe\u00ff\0n', 'latin1', UTF_16],
    ['UTF-16 without a byte order mark', ORDERS, 'utf16le', NUL],
    ['UTF-32, little end first', '\u00ff\u00fe\0\0n\0\0\0', 'latin1', UTF_32],
    ['UTF-32, big end first', '\0\0\u00fe\u00ff\0\0\0n', 'latin1', UTF_32],
  ])('%s', (_, text, encoding, message) => {
    expect(errorOf(Buffer.from(text, encoding))).toBe(`topologies/x.yaml${message}`);
  });

  test('not the character that replaces an undecodable one', () => {
    expect(errorOf(`${ORDERS}tag: \ufffd\n`)).toMatch(/^topologies\/x.yaml:18 tag is not a key/);
  });
});

describe('refuses', () => {
  test.each([
    ['a file that does not exist', 'topologies/nowhere.yaml'],
    ['a folder', folder],
  ])('%s', (_, path) => {
    expect(thrownBy(path).message).toBe(`${path} ${NOT_A_FILE}`);
  });

  test('keys that are indented too deep', () => {
    const keys = Array.from({ length: 203 }, (_, at) => `${' '.repeat(at)}k:`).join('\n');
    expect(errorOf(`${ORDERS}${keys}\n`)).toBe(
      'topologies/x.yaml:219 must have at most 200 brackets or columns of indentation within each other',
    );
  });

  test('lines that end in CR alone', () => {
    expect(errorOf(ORDERS.replaceAll('\n', '\r'))).toBe(
      'topologies/x.yaml ends its lines with CR (0x0D) alone, which does not end a line here; save it with LF',
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

  test('a broken value on its line, after Windows line ends too', () => {
    const text = `${ORDERS}    batchSize: 0\n`;
    const line =
      'topologies/x.yaml:18 subscriptions[0].batchSize must be between 1 and 10000, got 0';
    expect([text, text.replaceAll('\n', '\r\n')].map(errorOf)).toEqual([line, line]);
  });

  test('with an error that has path, line and value', () => {
    writeFileSync(file, `${ORDERS}    batchSize: 10001\n    enabled: ~\n`);
    const { name, file: named, problems } = thrownBy(file);
    expect({ name, named, count: problems.length, first: problems[0] }).toEqual({
      name: 'TopologyError',
      named: file,
      count: 2,
      first: {
        path: ['subscriptions', 0, 'batchSize'],
        message: 'must be between 1 and 10000',
        received: 10001,
        written: '10001',
        line: 18,
      },
    });
  });
});
