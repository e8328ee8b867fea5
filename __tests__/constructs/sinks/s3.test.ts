import { changesPerTenantPerDay, changesView } from '../../../constructs/lake/sql';
import { LAKE_COLUMNS } from '../../../lambda-src/contract';
import { ABORT_UPLOADS, privateBucket } from '../../helpers/blocks';
import { jsonencoded } from '../../helpers/jsonencoded';
import { consumerStack, type StackJson } from '../../helpers/synth-app';
import { type Overrides, tenantId, tenants } from '../../helpers/topology';

// The parser of HCL takes a while to start.
jest.setTimeout(30_000);

type Blocks = StackJson['resource'];

/** The blocks of the lake, all of which have names that begin so. */
function ofLake(blocks: Blocks = {}): NonNullable<Blocks> {
  return Object.fromEntries(
    Object.entries(blocks)
      .map(([type, named]) => {
        const own = Object.entries(named).filter(([name]) => name.startsWith('lake_'));
        return [type, Object.fromEntries(own)] as const;
      })
      .filter(([, named]) => Object.keys(named).length > 0),
  );
}

const SINK = 'consumers.process-orders.sink';

function synth(settings: object = {}, overrides: Overrides = {}) {
  const { resource, data, locals } = consumerStack({
    [SINK]: { type: 's3', ...settings },
    ...overrides,
  });
  return { resource: ofLake(resource), data: ofLake(data), locals };
}

const provider = 'aws.consumer';
const BUCKET = '${aws_s3_bucket.lake_bucket.bucket}';
const DATABASE = '${aws_glue_catalog_database.lake_catalog.name}';
const LOCATION = `s3://${BUCKET}/changes/`;
const DATE = { name: 'date', type: 'string' };
const LINE = LAKE_COLUMNS.map(({ name, type }) => ({ name, type }));

const DELIVERIES = {
  provider,
  database_name: DATABASE,
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
  partition_keys: [DATE, { name: 'account', type: 'string' }, { name: 'table', type: 'string' }],
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
  database_name: DATABASE,
  name: 'changes',
  description: 'Every change once',
  table_type: 'VIRTUAL_VIEW',
  parameters: { presto_view: 'true', comment: 'Presto View' },
  view_original_text:
    '${format("/* Presto View: %s */", base64encode(local.lake_catalog_changes_definition))}',
  view_expanded_text: '/* Presto View */',
  storage_descriptor: {
    columns: [...LINE, DATE],
    ser_de_info: { name: '-', serialization_library: '-' },
  },
};

const WORKGROUP = {
  provider,
  name: 'ProcessOrders',
  description: 'Queries of the changes of DynamoDB tables',
  configuration: {
    enforce_workgroup_configuration: true,
    publish_cloudwatch_metrics_enabled: true,
    bytes_scanned_cutoff_per_query: 10_000 * 1024 * 1024,
    result_configuration: {
      output_location: `s3://${BUCKET}/athena-results/`,
      encryption_configuration: { encryption_option: 'SSE_S3' },
    },
  },
};

const QUERYABLE = {
  aws_glue_catalog_database: {
    lake_catalog: {
      provider,
      name: 'orders__process_orders',
      description: 'Changes of DynamoDB tables',
    },
  },
  aws_glue_catalog_table: { lake_catalog_deliveries: DELIVERIES, lake_catalog_changes: CHANGES },
  aws_athena_workgroup: { lake_queries: WORKGROUP },
  aws_athena_named_query: {
    lake_queries_changes_per_tenant_per_day: {
      provider,
      name: 'changes_per_tenant_per_day',
      description: 'Changes of each account on each of the last 31 days',
      workgroup: '${aws_athena_workgroup.lake_queries.name}',
      database: DATABASE,
      query: changesPerTenantPerDay(DATABASE),
    },
  },
};

const RESULTS = {
  id: 'athena-results',
  status: 'Enabled',
  filter: [{ prefix: 'athena-results/' }],
  expiration: [{ days: 30 }],
};
const VERSIONS = {
  id: 'versions',
  status: 'Enabled',
  filter: [{}],
  expiration: [{ expired_object_delete_marker: true }],
  noncurrent_version_expiration: [{ noncurrent_days: 30 }],
};

/** The bucket of the lake. */
const PRIVATE_BUCKET = privateBucket(
  'lake_bucket',
  'process-orders-changes-025f751830a2',
  [RESULTS, VERSIONS],
  { versioned: true },
);

test('a lake has a private bucket, in which changes stay, a catalog, and a workgroup with a query', async () => {
  const { resource, data, locals = {} } = synth();
  expect(resource).toEqual({ ...PRIVATE_BUCKET.resource, ...QUERYABLE });
  expect(data).toEqual(PRIVATE_BUCKET.data);
  expect(Object.keys(locals)).toEqual(['lake_catalog_changes_definition']);
  expect(await jsonencoded(locals.lake_catalog_changes_definition)).toEqual({
    originalSql: changesView(DATABASE),
    catalog: 'awsdatacatalog',
    schema: DATABASE,
    columns: [...LINE, DATE].map(({ name }) => ({
      name,
      type: name === 'expired' ? 'boolean' : 'varchar',
    })),
  });
});

test('a lake may be in a bucket that exists, which it leaves as it is', () => {
  const found = JSON.stringify(QUERYABLE)
    .replaceAll('aws_s3_bucket', 'data.aws_s3_bucket')
    .replaceAll('/changes/', '/a/b/');
  const { resource, data } = synth({ bucket: 'our-lake', prefix: 'a/b/' });
  expect(resource).toEqual(JSON.parse(found));
  expect(data).toEqual({ aws_s3_bucket: { lake_bucket: { provider, bucket: 'our-lake' } } });
});

test.each<[string, unknown, bucket: string, prefix: string]>([
  ['by its name', 's3', 'aws_s3_bucket.lake_bucket', 'changes/'],
  ['with its type', { type: 's3' }, 'aws_s3_bucket.lake_bucket', 'changes/'],
  [
    'with an existing bucket',
    { type: 's3', bucket: 'our-lake', prefix: 'a/b/' },
    'data.aws_s3_bucket.lake_bucket',
    'a/b/',
  ],
])('a sink %s is known to the function, which may write to it', (_, sink, bucket, prefix) => {
  const { resource, data } = consumerStack({ [SINK]: sink });
  expect(Object(resource?.aws_lambda_function?.processor).environment).toEqual({
    variables: {
      SINK_BUCKET: `\${${bucket}.bucket}`,
      SINK_PREFIX: prefix,
      SINK_BUCKET_OWNER: '111122223333',
    },
  });
  const [log, write, list, send, streams] = statementsOf(consumerStack());
  expect(statementsOf({ data })).toEqual([
    ...[log, write, list, send],
    {
      sid: 'WriteChanges',
      actions: ['s3:PutObject'],
      resources: [`\${${bucket}.arn}/${prefix}*`],
      condition: [
        { test: 'StringEquals', variable: 's3:ResourceAccount', values: ['111122223333'] },
      ],
    },
    streams,
  ]);
});

/** What the function may do whatever it reads. */
const statementsOf = ({ data }: Pick<StackJson, 'data'>): object[] =>
  Object(data?.aws_iam_policy_document?.execution_role_function_policy).statement;

describe('the lifecycle of changes', () => {
  const changes = { id: 'changes', status: 'Enabled', filter: [{ prefix: 'changes/' }] };

  test.each<[string, settings: object, rule: object]>([
    ['expires them', { expirationInDays: 730 }, { ...changes, expiration: [{ days: 730 }] }],
    [
      'moves them',
      { transitionToStandardIaInDays: 90 },
      { ...changes, transition: [{ days: 90, storage_class: 'STANDARD_IA' }] },
    ],
    [
      'moves and then expires them, under their prefix',
      { transitionToStandardIaInDays: 30, expirationInDays: 31, prefix: 'all/' },
      {
        ...changes,
        filter: [{ prefix: 'all/' }],
        transition: [{ days: 30, storage_class: 'STANDARD_IA' }],
        expiration: [{ days: 31 }],
      },
    ],
  ])('%s', (_, settings, rule) => {
    expect(synth(settings).resource.aws_s3_bucket_lifecycle_configuration).toEqual({
      lake_bucket_lifecycle: {
        provider,
        bucket: BUCKET,
        rule: [rule, RESULTS, VERSIONS, ABORT_UPLOADS],
        depends_on: ['aws_s3_bucket_versioning.lake_bucket_versioning'],
      },
    });
  });
});

test('a query may scan so many bytes', () => {
  const { configuration } = WORKGROUP;
  expect(synth({ scanLimitInMegabytes: 25 }).resource.aws_athena_workgroup).toEqual({
    lake_queries: {
      ...WORKGROUP,
      configuration: { ...configuration, bytes_scanned_cutoff_per_query: 25 * 1024 * 1024 },
    },
  });
});

test('the database is named after topology and consumer, the workgroup after the function', () => {
  const { resource } = synth(
    {},
    { name: 'my-orders', 'consumers.process-orders.function.name': 'Other' },
  );
  expect(resource.aws_glue_catalog_database).toEqual({
    lake_catalog: {
      ...QUERYABLE.aws_glue_catalog_database.lake_catalog,
      name: 'my_orders__process_orders',
    },
  });
  expect(resource.aws_athena_workgroup).toEqual({ lake_queries: { ...WORKGROUP, name: 'Other' } });
});

test('a lake of a consumer that nothing was ever subscribed to has no catalog yet', () => {
  expect(synth({}, { subscriptions: [] })).toEqual({ ...PRIVATE_BUCKET, locals: undefined });
});

describe('the partitions', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => tenantId(index));

  const deliveriesOf = (settings: object, overrides: Overrides) =>
    synth(settings, overrides).resource.aws_glue_catalog_table?.lake_catalog_deliveries;

  const enumerated = (accountIds: string[], tables: string[]) => ({
    ...DELIVERIES,
    parameters: {
      ...DELIVERIES.parameters,
      'projection.account.values': accountIds.join(','),
      'projection.table.values': tables.join(','),
    },
  });

  const {
    'projection.account.type': _account,
    'projection.account.values': _accounts,
    'projection.table.type': _table,
    'projection.table.values': _tables,
    ...parameters
  } = DELIVERIES.parameters;
  /** Account and table are then in the lines. */
  const OF_DATE = {
    ...DELIVERIES,
    parameters: { ...parameters, 'storage.location.template': `${LOCATION}date=$\${date}/` },
    partition_keys: [DATE],
    storage_descriptor: { ...DELIVERIES.storage_descriptor, columns: LINE },
  };

  const names = (count: number) => Array.from({ length: count }, (_, index) => `Table${index}`);

  test.each<[string, settings: object, overrides: Overrides, expected: object]>([
    ['of two accounts are enumerated', {}, tenants(2), enumerated(ids(2), ['Orders'])],
    [
      'of as many accounts as AWS recommends are enumerated, and all tables',
      { formerTables: ['Items'] },
      tenants(36),
      enumerated(ids(36), ['Orders', 'Items']),
    ],
    ['of one account more are of the date alone', {}, tenants(37), OF_DATE],
    [
      'of as many tables as AWS recommends are enumerated',
      { formerTables: names(35) },
      {},
      enumerated(['444455556666'], ['Orders', ...names(35)]),
    ],
    ['of one table more are of the date alone', { formerTables: names(36) }, {}, OF_DATE],
    [
      'are of what was subscribed to once as well, each account and table once',
      { formerAccounts: ['777788889999', '444455556666'], formerTables: ['OldOrders', 'Orders'] },
      {},
      enumerated(['444455556666', '777788889999'], ['Orders', 'OldOrders']),
    ],
  ])('%s', (_, settings, overrides, expected) => {
    expect(deliveriesOf(settings, overrides)).toEqual(expected);
  });
});
