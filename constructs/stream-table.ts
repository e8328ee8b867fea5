import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { DynamodbTag } from '@cdktf/provider-aws/lib/dynamodb-tag';
import { Construct } from 'constructs';
import type { Table } from '../topology/schema/producer';
import { identified } from './terraform/identified';
import { expressionText, literal } from './terraform/literal';

/**
 * Arguments that are set when the table is created and left alone from then on: what the topology has
 * no key for (indexes, TTL, tags and so on) would be removed from a table that has it. `attribute`
 * lists the keys of indexes too, so it can only be ignored together with the table's key, which a
 * postcondition compares instead.
 *
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
 */
const NOT_MANAGED = [
  ...['hash_key', 'range_key', 'attribute'],
  ...['global_secondary_index', 'local_secondary_index', 'replica'],
  ...['on_demand_throughput', 'table_class', 'ttl', 'tags'],
];

/** Application Auto Scaling changes these. */
const CAPACITY = ['read_capacity', 'write_capacity'];

export interface StreamTableProps {
  readonly table: Table;
  /** Customer managed key of the table. Default: the AWS owned key. */
  readonly kmsKeyArn?: string;
  /** Tags of the topology, as Terraform text; others that the table has stay. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A table with a stream. Terraform never replaces it for another key, nor at all while it is protected. */
export class StreamTable extends Construct {
  readonly resource: DynamodbTable;

  constructor(scope: Construct, id: string, props: StreamTableProps) {
    super(scope, id);
    const { table, kmsKeyArn, tags } = props;
    const keys = [table.partitionKey, table.sortKey]
      .filter((key) => key !== undefined)
      .map(({ name, type }) => ({ name: literal(this, name), type }));
    this.resource = new DynamodbTable(this, 'resource', {
      ...table, // most settings have Terraform's names in the topology
      hashKey: keys[0]?.name,
      rangeKey: keys[1]?.name,
      attribute: keys,
      streamEnabled: true,
      pointInTimeRecovery: { enabled: table.pointInTimeRecovery },
      // Always written: without the block the provider leaves a table on the key it has.
      serverSideEncryption: { enabled: kmsKeyArn !== undefined, kmsKeyArn },
      deletionProtectionEnabled: table.deletionProtection,
      lifecycle: {
        // DynamoDB would refuse to delete the table, but only after the stream's policy is gone.
        preventDestroy: table.deletionProtection || undefined,
        ignoreChanges: isProvisioned(table) ? [...NOT_MANAGED, ...CAPACITY] : NOT_MANAGED,
        postcondition: [
          this.keyCondition(table),
          ...(isProvisioned(table) ? [capacityCondition(table)] : []),
        ],
      },
    });
    // One by one, since `tags` of the table is ignored: a changed or removed tag of the topology is still one.
    for (const [id, [key, value]] of identified(Object.entries(tags), ([key]) => `tag_${key}`)) {
      new DynamodbTag(this, id, { resourceArn: this.resource.arn, key, value });
    }
  }

  private keyCondition({ name, partitionKey, sortKey }: Table) {
    const keys = [partitionKey, ...(sortKey ? [sortKey] : [])];
    const types = keys.map(
      (key) =>
        `[for a in self.attribute : a.type if a.name == ${expressionText(key.name)}] == ["${key.type}"]`,
    );
    const terms = [
      `self.hash_key == ${expressionText(partitionKey.name)}`,
      sortKey
        ? `self.range_key == ${expressionText(sortKey.name)}`
        : 'try(length(self.range_key), 0) == 0',
      ...types,
    ];
    const written = keys.map((key) => `${key.name} (${key.type})`).join(', ');
    return {
      condition: `\${${terms.join(' && ')}}`,
      errorMessage: literal(
        this,
        `Table ${name} does not have the key ${written} that the topology says. The key of a table cannot change: write the one it has, or see "A table's key or name" in docs/changes.md.`,
      ),
    };
  }
}

const isProvisioned = ({ billingMode }: Table) => billingMode === 'PROVISIONED';

function capacityCondition({ name, readCapacity, writeCapacity }: Table) {
  return {
    condition: `\${self.read_capacity >= ${readCapacity} && self.write_capacity >= ${writeCapacity}}`,
    errorMessage: `Table ${name} has less capacity than the topology's ${readCapacity} read and ${writeCapacity} write units. After the table is created its capacity is left to Application Auto Scaling and to aws dynamodb update-table: raise it there first, or write the least capacity that the table is to have.`,
  };
}
