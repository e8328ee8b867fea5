import type { z } from 'zod';
import { validate } from '../../load/validate';
import { TopologyError } from '../../topology/problem';
import type { topologySchema } from '../../topology/schema';

export type Content = z.input<typeof topologySchema>;

/** Values by their path, such as `{ 'subscriptions[0].batchSize': 0 }`; `undefined` removes one. */
export type Overrides = Readonly<Record<string, unknown>>;

/** A fresh content of a small valid topology file, as YAML gives it. */
export function topology(overrides: Overrides = {}): Content {
  const content: Content = {
    name: 'orders',
    state: { bucket: 'example-terraform-state', region: 'us-east-1' },
    accounts: {
      analytics: { id: '111122223333', region: 'us-east-1' },
      shop: { id: '444455556666', region: 'us-east-1' },
    },
    consumers: { 'process-orders': consumer('ProcessOrders') },
    producers: { orders: producer('Orders') },
    subscriptions: [{ producer: 'orders', consumer: 'process-orders' }],
  };
  for (const [path, value] of Object.entries(overrides)) set(content, path, value);
  return content;
}

/** A consumer in the account `analytics`. */
export function consumer(name: string): Content['consumers'][string] {
  return { account: 'analytics', role: { name: `${name}Role` }, function: { name } };
}

/** A producer in the account `shop`. */
export function producer(table: string): Content['producers'][string] {
  return {
    account: 'shop',
    table: { name: table, partitionKey: { name: 'OrderId', type: 'S' } },
  };
}

/** Everything wrong with a content, each as in the message to the user, without file and line. */
export function problemsOf(content: unknown): string[] {
  return validate(content).problems.map((problem) => new TopologyError('', [problem]).message);
}

/** Sets a value, and makes the mappings and lists on the way to it. */
function set(content: object, path: string, value: unknown): void {
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
