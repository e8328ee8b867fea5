import type { Construct } from 'constructs';
import type { GlobalSecondaryIndex, LocalSecondaryIndex, Table } from '../topology/schema/table';
import { expressionText, literal } from './terraform/literal';

type Keyed = Table | GlobalSecondaryIndex | LocalSecondaryIndex;

/** The secondary indexes of a table, and the attributes of all keys. */
export function indexBlocks(scope: Construct, table: Table) {
  const { globalSecondaryIndexes, localSecondaryIndexes } = table;
  return {
    attribute: attributes(scope, [
      table,
      ...(globalSecondaryIndexes ?? []),
      ...(localSecondaryIndexes ?? []),
    ]),
    globalSecondaryIndex: globalSecondaryIndexes?.map((index) => ({
      ...index,
      ...keyNames(scope, index),
      ...projected(scope, index),
    })),
    localSecondaryIndex: localSecondaryIndexes?.map((index) => ({
      name: index.name,
      rangeKey: literal(scope, index.sortKey.name),
      ...projected(scope, index),
    })),
  };
}

export function keysOf(keyed: Keyed) {
  const { partitionKey, sortKey } = { partitionKey: undefined, ...keyed };
  return [partitionKey, sortKey].filter((key) => key !== undefined);
}

export function keyNames(
  scope: Construct,
  { partitionKey, sortKey }: Table | GlobalSecondaryIndex,
) {
  return {
    hashKey: literal(scope, partitionKey.name),
    rangeKey: sortKey && literal(scope, sortKey.name),
  };
}

function attributes(scope: Construct, keyed: readonly Keyed[]) {
  const types = new Map(keyed.flatMap(keysOf).map(({ name, type }) => [name, type]));
  return [...types].map(([name, type]) => ({ name: literal(scope, name), type }));
}

function projected(scope: Construct, { projection }: GlobalSecondaryIndex | LocalSecondaryIndex) {
  if (typeof projection === 'string') return { projectionType: projection };
  const nonKeyAttributes = projection.map((name) => literal(scope, name));
  return { projectionType: 'INCLUDE', nonKeyAttributes };
}

/** Compares the attributes of a projection as sets, since DynamoDB has an order of its own. */
export function localIndexCondition(
  scope: Construct,
  table: string,
  indexes: readonly LocalSecondaryIndex[],
) {
  const terms = indexes.map(({ name, sortKey, projection }) => {
    const same = [
      `i.name == "${name}"`,
      `i.range_key == ${expressionText(sortKey.name)}`,
      ...(typeof projection === 'string'
        ? [`i.projection_type == "${projection}"`]
        : [`toset(i.non_key_attributes) == toset([${projection.map(expressionText).join(', ')}])`]),
    ];
    return `anytrue([for i in self.local_secondary_index : ${same.join(' && ')}])`;
  });
  const count = `length(self.local_secondary_index) == ${indexes.length}`;
  const names = indexes.map(({ name }) => name).join(', ');
  const message = `Table ${table} does not have the local secondary indexes ${names}, as the topology says, or has others. They cannot change: write those it has, or see "A table's key or name" in docs/changes.md.`;
  return {
    condition: `\${${[count, ...terms].join(' && ')}}`,
    errorMessage: literal(scope, message),
  };
}
