/** The key attributes of an item by name: the same for an item, in whatever order they came. */
export function sortedKeys<T>(keys: Readonly<Record<string, T>>): [name: string, value: T][] {
  return Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1));
}
