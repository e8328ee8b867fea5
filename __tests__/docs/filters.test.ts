import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { parse } from 'yaml';
import { matches } from '../helpers/matches';
import { problemsOf, topology } from '../helpers/topology';

const PAGE = readFileSync('docs/filters.md', 'utf8');

/** The YAML of the examples, in their order. */
const EXAMPLES = [...PAGE.matchAll(/^( +)```yaml\n([\s\S]*?)^ +```$/gm)].map(
  ([, indent, yaml = '']) => parse(yaml.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
);

type Item = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

const KEY = { OrderId: { S: 'DE-1' } };
const insert = (item: Item, key: Item = KEY) => ({
  eventName: 'INSERT',
  dynamodb: { Keys: key, NewImage: { ...key, ...item } },
});
const modify = (before: Item, after: Item) => ({
  eventName: 'MODIFY',
  dynamodb: { Keys: KEY, NewImage: { ...KEY, ...after }, OldImage: { ...KEY, ...before } },
});
const remove = (item: Item, userIdentity?: object) => ({
  eventName: 'REMOVE',
  dynamodb: { Keys: KEY, OldImage: { ...KEY, ...item } },
  ...(userIdentity && { userIdentity }),
});
const status = (text: string) => ({ Status: { S: text } });
const TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
const gift = (flag: boolean, City: string) => ({
  Gift: { BOOL: flag },
  Address: { M: { City: { S: City } } },
});

/** By the number of the example: records that match it, and records that do not. */
const RECORDS: [yes: object[], no: object[]][] = [
  [[insert({})], [modify({}, status('open')), remove({})]],
  [[insert({}), modify({}, {})], [remove({})]],
  [[insert({}, { OrderId: { S: 'EU-1' } })], [insert({}), insert({}, { OrderId: { S: 'eu-1' } })]],
  [
    [insert(status('open')), modify({}, status('paid'))],
    [insert(status('Open')), insert({}), remove(status('open'))],
  ],
  [
    [modify(status('open'), status('paid'))],
    [modify(status('paid'), status('paid')), insert(status('paid')), modify({}, status('paid'))],
  ],
  [[insert({ Quantity: { N: '2' } })], [insert({ Quantity: { N: '20' } }), insert({})]],
  [
    [insert({ Notes: { L: [{ N: '1' }, { S: 'a' }] } })],
    [insert({ Notes: { L: [{ N: '1' }] } }), insert({ Notes: { L: [] } }), insert({})],
  ],
  [
    [insert(gift(true, 'Berlin')), insert(gift(true, 'BERLIN'))],
    [insert(gift(false, 'Berlin')), insert(gift(true, 'Bern'))],
  ],
  [[remove({}, TTL)], [remove({}), insert({})]],
  [
    [insert({}), modify({ Coupon: { S: 'a' } }, {})],
    [modify({ Coupon: { S: 'a' } }, { Coupon: { S: 'b' } }), modify({}, {}), remove({})],
  ],
];

test('there are ten examples', () => {
  expect(EXAMPLES).toHaveLength(10);
  expect(RECORDS).toHaveLength(10);
});

describe.each(RECORDS.map(([yes, no], index) => ({ number: index + 1, yes, no })))(
  'example $number',
  ({ number, yes, no }) => {
    const filter = EXAMPLES[number - 1];

    test('is accepted', () => {
      expect(problemsOf(topology({ 'subscriptions[0].filters': [filter] }))).toEqual([]);
    });

    test.each(yes)('matches %j', (record) => expect(matches(filter, record)).toBe(true));
    test.each(no)('does not match %j', (record) => expect(matches(filter, record)).toBe(false));
  },
);
