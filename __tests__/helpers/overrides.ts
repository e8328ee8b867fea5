/** Values by their path, such as `{ 'subscriptions[0].batchSize': 0 }`; `undefined` removes one. */
export type Overrides = Readonly<Record<string, unknown>>;

/** Sets a value, and makes the mappings and lists on the way to it. */
export function set(content: object, path: string, value: unknown): void {
  const keys = path.split(/[.[\]]+/).filter(Boolean);
  const last = keys.pop() ?? '';
  const parent = keys.reduce<object>((node, key, index) => {
    if (Reflect.get(node, key) === undefined) {
      Reflect.set(node, key, /^\d+$/.test(keys[index + 1] ?? last) ? [] : {});
    }
    return Reflect.get(node, key);
  }, content);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, structuredClone(value));
}
