import { reducedTo } from '../../topology/reduced';
import { shippedTopologies, withStacks } from '../helpers/shipped-topologies';
import { synthApp } from '../helpers/synth-app';
import { consumer, type Overrides, producer, TWO_ACCOUNTS, topology } from '../helpers/topology';

describe('the stacks, each with those before it,', () => {
  test.each<[string, Overrides, [id: string, dependencies: string[]][]]>([
    [
      'of one subscription',
      {},
      [
        ['consumer-process-orders', []],
        ['producer-orders', ['consumer-process-orders']],
        ['subscription-orders-process-orders', ['producer-orders', 'consumer-process-orders']],
      ],
    ],
    [
      'without a subscription do not wait for each other',
      { subscriptions: [] },
      [
        ['consumer-process-orders', []],
        ['producer-orders', []],
      ],
    ],
    [
      'with principal: account do not make the producer wait for the consumer',
      { 'producers.orders.streamPolicy': { principal: 'account' } },
      [
        ['consumer-process-orders', []],
        ['producer-orders', []],
        ['subscription-orders-process-orders', ['producer-orders', 'consumer-process-orders']],
      ],
    ],
    [
      'of two readers of one stream',
      {
        'consumers.search': consumer('Search'),
        'subscriptions[1]': { producer: 'orders', consumer: 'search' },
      },
      [
        ['consumer-process-orders', []],
        ['consumer-search', []],
        ['producer-orders', ['consumer-process-orders', 'consumer-search']],
        ['subscription-orders-process-orders', ['producer-orders', 'consumer-process-orders']],
        ['subscription-orders-search', ['producer-orders', 'consumer-search']],
      ],
    ],
    [
      'of two streams with one reader',
      {
        'producers.items': producer('Items'),
        'subscriptions[1]': { producer: 'items', consumer: 'process-orders' },
      },
      [
        ['consumer-process-orders', []],
        ['producer-orders', ['consumer-process-orders']],
        ['producer-items', ['consumer-process-orders']],
        ['subscription-orders-process-orders', ['producer-orders', 'consumer-process-orders']],
        ['subscription-items-process-orders', ['producer-items', 'consumer-process-orders']],
      ],
    ],
    [
      'of a producer in several accounts',
      TWO_ACCOUNTS,
      [
        ['consumer-process-orders', []],
        ['producer-orders-shop', ['consumer-process-orders']],
        ['producer-orders-tenant', ['consumer-process-orders']],
        [
          'subscription-orders-shop-process-orders',
          ['producer-orders-shop', 'consumer-process-orders'],
        ],
        [
          'subscription-orders-tenant-process-orders',
          ['producer-orders-tenant', 'consumer-process-orders'],
        ],
      ],
    ],
    [
      'of a producer alone wait for nothing, whoever reads it',
      {
        'producers.orders.streamPolicy': { readers: ['arn:aws:iam::999988887777:role/Indexer'] },
        consumers: {},
        subscriptions: [],
      },
      [['producer-orders', []]],
    ],
  ])('%s', (_, overrides, expected) => {
    const app = synthApp(topology(overrides));
    expect(app.ids.map((id) => [id, app.dependencies(id)])).toEqual(expected);
  });
});

test.each(shippedTopologies())(
  'a subscription alone has the same stacks: $topology.name',
  (whole) => {
    for (const subscription of whole.topology.subscriptions) {
      const reduced = reducedTo(whole.topology, [subscription]);
      const { stacks } = withStacks(reducedTo(reduced, reduced.subscriptions));
      const same = [...whole.stacks].filter(([id]) => stacks.has(id));
      expect(Object.fromEntries(stacks)).toEqual(Object.fromEntries(same));
      expect([...stacks.keys()]).toContain(subscription.stackId);
    }
  },
);
