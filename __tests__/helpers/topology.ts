import type { z } from 'zod';
import { validate } from '../../load/validate';
import { TopologyError } from '../../topology/problem';
import type { topologySchema } from '../../topology/schema';
import { type Overrides, set } from './overrides';

export type { Overrides } from './overrides';

export type Content = z.input<typeof topologySchema>;

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
