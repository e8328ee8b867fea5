import { select } from '../../commands/select';
import { shardOf } from '../../commands/selection';
import { loadTopology } from '../../load/load';
import { stacksOf } from '../../topology/stacks';

const stacks = stacksOf(loadTopology('topologies/saas-tenants.yaml'));
const ids = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id);

describe('stacks are selected', () => {
  test.each([
    ['all without a pattern', [], ids(stacks)],
    ['by id', ['consumer-metering'], ['consumer-metering']],
    ['all by *', ['*'], ids(stacks)],
    [
      'by patterns, in the order of deployment',
      ['subscription-*-acme-*', '*-acme'],
      ['producer-documents-acme', 'subscription-documents-acme-metering'],
    ],
  ])('%s', (_, patterns, expected) => {
    expect(ids(select(stacks, patterns))).toEqual(expected);
  });

  test.each([
    [
      'consumer-meterin',
      'no stack is consumer-meterin; did you mean consumer-metering? npm run stacks lists them',
    ],
    ['*-nobody', 'no stack is *-nobody; npm run stacks lists them'],
    [
      'consumer.metering',
      'no stack is consumer.metering; did you mean consumer-metering? npm run stacks lists them',
    ],
  ])('the pattern %s is refused', (pattern, message) => {
    expect(() => select(stacks, [pattern])).toThrow(new Error(message));
  });
});

describe('stacks are dealt to runners', () => {
  test('each to one, those of a tenant to the same', () => {
    const shards = [1, 2].map((part) => ids(shardOf(stacks, `${part}/2`)));
    expect(shards.flat().sort()).toEqual(ids(stacks).sort());
    expect(shards[0]).toEqual([
      'consumer-metering',
      'producer-documents-globex',
      'subscription-documents-globex-metering',
    ]);
  });

  test.each([
    '0/2',
    '3/2',
    '1',
    'a/b',
    '1/0',
    '-1/2',
    '01/2',
    '1/10000',
    '99999999999999999999/99999999999999999999',
  ])('%s is refused', (shard) => {
    expect(() => shardOf(stacks, shard)).toThrow(
      `--shard must be a runner and their number, at most 9999, such as 1/4, got ${shard}`,
    );
  });

  test('an empty text is refused', () => {
    expect(() => shardOf(stacks, '')).toThrow("such as 1/4, got ''");
  });
});
