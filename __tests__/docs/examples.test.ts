import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DynamoDBRecord } from 'aws-lambda';
import { parse } from 'yaml';
import { loadTopology } from '../../load/load';
import { codesIn, tableBelow } from '../helpers/markdown';
import { matches } from '../helpers/matches';
import { SHIPPED } from '../helpers/shipped-topologies';
import { synthApp } from '../helpers/synth-app';
import { type Content, problemsOf, topology } from '../helpers/topology';

// The first synthesis loads the provider's classes, which takes long on a busy machine.
jest.setTimeout(60_000);

test('the README lists the topologies of the project, which are those that are tested', () => {
  const rows = tableBelow('Write your topology', 'README.md');
  expect(rows.flatMap(([files]) => codesIn(files)).sort()).toEqual([...SHIPPED].sort());
});

const README = readFileSync('README.md', 'utf8');
const [, SMALLEST = ''] = /```yaml\n([\s\S]*?)```/.exec(README) ?? [];

test('the smallest topology of the README makes the stacks of its table', () => {
  const { ids } = synthApp(parse(SMALLEST));
  const rows = tableBelow('The smallest topology', 'README.md');
  expect(rows.map(([id]) => codesIn(id)[0])).toEqual(ids);
  expect(rows.map(([, account]) => account)).toEqual(['analytics', 'shop', 'analytics']);
});

test('it is refused as the README shows if an account ID has no quotes', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'readme-'));
  const file = path.join(folder, 'topology.yaml');
  writeFileSync(file, SMALLEST.replace('"444455556666"', '444455556666'));
  const [, shown = ''] = /```\n(topology\.yaml:.*)\n```/.exec(README) ?? [];
  expect(() => loadTopology(file)).toThrow(shown.replace('topology.yaml', file));
});

/** The example of docs/tenants.md, in the accounts of the topology that it divides into tiers. */
function tiers(): Content {
  const page = readFileSync('docs/tenants.md', 'utf8');
  const [, example = ''] = /## One tenant[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  return { ...parse(readFileSync('topologies/saas-tenants.yaml', 'utf8')), ...parse(example) };
}

test('the example of tiers has a function, role and concurrency for each tier', () => {
  const app = synthApp(tiers());
  const of = (tier: string) => {
    const { resource } = app.json(`consumer-metering-${tier}`);
    const lambda = resource?.aws_lambda_function?.processor ?? {};
    return [
      Reflect.get(lambda, 'function_name'),
      Reflect.get(lambda, 'reserved_concurrent_executions'),
      Reflect.get(resource?.aws_iam_role?.execution_role ?? {}, 'name'),
      Reflect.get(resource?.aws_cloudwatch_metric_alarm?.alarms_concurrency ?? {}, 'threshold'),
    ];
  };
  expect([of('large'), of('small')]).toEqual([
    ['MeterLargeTenants', 100, 'MeterLargeTenants', 80],
    ['MeterSmallTenants', 50, 'MeterSmallTenants', 40],
  ]);
  expect(app.ids.filter((id) => id.startsWith('subscription-'))).toEqual([
    'subscription-documents-large-acme-metering-large',
    'subscription-documents-small-globex-metering-small',
    'subscription-documents-small-initech-metering-small',
  ]);
});

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

test('docs/filters.md has ten examples', () => {
  expect(EXAMPLES).toHaveLength(10);
  expect(RECORDS).toHaveLength(10);
});

describe.each(RECORDS.map(([yes, no], index) => ({ number: index + 1, yes, no })))(
  'example $number of docs/filters.md',
  ({ number, yes, no }) => {
    const filter = EXAMPLES[number - 1];

    test('is accepted', () => {
      expect(problemsOf(topology({ 'subscriptions[0].filters': [filter] }))).toEqual([]);
    });

    test.each(yes)('matches %j', (record) => expect(matches(filter, record)).toBe(true));
    test.each(no)('does not match %j', (record) => expect(matches(filter, record)).toBe(false));
  },
);
