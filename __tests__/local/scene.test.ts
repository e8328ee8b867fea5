import { validate } from '../../load/validate';
import { producersOf } from '../../local/producers';
import { castOf, planOf } from '../../local/scene';
import { existingTable, type Overrides, producer, tenants, topology } from '../helpers/topology';

function producers(overrides: Overrides = {}) {
  const { topology: resolved, problems } = validate(topology(overrides));
  expect(problems).toEqual([]);
  if (!resolved) throw new Error('the topology is refused');
  return producersOf(resolved);
}

function plan(filters: readonly object[], overrides: Overrides = {}) {
  const [orders] = producers({ ...overrides, 'subscriptions[0].filters': filters });
  if (!orders) throw new Error('the topology has no producer');
  return planOf(orders);
}

const NEW = (image: object) => ({ dynamodb: { NewImage: image } });
const OLD = (image: object) => ({ dynamodb: { OldImage: image } });
const KEY = (value: unknown) => ({ dynamodb: { Keys: { OrderId: { S: [value] } } } });

test('without filters an item of the key alone is put, changed and deleted', () => {
  expect(plan([])).toEqual({ items: [[]], batch: { item: [], changes: 1 }, unmet: [] });
});

describe('an item is made that passes', () => {
  test.each<[name: string, filter: object, changes: number]>([
    ['an event', { eventName: ['REMOVE'] }, 3],
    ['all events but one', { eventName: [{ 'anything-but': ['INSERT'] }] }, 2],
    ['a key', KEY('EU-1'), 1],
    ['the beginning of a key', KEY({ prefix: 'EU-' }), 1],
    ['the end of a key', KEY({ suffix: '-EU' }), 1],
    ['any key but one', KEY({ 'anything-but': ['three-changes'] }), 1],
    ['a text in any case', NEW({ Status: { S: [{ 'equals-ignore-case': 'open' }] } }), 1],
    ['a number', NEW({ Total: { N: ['5', '6'] } }), 1],
    ['any number but one', NEW({ Total: { N: [{ 'anything-but': ['1'] }] } }), 1],
    ['bytes', NEW({ Photo: { B: ['AAEC'] } }), 1],
    ['false', NEW({ Gift: { BOOL: [false] } }), 1],
    ['null', NEW({ Gift: { NULL: [true] } }), 1],
    ['an attribute that is there', NEW({ Coupon: { S: [{ exists: true }] } }), 1],
    ['a map', NEW({ Address: { M: { City: { S: ['Berlin'] }, Zip: { N: ['1'] } } } }), 1],
    ['a list and a set', NEW({ Notes: { L: { S: ['a'] } }, Tags: { SS: ['b'] } }), 1],
    ['the old image', OLD({ Status: { S: ['open'] } }), 2],
    [
      'both images',
      { dynamodb: { ...NEW({ S: { S: ['b'] } }).dynamodb, ...OLD({ S: { S: ['a'] } }).dynamodb } },
      2,
    ],
    [
      'an attribute that is removed',
      {
        eventName: ['MODIFY'],
        dynamodb: {
          NewImage: { Coupon: { S: [{ exists: false }] } },
          OldImage: { Coupon: { S: [{ exists: true }] } },
        },
      },
      2,
    ],
    ['one of two patterns', { $or: [{ eventName: ['REMOVE'] }, NEW({ A: { S: ['b'] } })] }, 3],
  ])('%s', (_, filter, changes) => {
    const { batch, unmet } = plan([filter]);
    expect({ changes: batch?.changes, unmet }).toEqual({ changes, unmet: [] });
  });

  test('the filters of a table whose keys are numbers and bytes', () => {
    const table = {
      name: 'Orders',
      partitionKey: { name: 'Id', type: 'N' },
      sortKey: { name: 'Version', type: 'B' },
    };
    const keys = { Id: { N: [{ prefix: '4' }] }, Version: { B: [{ exists: true }] } };
    const { unmet } = plan([{ dynamodb: { Keys: keys } }], { 'producers.orders.table': table });
    expect(unmet).toEqual([]);
  });
});

test('each filter has an item, unless that of another passes it', () => {
  const paid = NEW({ Status: { S: ['paid'] } });
  const filters = [{ eventName: ['INSERT'] }, paid, { eventName: ['MODIFY'] }];
  const { items, unmet } = plan(filters);
  expect({ items: items.length, unmet }).toEqual({ items: 2, unmet: [] });
});

test('a filter that no change of a person passes is named', () => {
  const expired = { userIdentity: { type: ['Service'] } };
  expect(plan([expired])).toEqual({
    items: [[]],
    batch: undefined,
    unmet: [{ stackId: 'subscription-orders-process-orders', filter: expired }],
  });
});

describe('no batch with a fault is played', () => {
  test.each<[name: string, overrides: Overrides]>([
    [
      'for a function that does not run here',
      {
        'consumers.process-orders': {
          account: 'analytics',
          existingFunction: { name: 'A', roleArn: 'arn:aws:iam::111122223333:role/A' },
        },
      },
    ],
    ['while a subscription is disabled', { 'subscriptions[0].enabled': false }],
  ])('%s', (_, overrides) => {
    expect(plan([], overrides).batch).toBeUndefined();
  });
});

test('of many producers the first few are played, one of each name', () => {
  const more = ['b', 'c', 'd'].flatMap((name, index): [string, unknown][] => [
    [`producers.${name}`, producer(name.toUpperCase().repeat(3))],
    [`subscriptions[${index + 1}]`, { producer: name, consumer: 'process-orders' }],
  ]);
  const cast = castOf(
    producers({
      ...tenants(3),
      ...Object.fromEntries(more),
      'accounts.shop': { id: '444455556666', region: 'us-east-1' },
    }),
  );
  expect(cast.map(({ name }) => name)).toEqual(['orders-tenant-0', 'b', 'c']);
});

test('the key of a table of others is made up', () => {
  const [orders] = producers(existingTable());
  expect(orders && planOf(orders).batch?.changes).toBe(1);
});
