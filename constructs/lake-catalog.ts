import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { LAKE_COLUMNS } from '../lambda-src/sinks/lake-format';
import { jsonEncode } from './json-encode';
import { CHANGES, changesView, DELIVERIES, PARTITION_KEYS, VIEW_COLUMNS } from './lake-sql';
import { literal } from './literal';

/** Streams of other accounts can be read since then, so the lake holds no change from before. */
const FIRST_DATE = '2026-01-01';

export interface LakeCatalogProps {
  /** Name of the Glue database. */
  readonly database: string;
  /** Bucket and prefix, `s3://bucket/prefix/`. */
  readonly location: string;
  /** IDs of the accounts whose changes the lake holds; at least one. */
  readonly accounts: readonly string[];
  /** Names of the tables whose changes the lake holds; at least one. */
  readonly tables: readonly string[];
  readonly provider: AwsProvider;
}

/**
 * The lake as a Glue database: the table `deliveries`, which is the objects as they are, and the view
 * `changes`, which has every change once. Partitions are projected, so there is no crawler to run.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 */
export class LakeCatalog extends Construct {
  private readonly database: string;

  constructor(scope: Construct, id: string, props: LakeCatalogProps) {
    super(scope, id);
    const { provider } = props;
    const database = new GlueCatalogDatabase(this, 'resource', {
      provider,
      name: props.database,
      description: 'Changes of DynamoDB tables',
    });
    this.database = database.name;
    this.createDeliveries(props);
    this.createChanges(props);
  }

  private createDeliveries({ location, accounts, tables, provider }: LakeCatalogProps): void {
    new GlueCatalogTable(this, DELIVERIES, {
      provider,
      databaseName: this.database,
      name: DELIVERIES,
      description: 'Every delivery of a change; a change can be in it more than once',
      tableType: 'EXTERNAL_TABLE',
      parameters: {
        EXTERNAL: 'TRUE',
        classification: 'json',
        'projection.enabled': 'true',
        'projection.account.type': 'enum',
        'projection.account.values': accounts.join(','),
        'projection.table.type': 'enum',
        'projection.table.values': tables.join(','),
        'projection.date.type': 'date',
        'projection.date.format': 'yyyy-MM-dd',
        'projection.date.range': `${FIRST_DATE},NOW+1DAY`,
        'storage.location.template': `${location}${PARTITION_KEYS.map(({ name }) => `${name}=${literal(this, `\${${name}}`)}/`).join('')}`,
      },
      partitionKeys: [...PARTITION_KEYS],
      storageDescriptor: {
        location,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serDeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        columns: [...LAKE_COLUMNS],
      },
    });
  }

  /** A view as Athena itself writes it into the catalog. */
  private createChanges({ database, provider }: LakeCatalogProps): void {
    const definition = jsonEncode({
      originalSql: changesView(database),
      catalog: 'awsdatacatalog',
      schema: database,
      columns: VIEW_COLUMNS.map(({ name, type }) => ({ name, type: PRESTO_TYPES[type] })),
    });
    new GlueCatalogTable(this, CHANGES, {
      provider,
      databaseName: this.database,
      name: CHANGES,
      description: 'Every change once',
      tableType: 'VIRTUAL_VIEW',
      parameters: { presto_view: 'true', comment: 'Presto View' },
      viewOriginalText: Fn.format('/* Presto View: %s */', [Fn.base64encode(definition)]),
      viewExpandedText: '/* Presto View */',
      storageDescriptor: {
        columns: [...VIEW_COLUMNS],
        // Of no use to a view, but Athena refuses to read one without.
        serDeInfo: { name: '-', serializationLibrary: '-' },
      },
    });
  }
}

const PRESTO_TYPES = { string: 'varchar', boolean: 'boolean' };
