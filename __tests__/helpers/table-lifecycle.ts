const IGNORED = [
  'hash_key',
  'range_key',
  'attribute',
  'global_secondary_index',
  'local_secondary_index',
  'replica',
  'on_demand_throughput',
  'table_class',
  'ttl',
  'tags',
  'tags_all',
];

/** `lifecycle` of the protected table `Orders` with this key, on demand. */
export function tableLifecycle(condition: string, key: string) {
  return {
    prevent_destroy: true,
    ignore_changes: IGNORED,
    postcondition: [
      {
        condition: `\${${condition}}`,
        error_message: `Table Orders does not have the key ${key} that the topology says. The key of a table cannot change: write the one it has, or see "A table's key or name" in docs/changes.md.`,
      },
    ],
  };
}

/** Of the table with the partition key `OrderId`. */
export const TABLE_LIFECYCLE = tableLifecycle(
  'self.hash_key == "OrderId" && try(length(self.range_key), 0) == 0 && [for a in self.attribute : a.type if a.name == "OrderId"] == ["S"]',
  'OrderId (S)',
);

/** Of the same table, where the topology says what these attributes are to be. */
export function managing(...attributes: string[]) {
  const { ignore_changes } = TABLE_LIFECYCLE;
  return {
    ...TABLE_LIFECYCLE,
    ignore_changes: ignore_changes.filter((ignored) => !attributes.includes(ignored)),
  };
}

/** Of the table with the sort key `Version`, too. */
export const SORTED_TABLE_LIFECYCLE = tableLifecycle(
  'self.hash_key == "OrderId" && self.range_key == "Version" && [for a in self.attribute : a.type if a.name == "OrderId"] == ["S"] && [for a in self.attribute : a.type if a.name == "Version"] == ["N"]',
  'OrderId (S), Version (N)',
);

/** Of the table with provisioned capacity, 5 read and 6 write units. */
export const PROVISIONED_TABLE_LIFECYCLE = {
  ...TABLE_LIFECYCLE,
  ignore_changes: [...IGNORED, 'read_capacity', 'write_capacity'],
  postcondition: [
    ...TABLE_LIFECYCLE.postcondition,
    {
      condition: '${self.read_capacity >= 5 && self.write_capacity >= 6}',
      error_message:
        "Table Orders has less capacity than the topology's 5 read and 6 write units. After the table is created its capacity is left to Application Auto Scaling and to aws dynamodb update-table: raise it there first, or write the least capacity that the table is to have.",
    },
  ],
};
