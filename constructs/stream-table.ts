import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { DynamodbTag } from '@cdktf/provider-aws/lib/dynamodb-tag';
import { Construct } from 'constructs';
import type { Table } from '../topology/schema/producer';
import { identified } from './terraform/identified';
import { expressionText, literal } from './terraform/literal';

/**
 * Set when the table is created and left alone from then on: what the topology has no key for would be removed from
 * a table that has it. `attribute` lists the keys of indexes too, so it can only be ignored together with the table's
 * key, which a postcondition compares instead.
 *
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
 */
const NOT_MANAGED = [
  ...['hash_key', 'range_key', 'attribute'],
  ...['global_secondary_index', 'local_secondary_index', 'replica'],
  ...['on_demand_throughput', 'table_class', 'ttl', 'tags', 'tags_all'],
];

/** Application Auto Scaling changes these. */
const CAPACITY = ['read_capacity', 'write_capacity'];

/**
 * A table with a stream. Terraform never replaces it for another key, nor at all while it is protected.
 *
 * @param tags of the topology, as Terraform text; others that the table has stay
 * @param kmsKeyArn customer managed key of the table. Default: the AWS owned key
 */
export function createTable(
  stack: Construct,
  table: Table,
  tags: Readonly<Record<string, string>>,
  kmsKeyArn?: string,
): DynamodbTable {
  const scope = new Construct(stack, 'table');
  const isProvisioned = table.billingMode === 'PROVISIONED';
  const keys = keysOf(table).map(({ name, type }) => ({ name: literal(scope, name), type }));
  const resource = new DynamodbTable(scope, 'resource', {
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
      ignoreChanges: isProvisioned ? [...NOT_MANAGED, ...CAPACITY] : NOT_MANAGED,
      postcondition: [
        keyCondition(scope, table),
        ...(isProvisioned ? [capacityCondition(table)] : []),
      ],
    },
  });
  // One by one, since those of the table are ignored: a changed or removed tag of the topology is still one.
  for (const [id, [key, value]] of identified(Object.entries(tags), ([key]) => `tag_${key}`)) {
    new DynamodbTag(scope, id, { resourceArn: resource.arn, key, value });
  }
  return resource;
}

const keysOf = ({ partitionKey, sortKey }: Table) =>
  sortKey ? [partitionKey, sortKey] : [partitionKey];

function keyCondition(scope: Construct, table: Table) {
  const [partitionKey, sortKey] = keysOf(table).map(({ name }) => expressionText(name));
  const types = keysOf(table).map(
    ({ name, type }) =>
      `[for a in self.attribute : a.type if a.name == ${expressionText(name)}] == ["${type}"]`,
  );
  const terms = [
    `self.hash_key == ${partitionKey}`,
    sortKey ? `self.range_key == ${sortKey}` : 'try(length(self.range_key), 0) == 0',
    ...types,
  ];
  const written = keysOf(table).map(({ name, type }) => `${name} (${type})`);
  const message = `Table ${table.name} does not have the key ${written.join(', ')} that the topology says. The key of a table cannot change: write the one it has, or see "A table's key or name" in docs/changes.md.`;
  return { condition: `\${${terms.join(' && ')}}`, errorMessage: literal(scope, message) };
}

function capacityCondition({ name, readCapacity, writeCapacity }: Table) {
  return {
    condition: `\${self.read_capacity >= ${readCapacity} && self.write_capacity >= ${writeCapacity}}`,
    errorMessage: `Table ${name} has less capacity than the topology's ${readCapacity} read and ${writeCapacity} write units. After the table is created its capacity is left to Application Auto Scaling and to aws dynamodb update-table: raise it there first, or write the least capacity that the table is to have.`,
  };
}
