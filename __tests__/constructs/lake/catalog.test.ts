import { parse } from '@cdktf/hcl2json';
import { type App, Testing } from 'cdktf';
import { LakeCatalog } from '../../../constructs/lake/catalog';
import { changesView } from '../../../constructs/lake/sql';
import { LAKE_COLUMNS } from '../../../lambda-src/contract';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../../helpers/empty-stack';
import { jsonencoded } from '../../helpers/jsonencoded';
import { hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(30_000);

const LOCATION = 's3://${aws_s3_bucket.b.bucket}/changes/';

function stackOf(accounts: string[], tables: string[], app: App = jsonApp()): EmptyStack {
  const stack = new EmptyStack(app);
  new LakeCatalog(stack, 'catalog', {
    database: 'my_lake',
    location: LOCATION,
    accounts,
    tables,
  });
  stack.prepareStack();
  return stack;
}

const provider = 'aws.consumer';
const database_name = '${aws_glue_catalog_database.catalog.name}';
const DATE = { name: 'date', type: 'string' };
const ACCOUNT_AND_TABLE = [
  { name: 'account', type: 'string' },
  { name: 'table', type: 'string' },
];
const LINE = LAKE_COLUMNS.map(({ name, type }) => ({ name, type }));

const DELIVERIES = {
  provider,
  database_name,
  name: 'deliveries',
  description: 'Every delivery of a change; a change can be in it more than once',
  table_type: 'EXTERNAL_TABLE',
  parameters: {
    EXTERNAL: 'TRUE',
    classification: 'json',
    'projection.enabled': 'true',
    'projection.account.type': 'enum',
    'projection.account.values': '444455556666',
    'projection.table.type': 'enum',
    'projection.table.values': 'Orders',
    'projection.date.type': 'date',
    'projection.date.format': 'yyyy-MM-dd',
    'projection.date.range': '2026-01-01,NOW+1DAY',
    'storage.location.template': `${LOCATION}date=$\${date}/account=$\${account}/table=$\${table}/`,
  },
  partition_keys: [DATE, ...ACCOUNT_AND_TABLE],
  storage_descriptor: {
    location: LOCATION,
    input_format: 'org.apache.hadoop.mapred.TextInputFormat',
    output_format: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    ser_de_info: { serialization_library: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    columns: LINE.slice(0, -2),
  },
};

const CHANGES = {
  provider,
  database_name,
  name: 'changes',
  description: 'Every change once',
  table_type: 'VIRTUAL_VIEW',
  parameters: { presto_view: 'true', comment: 'Presto View' },
  view_original_text:
    '${format("/* Presto View: %s */", base64encode(local.catalog_changes_definition))}',
  view_expanded_text: '/* Presto View */',
  storage_descriptor: {
    columns: [...LINE, DATE],
    ser_de_info: { name: '-', serialization_library: '-' },
  },
};

/** What Athena reads out of the text of the view. */
const VIEW = {
  originalSql: changesView(database_name),
  catalog: 'awsdatacatalog',
  schema: database_name,
  columns: [
    { name: 'event_id', type: 'varchar' },
    { name: 'event_name', type: 'varchar' },
    { name: 'region', type: 'varchar' },
    { name: 'sequence_number', type: 'varchar' },
    { name: 'time', type: 'varchar' },
    { name: 'expired', type: 'boolean' },
    { name: 'keys', type: 'varchar' },
    { name: 'old_image', type: 'varchar' },
    { name: 'new_image', type: 'varchar' },
    { name: 'account', type: 'varchar' },
    { name: 'table', type: 'varchar' },
    { name: 'date', type: 'varchar' },
  ],
};

test('a catalog is a database with a table of deliveries and a view of changes', async () => {
  const { locals = {}, resource, data } = jsonOf(stackOf(['444455556666'], ['Orders']));
  expect(resource).toEqual({
    aws_glue_catalog_database: {
      catalog: { provider, name: 'my_lake', description: 'Changes of DynamoDB tables' },
    },
    aws_glue_catalog_table: { catalog_deliveries: DELIVERIES, catalog_changes: CHANGES },
  });
  expect(data).toBeUndefined();
  expect(Object.keys(locals)).toEqual(['catalog_changes_definition']);
  expect(await jsonencoded(locals.catalog_changes_definition)).toEqual(VIEW);
});

test('a catalog is the same as HCL', async () => {
  const hcl = await tidyHcl(
    Testing.synthHcl(stackOf(['444455556666'], ['Orders'], hclApp()), true),
  );
  const { locals, resource } = await parse('cdk.tf', hcl);
  const { aws_glue_catalog_table: tables } = resource;
  const [deliveries] = tables.catalog_deliveries;
  const [changes] = tables.catalog_changes;
  /** Blocks are lists of one there. */
  const block = ({ storage_descriptor, ...table }: Record<string, object>) => ({
    ...table,
    provider: '${aws.consumer}',
    storage_descriptor: [
      {
        ...storage_descriptor,
        ser_de_info: [Reflect.get(storage_descriptor ?? {}, 'ser_de_info')],
      },
    ],
  });
  expect(deliveries).toEqual(block(DELIVERIES as object as Record<string, object>));
  expect(changes).toEqual(block(CHANGES as object as Record<string, object>));
  expect(await jsonencoded(locals[0].catalog_changes_definition)).toEqual(VIEW);
});

test('the partitions are all accounts and all tables', () => {
  const { resource } = jsonOf(stackOf(['444455556666', '777788889999'], ['Orders', 'Items']));
  const { parameters } = Object(resource?.aws_glue_catalog_table?.catalog_deliveries);
  expect([parameters['projection.account.values'], parameters['projection.table.values']]).toEqual([
    '444455556666,777788889999',
    'Orders,Items',
  ]);
});

/** What Athena would list of a lake on a day: a partition for each value of each column. */
function partitionsOn(day: string, accounts: number, tables: number): number {
  const ids = Array.from({ length: accounts }, (_, at) => String(100_000_000_000 + at));
  const names = Array.from({ length: tables }, (_, at) => `Table${at}`);
  const { resource } = jsonOf(stackOf(ids, names));
  const { parameters, partition_keys } = Object(
    resource?.aws_glue_catalog_table?.catalog_deliveries,
  );
  const [first = ''] = parameters['projection.date.range'].split(',');
  const days = (Date.parse(day) - Date.parse(first)) / 86_400_000 + 1 + 1; // both ends, and NOW+1DAY
  return partition_keys
    .map(({ name }: { name: string }) =>
      name === 'date' ? days : parameters[`projection.${name}.values`].split(',').length,
    )
    .reduce((product: number, values: number) => product * values, 1);
}

describe('the partitions', () => {
  test.each([
    ['of two accounts are enumerated', 2, 1, 732],
    ['of as many accounts as AWS recommends are enumerated', 36, 2, 26_352],
    ['of one account more are of the date alone', 37, 2, 366],
    ['of more tables than AWS recommends are of the date alone', 2, 37, 366],
    ['of 1,000 accounts are one a day, not 366,000', 1_000, 1, 366],
  ])('%s', (_, accounts, tables, expected) => {
    expect(partitionsOn('2026-12-31', accounts, tables)).toBe(expected);
  });

  test('of the date alone leave account and table in the lines', () => {
    const accounts = Array.from({ length: 37 }, (_, at) => String(100_000_000_000 + at));
    const { resource } = jsonOf(stackOf(accounts, ['Orders']));
    const { parameters: all } = DELIVERIES;
    const parameters = Object.entries(all).filter(
      ([name]) => !/^projection\.(account|table)\./.test(name),
    );
    expect(resource?.aws_glue_catalog_table).toEqual({
      catalog_deliveries: {
        ...DELIVERIES,
        parameters: {
          ...Object.fromEntries(parameters),
          'storage.location.template': `${LOCATION}date=$\${date}/`,
        },
        partition_keys: [DATE],
        storage_descriptor: { ...DELIVERIES.storage_descriptor, columns: LINE },
      },
      catalog_changes: CHANGES,
    });
  });
});
