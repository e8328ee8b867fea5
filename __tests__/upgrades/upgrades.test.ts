import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Document, parse, visit } from 'yaml';
import { loadTopology } from '../../load/load';
import { type Addresses, addressesOf, unannounced } from '../helpers/addresses';
import { shippedTopologies, withStacks } from '../helpers/shipped-topologies';
import type { StackJson } from '../helpers/synth-app';

const FOLDER = '__tests__/upgrades';

/** The topologies that have a file here, as of the last release. */
const RECORDED = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

test.each(RECORDED)('what the next release replaces or destroys of %s is announced', (file) => {
  const { stacks } = withStacks(loadTopology(`topologies/${file}`));
  const now = addressesOf(stacks);
  const record = `${FOLDER}/${file}`;
  if (process.env.RECORD) writeFileSync(record, recordOf(now));
  const released: Addresses = parse(readFileSync(record, 'utf8'));
  const changes = unannounced(released, now, readFileSync('CHANGELOG.md', 'utf8'));
  if (changes.length === 0) return;
  throw new Error(
    [
      `topologies/${file} has other stacks than in the last release (${record}):`,
      ...changes.map((change) => `  ${change}`),
      'Write it in CHANGELOG.md, under "## Unreleased" and "### What your plan will show": an item with what is in backticks.',
      `At a release, or where the topology itself was changed, record it: RECORD=1 npm test -- upgrades -t ${file}`,
    ].join('\n'),
  );
});

/** As YAML, a line for each address. */
function recordOf(addresses: Addresses): string {
  const record = new Document(addresses, { sortMapEntries: true });
  visit(record, {
    // The document, its stacks and their addresses are around the attributes.
    Map: (_, map, { length }) => {
      map.flow = length > 4;
    },
  });
  return record.toString({ lineWidth: 0 });
}

test('every address of any topology is in a record', () => {
  // A state that is read is named after a stack.
  const addressesIn = (stacks: Addresses) =>
    Object.values(stacks)
      .flatMap((addresses) => Object.keys(addresses))
      .filter((address) => !address.startsWith('data.terraform_remote_state.'));
  const recorded = RECORDED.flatMap((file) =>
    addressesIn(parse(readFileSync(`${FOLDER}/${file}`, 'utf8'))),
  );
  const shipped = shippedTopologies().flatMap(({ stacks }) => addressesIn(addressesOf(stacks)));
  expect(shipped.filter((address) => !recorded.includes(address))).toEqual([]);
});

const KEYS = { name: 'Orders', hash_key: 'OrderId' };
const TABLE = { ...KEYS, stream_view_type: 'NEW_IMAGE' };
const TABLE_ADDRESS = '`aws_dynamodb_table.table`';

const released = stacksWith({});

/** Each with how it is said, and with what an announcement has to name. */
const CHANGES: [what: string, now: Stacks, said: string[]][] = [
  ['a stack that is gone', new Map(), ['orders: `orders` is gone']],
  [
    'a stack that is new',
    new Map([...released, ['lake', released.get('orders') as StackJson]]),
    ['lake: `lake` is new'],
  ],
  [
    'a resource with another address',
    stacksWith({ resource: { aws_dynamodb_table: { orders: TABLE } } }),
    [`orders: ${TABLE_ADDRESS} is gone`, 'orders: `aws_dynamodb_table.orders` is new'],
  ],
  [
    'another data source',
    stacksWith({ data: { archive_file: { code: {} } } }),
    ['orders: `data.archive_file.package` is gone', 'orders: `data.archive_file.code` is new'],
  ],
  [
    'another key of the table',
    tableWith({ hash_key: 'Id' }),
    [`orders: ${TABLE_ADDRESS} \`hash_key\` was OrderId, is Id`],
  ],
  [
    'an attribute that is no longer set',
    stacksWith({ resource: { aws_dynamodb_table: { table: KEYS } } }),
    [`orders: ${TABLE_ADDRESS} \`stream_view_type\` is gone`],
  ],
  [
    'an output with another name',
    stacksWith({ output: { arn: {} } }),
    ['orders: `output.table_arn` is gone', 'orders: `output.arn` is new'],
  ],
  [
    'another key of the state',
    stacksWith({ terraform: { backend: { s3: { key: 'b.tfstate', region: 'us-east-1' } } } }),
    ['orders: `terraform` `backend.s3.key` was a.tfstate, is b.tfstate'],
  ],
];

describe.each(CHANGES)('%s', (_, now, said) => {
  test('is refused', () => expect(unannouncedIn('', now)).toEqual(said));

  test('is accepted if it is announced', () => {
    const items = said.map((line) => `- Now ${line.slice(line.indexOf('`'))}.\n`);
    expect(unannouncedIn(changelog(items.join('')), now)).toEqual([]);
  });
});

test.each([
  ['of the address alone', changelog(`- ${TABLE_ADDRESS} is replaced.\n`)],
  ['without backticks', changelog('- aws_dynamodb_table.table has another hash_key.\n')],
  ['in two items', changelog(`- ${TABLE_ADDRESS} is replaced.\n- \`hash_key\` is another.\n`)],
  ['of another address', changelog('- `aws_dynamodb_table.table_2` has another `hash_key`.\n')],
  [
    'under another heading',
    `## Unreleased\n\n### Stacks\n\n- ${TABLE_ADDRESS} has another \`hash_key\`.\n`,
  ],
  [
    'in a version that is released',
    changelog(`- ${TABLE_ADDRESS} has another \`hash_key\`.\n`).replace('Unreleased', '1.0.0'),
  ],
])('an announcement %s is refused', (_, text) => {
  expect(unannouncedIn(text, tableWith({ hash_key: 'Id' }))).toHaveLength(1);
});

test('an announcement may have several lines', () => {
  const text = changelog(`- Of ${TABLE_ADDRESS}, each\n  \`hash_key\` is another.\n`);
  expect(unannouncedIn(text, tableWith({ hash_key: 'Id' }))).toEqual([]);
});

test('what changes in place needs no announcement', () => {
  const now = stacksWith({
    resource: { aws_dynamodb_table: { table: { ...TABLE, billing_mode: 'PROVISIONED' } } },
    data: { archive_file: { package: { source_file: 'another.mjs' } } },
    output: { table_arn: { value: 'another' } },
  });
  expect(unannouncedIn('', now)).toEqual([]);
});

type Stacks = ReadonlyMap<string, StackJson>;

function stacksWith(json: Partial<StackJson>): Stacks {
  const stack = {
    terraform: { backend: { s3: { key: 'a.tfstate', region: 'us-east-1' } } },
    provider: {},
    resource: { aws_dynamodb_table: { table: TABLE } },
    data: { archive_file: { package: { source_file: 'index.mjs' } } },
    output: { table_arn: {} },
  };
  return new Map([['orders', { ...stack, ...json }]]);
}

function tableWith(attributes: object): Stacks {
  return stacksWith({ resource: { aws_dynamodb_table: { table: { ...TABLE, ...attributes } } } });
}

function changelog(items: string): string {
  return `# Changelog\n\n## Unreleased\n\n### Stacks\n\n- A line.\n\n### What your plan will show\n\n${items}\n## 0.9.0\n`;
}

function unannouncedIn(text: string, now: Stacks): string[] {
  return unannounced(addressesOf(released), addressesOf(now), text);
}
