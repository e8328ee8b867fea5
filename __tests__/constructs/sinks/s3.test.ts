import { ChangeLake } from '../../../constructs/sinks/s3';
import type { Lake, TableReference } from '../../../topology/resolve';
import { ABORT_UPLOADS, privateBucket } from '../../helpers/blocks';
import { EmptyStack } from '../../helpers/empty-stack';
import { counts, jsonOf, type StackJson } from '../../helpers/synth-app';

const MANAGED: Lake = {
  type: 's3',
  bucket: 'my-changes',
  prefix: 'changes/',
  formerAccounts: [],
  formerTables: [],
  scanLimitInMegabytes: 10_000,
  managed: true,
  database: 'my_lake',
};
const EXISTING: Lake = { ...MANAGED, bucket: 'our-lake', managed: false };

const ORDERS: TableReference = {
  account: { id: '444455556666', region: 'us-east-1', partition: 'aws' },
  name: 'Orders',
  encryption: 'aws-owned',
};

function synth(lake: Lake, sources = [ORDERS]) {
  const stack = new EmptyStack();
  const { objectsArn } = new ChangeLake(stack, 'lake', {
    lake,
    sources,
    workgroup: 'ProcessOrders',
  });
  stack.publish({ objects: objectsArn });
  stack.prepareStack();
  return jsonOf(stack);
}

/** Where tables, partitions and results are. */
const places = ({ resource }: Pick<StackJson, 'resource'>) => {
  const deliveries = resource?.aws_glue_catalog_table?.lake_catalog_deliveries ?? {};
  const { configuration } = Object(resource?.aws_athena_workgroup?.lake_queries);
  return {
    table: Reflect.get(deliveries, 'storage_descriptor').location,
    partitions: Reflect.get(deliveries, 'parameters')['storage.location.template'],
    results: configuration.result_configuration.output_location,
    scanned: configuration.bytes_scanned_cutoff_per_query,
  };
};

const QUERYABLE = {
  aws_athena_named_query: 1,
  aws_athena_workgroup: 1,
  aws_glue_catalog_database: 1,
  aws_glue_catalog_table: 2,
};

const changes = (settings: object = {}, prefix = 'changes/') => ({
  id: 'changes',
  status: 'Enabled',
  filter: [{ prefix }],
  ...settings,
});
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

test('a lake has a private bucket, in which changes stay, and whose versions are kept for a while', () => {
  const { resource = {}, data, output } = synth(MANAGED);
  const bucket = privateBucket('lake_bucket', 'my-changes', [RESULTS, VERSIONS], {
    versioned: true,
  });
  expect(counts(resource)).toEqual({ ...counts(bucket.resource), ...QUERYABLE });
  expect(resource).toMatchObject(bucket.resource);
  expect(data).toEqual(bucket.data);
  expect(places({ resource })).toEqual({
    table: 's3://${aws_s3_bucket.lake_bucket.bucket}/changes/',
    partitions:
      's3://${aws_s3_bucket.lake_bucket.bucket}/changes/date=$${date}/account=$${account}/table=$${table}/',
    results: 's3://${aws_s3_bucket.lake_bucket.bucket}/athena-results/',
    scanned: 10_000 * 1024 * 1024,
  });
  expect(output).toEqual({
    objects: { description: 'objects', value: '${aws_s3_bucket.lake_bucket.arn}/changes/*' },
  });
});

test('a lake may be in a bucket that exists, which it leaves as it is', () => {
  const { resource = {}, data, output } = synth({ ...EXISTING, prefix: 'a/b/' });
  expect(counts(resource)).toEqual(QUERYABLE);
  expect(data).toEqual({
    aws_s3_bucket: { lake_bucket: { provider: 'aws.consumer', bucket: 'our-lake' } },
  });
  expect(places({ resource })).toEqual({
    table: 's3://${data.aws_s3_bucket.lake_bucket.bucket}/a/b/',
    partitions:
      's3://${data.aws_s3_bucket.lake_bucket.bucket}/a/b/date=$${date}/account=$${account}/table=$${table}/',
    results: 's3://${data.aws_s3_bucket.lake_bucket.bucket}/athena-results/',
    scanned: 10_000 * 1024 * 1024,
  });
  expect(output).toEqual({
    objects: { description: 'objects', value: '${data.aws_s3_bucket.lake_bucket.arn}/a/b/*' },
  });
});

describe('the lifecycle of changes', () => {
  test.each<[string, Partial<Lake>, object]>([
    ['expires them', { expirationInDays: 730 }, changes({ expiration: [{ days: 730 }] })],
    [
      'moves them',
      { transitionToStandardIaInDays: 90 },
      changes({ transition: [{ days: 90, storage_class: 'STANDARD_IA' }] }),
    ],
    [
      'moves and then expires them, under their prefix',
      { transitionToStandardIaInDays: 30, expirationInDays: 31, prefix: 'all/' },
      changes(
        {
          transition: [{ days: 30, storage_class: 'STANDARD_IA' }],
          expiration: [{ days: 31 }],
        },
        'all/',
      ),
    ],
  ])('%s', (_, settings, rule) => {
    const { resource } = synth({ ...MANAGED, ...settings });
    expect(resource?.aws_s3_bucket_lifecycle_configuration).toEqual({
      lake_bucket_lifecycle: {
        provider: 'aws.consumer',
        bucket: '${aws_s3_bucket.lake_bucket.bucket}',
        rule: [rule, RESULTS, VERSIONS, ABORT_UPLOADS],
        depends_on: ['aws_s3_bucket_versioning.lake_bucket_versioning'],
      },
    });
  });
});

test('the limit of a query is that of the lake', () => {
  expect(places(synth({ ...MANAGED, scanLimitInMegabytes: 25 })).scanned).toBe(25 * 1024 * 1024);
});

test('the lake finds changes of what was subscribed to once, each account and table once', () => {
  const { resource } = synth({
    ...MANAGED,
    formerAccounts: ['777788889999', '444455556666'],
    formerTables: ['OldOrders'],
  });
  const { parameters } = Object(resource?.aws_glue_catalog_table?.lake_catalog_deliveries);
  expect([parameters['projection.account.values'], parameters['projection.table.values']]).toEqual([
    '444455556666,777788889999',
    'Orders,OldOrders',
  ]);
});

test.each<[string, Partial<Lake>]>([
  ['anything', {}],
  ['any table that is known', { formerAccounts: ['777788889999'] }],
  ['any account that is known', { formerTables: ['Orders'] }],
])('a lake without changes of %s has no catalog yet', (_, settings) => {
  const { resource } = synth({ ...MANAGED, ...settings }, []);
  const bucket = privateBucket('lake_bucket', 'my-changes', [], { versioned: true });
  expect(counts(resource)).toEqual(counts(bucket.resource));
});
