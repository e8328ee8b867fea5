import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Fn, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import { FIRST_DATE, LAKE_COLUMNS } from '../../lambda-src/contract';
import { ATHENA_RESULTS } from '../../topology/names';
import type { Lake } from '../../topology/sinks/s3';
import { jsonEncode, literal, multiline } from '../terraform/literal';
import {
  CHANGES,
  CHANGES_PER_TENANT_PER_DAY,
  changesPerTenantPerDay,
  changesView,
  DATE,
  DELIVERIES,
  VIEW_COLUMNS,
} from './sql';

/**
 * The most values of a partition column that are enumerated: AWS recommends "a few dozen or less". Athena
 * lists a partition for each account, table and day, whether or not there are objects in it.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html#partition-projection-enum-type
 */
const ENUMERATED_VALUES = 36;

/** What the lake holds, by partition column: IDs of accounts and names of tables, at least one of each. */
type Held = Readonly<Record<'account' | 'table', readonly string[]>>;

/**
 * The lake as a Glue database: the table `deliveries`, which is the objects as they are, and the view `changes`, which
 * has every change once. Partitions are projected, so there is no crawler to run: of date, account and table, or of
 * the date alone where accounts or tables are too many. Both read the same objects, and queries are the same.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 * @param queries name of an Athena workgroup for it, and the customer managed key of its results, if there is one
 */
export function createCatalog(
  parent: Construct,
  lake: Lake,
  bucket: string,
  held: Held,
  queries: { readonly workgroup: string; readonly kmsKeyArn?: string },
): void {
  const scope = new Construct(parent, 'catalog');
  const database = new GlueCatalogDatabase(scope, 'resource', {
    name: lake.database,
    description: 'Changes of DynamoDB tables',
  });
  createDeliveries(scope, database.name, `s3://${bucket}/${lake.prefix}`, held);
  createChanges(scope, database.name);
  createQueries(parent, lake, { bucket, database: database.name, ...queries });
}

function createDeliveries(scope: Construct, databaseName: string, location: string, held: Held) {
  const enumerated = Object.entries(held);
  const areFew = enumerated.every(([, values]) => values.length <= ENUMERATED_VALUES);
  const partitions = areFew ? enumerated : [];
  const partitionNames = [DATE.name, ...partitions.map(([name]) => name)];
  const folders = partitionNames.map((name) => `${name}=${literal(scope, `\${${name}}`)}/`);
  const projections = partitions.flatMap(([name, values]) => [
    [`projection.${name}.type`, 'enum'],
    [`projection.${name}.values`, values.join(',')],
  ]);
  new GlueCatalogTable(scope, DELIVERIES, {
    databaseName,
    name: DELIVERIES,
    description: 'Every delivery of a change; a change can be in it more than once',
    tableType: 'EXTERNAL_TABLE',
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'json',
      'projection.enabled': 'true',
      'projection.date.type': 'date',
      'projection.date.format': 'yyyy-MM-dd',
      'projection.date.range': `${FIRST_DATE},NOW+1DAY`,
      ...Object.fromEntries(projections),
      'storage.location.template': `${location}${folders.join('')}`,
    },
    partitionKeys: partitionNames.map((name) => ({ name, type: 'string' })),
    storageDescriptor: {
      location,
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      // AWS advises against the other one, OpenX, whose results can be non-deterministic:
      // https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
      serDeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
      columns: LAKE_COLUMNS.filter(({ name }) => !partitionNames.includes(name)),
    },
  });
}

/** A view as Athena itself writes it into the catalog. */
function createChanges(scope: Construct, databaseName: string) {
  const prestoTypes = { string: 'varchar', boolean: 'boolean' };
  const view = jsonEncode({
    originalSql: changesView(databaseName),
    catalog: 'awsdatacatalog',
    schema: databaseName,
    columns: VIEW_COLUMNS.map(({ name, type }) => ({ name, type: prestoTypes[type] })),
  });
  const definition = new TerraformLocal(scope, 'changes_definition', view);
  new GlueCatalogTable(scope, CHANGES, {
    databaseName,
    name: CHANGES,
    description: 'Every change once',
    tableType: 'VIRTUAL_VIEW',
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: Fn.format('/* Presto View: %s */', [Fn.base64encode(definition.asString)]),
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: [...VIEW_COLUMNS],
      // Of no use to a view, but Athena refuses to read one without.
      serDeInfo: { name: '-', serializationLibrary: '-' },
    },
  });
}

/** Athena's least limit of 10 MB is 10 times this. */
const BYTES_PER_MEGABYTE = 1024 * 1024;

/**
 * An Athena workgroup that bounds what a query costs and whose results are encrypted, with a saved query.
 * It has no `force_destroy`: Athena refuses to delete it while it holds queries that people saved.
 */
function createQueries(
  parent: Construct,
  { scanLimitInMegabytes }: Lake,
  names: Readonly<Record<'bucket' | 'database' | 'workgroup', string>> & {
    readonly kmsKeyArn?: string;
  },
): void {
  const scope = new Construct(parent, 'queries');
  const workgroup = new AthenaWorkgroup(scope, 'resource', {
    name: names.workgroup,
    description: 'Queries of the changes of DynamoDB tables',
    configuration: {
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: scanLimitInMegabytes * BYTES_PER_MEGABYTE,
      resultConfiguration: {
        outputLocation: `s3://${names.bucket}/${ATHENA_RESULTS}`,
        encryptionConfiguration: {
          encryptionOption: names.kmsKeyArn ? 'SSE_KMS' : 'SSE_S3',
          kmsKeyArn: names.kmsKeyArn,
        },
      },
    },
  });
  new AthenaNamedQuery(scope, CHANGES_PER_TENANT_PER_DAY, {
    name: CHANGES_PER_TENANT_PER_DAY,
    description: 'Changes of each account on each of the last 31 days',
    workgroup: workgroup.name,
    database: names.database,
    query: multiline(scope, changesPerTenantPerDay(names.database)),
  });
}
