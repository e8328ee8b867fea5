import type { z } from 'zod';
import { validate } from '../../load/validate';
import { TopologyError } from '../../topology/problem';
import type { topologySchema } from '../../topology/schema';
import { type Overrides, set } from './overrides';

export type { Overrides } from './overrides';

type Input = z.input<typeof topologySchema>;

export type Content = Input & Required<Pick<Input, 'consumers' | 'producers'>>;

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

/** Both accounts in this Region. */
export function inRegion(region: string): Overrides {
  return { 'accounts.analytics.region': region, 'accounts.shop.region': region };
}

/** The producer `orders` in the accounts `shop` and `tenant`. */
export const TWO_ACCOUNTS: Overrides = {
  'accounts.tenant': { id: '777777777777', region: 'us-east-1' },
  'producers.orders.account': undefined,
  'producers.orders.accounts': ['shop', 'tenant'],
};

/** The producer `orders` in so many accounts: `tenant-0` with the ID 000000000000, and so on. */
export function tenants(count: number): Overrides {
  const names = Array.from({ length: count }, (_, index) => `tenant-${index}`);
  const accounts = names.map((name, index) => [name, { id: tenantId(index), region: 'us-east-1' }]);
  return {
    accounts: {
      analytics: { id: '111122223333', region: 'us-east-1' },
      ...Object.fromEntries(accounts),
    },
    'producers.orders.account': undefined,
    'producers.orders.accounts': names,
  };
}

export const tenantId = (index: number) => String(index).padStart(12, '0');

/** The producer `orders` with a table that exists. */
export function existingTable(settings: object = {}): Overrides {
  return {
    'producers.orders': {
      account: 'shop',
      existingTable: { name: 'Orders' },
      streamPolicy: { replacesExisting: true },
      ...settings,
    },
  };
}

export const STREAM_OF_OTHERS =
  'arn:aws:dynamodb:us-east-1:777788889999:table/Orders/stream/2026-01-01T00:00:00.000';

/** The producer `orders` as a stream that others own. */
export function existingStream(settings: object = {}): Overrides {
  return { 'producers.orders': { existingStream: { arn: STREAM_OF_OTHERS, ...settings } } };
}

/** Everything wrong with a content, each as in the message to the user, without file and line. */
export function problemsOf(content: unknown): string[] {
  return validate(content).problems.map((problem) => new TopologyError('', [problem]).message);
}
