/** The alias of a table's key. An alias cannot have dots, and a table's name no slashes. */
export function keyAlias(tableName: string): string {
  return `alias/dynamodb/${tableName.replaceAll('.', '/')}`;
}
