/** Values by their key, of which the JSON counts, in the order they come. */
export function groupBy<T>(values: readonly T[], key: (value: T) => unknown): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const id = JSON.stringify(key(value));
    const group = groups.get(id);
    if (group) group.push(value);
    else groups.set(id, [value]);
  }
  return [...groups.values()];
}

/** Each value once, in the order they come. */
export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** The first names of a list, and how many more there are. */
export function few(names: readonly string[], most = 3): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** A list of what can be one, many or nothing. */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
