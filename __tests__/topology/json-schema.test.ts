import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jsonSchema } from '../../topology/json-schema';
import { FUNCTION, LOG_RETENTION_IN_DAYS, MAPPING, type Range } from '../../topology/limits';
import { topologySchema } from '../../topology/schema';
import { accountSchema } from '../../topology/schema/account';
import { consumerSchema } from '../../topology/schema/consumer';
import { subscriptionSchema } from '../../topology/schema/subscription';
import { SHIPPED } from '../helpers/shipped-topologies';
import { topology } from '../helpers/topology';

const TOPOLOGIES = path.join(__dirname, '../../topologies');
const SCHEMA = JSON.parse(jsonSchema());

const CONSUMER = 'properties.consumers.additionalProperties.properties';
const SETTINGS = `${CONSUMER}.function.properties`;
const LAKE = `${CONSUMER}.sink.anyOf.1.oneOf.1.properties`;
const ALARM_SETTINGS = `${CONSUMER}.alarms.anyOf.1.properties`;
const PRODUCER = 'properties.producers.additionalProperties.properties';
const STREAM_POLICY = `${PRODUCER}.streamPolicy.anyOf.1.properties`;
const SUBSCRIPTION = 'properties.subscriptions.items.properties';

function at(where: string): unknown {
  return where.split('.').reduce((node, key) => Reflect.get(Object(node), key), SCHEMA);
}

test('topologies/topology.schema.json is up to date', () => {
  const written = readFileSync(path.join(TOPOLOGIES, 'topology.schema.json'), 'utf8');
  if (written !== jsonSchema()) {
    throw new Error('topologies/topology.schema.json is stale: run `npm run schema`');
  }
});

test.each(SHIPPED)('%s names the schema on its first line', (file) => {
  const [line] = readFileSync(path.join(TOPOLOGIES, file), 'utf8').split('\n');
  expect(line).toBe('# yaml-language-server: $schema=topology.schema.json');
});

describe('the JSON Schema', () => {
  test('is one of draft 7, and refuses unknown keys', () => {
    expect(SCHEMA).toMatchObject({
      title: 'Topology',
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      additionalProperties: false,
      required: ['name', 'state', 'accounts', 'consumers', 'producers'],
    });
  });

  const ranges = (limits: object, properties: string) =>
    Object.entries(limits)
      .filter(([key, range]) => typeof range === 'object' && !key.endsWith('Length'))
      .map(([key, range]): [string, Range] => [`${properties}.${key}`, range]);

  const numbers = [...ranges(MAPPING, SUBSCRIPTION), ...ranges(FUNCTION, SETTINGS)];

  test('has every number with a range', () => {
    const keys = numbers.map(([where]) => where.split('.').at(-1));
    expect(keys).toEqual([
      ...['batchSize', 'maximumBatchingWindowInSeconds', 'parallelizationFactor'],
      ...['maximumRetryAttempts', 'maximumRecordAgeInSeconds', 'tumblingWindowInSeconds'],
      ...['memorySize', 'timeout', 'reservedConcurrentExecutions'],
    ]);
  });

  test.each(numbers)('has the range of %s', (where, { min, max }) => {
    const range = { type: 'integer', minimum: min, maximum: max };
    const property = at(where);
    expect(property).toEqual(
      where.endsWith('.maximumRecordAgeInSeconds')
        ? expect.objectContaining({ anyOf: [{ type: 'number', const: -1 }, range] })
        : expect.objectContaining(range),
    );
  });

  test('has the length of a function name', () => {
    const { min, max } = FUNCTION.nameLength;
    expect(at(`${SETTINGS}.name`)).toMatchObject({ minLength: min, maxLength: max });
  });

  test.each([
    [`${SUBSCRIPTION}.batchSize`, 'Most records of one batch. Range: 1 to 10000. Default: 100.'],
    [`${SETTINGS}.name`, 'Name of the function. Length: 1 to 64 characters.'],
    [`${SETTINGS}.architecture`, 'Instruction set. Default: arm64.'],
  ])('describes %s with its range and default, which editors show', (where, description) => {
    expect(at(where)).toMatchObject({ description });
  });

  test('has our words for a pattern', () => {
    expect(at(`${SETTINGS}.name`)).toMatchObject({
      errorMessage: 'must be a function name: 1 to 64 letters, digits, hyphens and underscores',
    });
  });

  test('has the keys that exclude each other', () => {
    const notBoth = (key: string, other: string) => ({
      if: { required: [key] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
      then: {
        properties: { [other]: false },
        errorMessage: `cannot be combined with ${key}; leave one of them out`,
      },
    });
    const one = (...keys: string[]) => ({ anyOf: keys.map((key) => ({ required: [key] })) });
    expect(at(`${CONSUMER}.function.allOf`)).toEqual([notBoth('entry', 'code')]);
    expect(at('properties.producers.additionalProperties.allOf')).toEqual([
      notBoth('account', 'accounts'),
      one('account', 'accounts'),
      notBoth('table', 'existingTable'),
      one('table', 'existingTable'),
    ]);
  });

  test('has the days that a log can be kept', () => {
    expect(at(`${SETTINGS}.logRetentionInDays.enum`)).toEqual(LOG_RETENTION_IN_DAYS.values);
  });

  /** What the schema fills in, from what a file that leaves it out is parsed to. */
  const parsed = topologySchema.parse(topology());
  const consumer = parsed.consumers['process-orders'];
  const producer = parsed.producers.orders;
  const { manage, usePathStyle } = parsed.state;
  const defaults: [string, object][] = [
    ['properties', { awsProviderVersion: '6.31.0', tags: {}, subscriptions: [] }],
    ['properties.state.properties', { manage, usePathStyle }],
    [`${CONSUMER}.role.properties`, without(consumer?.role, 'name')],
    [SETTINGS, without(consumer?.function, 'name')],
    [CONSUMER, { sink: 'log' }],
    [`${CONSUMER}.failedBatches.properties`, { ...consumer?.failedBatches }],
    [ALARM_SETTINGS, { ...consumer?.alarms }],
    [
      LAKE,
      { prefix: 'changes/', formerAccounts: [], formerTables: [], scanLimitInMegabytes: 10_000 },
    ],
    [`${PRODUCER}.table.properties`, without(producer?.table, 'name', 'partitionKey')],
    [`${PRODUCER}.existingTable.properties`, { encryption: 'aws-owned' }],
    [STREAM_POLICY, Object(producer?.streamPolicy)],
    [SUBSCRIPTION, without(parsed.subscriptions[0], 'producer', 'consumer')],
  ];

  test.each(
    defaults.flatMap(([where, values]) =>
      Object.entries(values).map(([key, value]) => [`${where}.${key}`, value] as const),
    ),
  )('has the default of %s: %j', (where, value) => {
    expect(at(where)).toMatchObject({ default: value });
  });

  test.each(defaults)('has no other defaults at %s', (where, values) => {
    const properties = Object.entries(Object(at(where)));
    const keys = properties.filter(([, property]) => Object.hasOwn(Object(property), 'default'));
    // A mapping whose default comes from its own keys has them there.
    const own = keys
      .map(([key]) => key)
      .filter((key) => !['streamPolicy', 'failedBatches', 'alarms'].includes(key));
    expect(own.sort()).toEqual(Object.keys(values).sort());
  });

  test('describes every key', () => {
    const undescribed = (node: unknown, where: string): string[] => {
      if (typeof node !== 'object' || node === null) return [];
      const keys = Object.entries(Reflect.get(node, 'properties') ?? {}).flatMap(([key, value]) =>
        value === false || 'description' in Object(value) ? [] : [`${where}.${key}`],
      );
      return [
        ...keys,
        ...Object.entries(node).flatMap(([key, value]) => undescribed(value, `${where}.${key}`)),
      ];
    };
    expect(undescribed(SCHEMA, '')).toEqual([]);
  });

  test.each([
    ['an account', accountSchema, 'properties.accounts.additionalProperties.properties'],
    ['a consumer', consumerSchema, CONSUMER],
    ['a subscription', subscriptionSchema, SUBSCRIPTION],
  ])('has the keys of %s', (_, { shape }, where) => {
    expect(Object.keys(Object(at(where)))).toEqual(Object.keys(shape));
  });
});

function without(settings: object = {}, ...keys: string[]): object {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}
