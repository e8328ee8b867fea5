import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { DynamodbTag } from '@cdktf/provider-aws/lib/dynamodb-tag';
import { Construct } from 'constructs';
import type { Table } from '../topology/schema/table';
import { indexBlocks, keyNames, keysOf, localIndexCondition } from './table-indexes';
import { identified } from './terraform/identified';
import { expressionText, literal } from './terraform/literal';

/**
 * Set when the table is created and left alone from then on, but for what the topology has this key for: the rest
 * would be removed from a table that has it. `attribute` lists the keys of indexes too, so it can only be ignored
 * together with the table's key, which a postcondition compares instead. Local indexes cannot change either, and
 * the order in which DynamoDB lists their attributes would replace the table.
 *
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
 */
const MANAGED_WITH: Readonly<Record<string, keyof Table | undefined>> = {
  hash_key: undefined,
  range_key: undefined,
  attribute: 'globalSecondaryIndexes',
  global_secondary_index: 'globalSecondaryIndexes',
  local_secondary_index: undefined,
  replica: undefined,
  on_demand_throughput: 'onDemandThroughput',
  table_class: 'tableClass',
  ttl: 'timeToLive',
  tags: undefined,
  tags_all: undefined,
};

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
  const { timeToLive, localSecondaryIndexes } = table;
  const resource = new DynamodbTable(scope, 'resource', {
    ...table, // most settings have Terraform's names in the topology
    ...keyNames(scope, table),
    ...indexBlocks(scope, table),
    ttl: timeToLive ? { attributeName: literal(scope, timeToLive), enabled: true } : undefined,
    streamEnabled: true,
    pointInTimeRecovery: continuousBackups(table),
    // Always written: without the block the provider leaves a table on the key it has.
    serverSideEncryption: { enabled: kmsKeyArn !== undefined, kmsKeyArn },
    deletionProtectionEnabled: table.deletionProtection,
    lifecycle: {
      // DynamoDB would refuse to delete the table, but only after the stream's policy is gone.
      preventDestroy: table.deletionProtection || undefined,
      ignoreChanges: [...notManaged(table), ...(isProvisioned ? CAPACITY : [])],
      postcondition: [
        keyCondition(scope, table),
        ...(localSecondaryIndexes
          ? [localIndexCondition(scope, table.name, localSecondaryIndexes)]
          : []),
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

const notManaged = (table: Table) =>
  Object.entries(MANAGED_WITH)
    .filter(([, key]) => key === undefined || table[key] === undefined)
    .map(([attribute]) => attribute);

function continuousBackups({ pointInTimeRecovery: recovery }: Table) {
  return typeof recovery === 'boolean'
    ? { enabled: recovery }
    : { enabled: true, recoveryPeriodInDays: recovery.days };
}

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
