import { loadTopology } from '../../load/load';
import { readAccessModel } from '../../review/access/model';
import { readPipeline } from '../../review/pipeline';
import { measureQuotas } from '../../review/quotas';
import { Stacks } from '../../review/read/resources';
import * as limits from '../../topology/limits';
import type { ResolvedTopology } from '../../topology/resolve';
import { reviewOf, statement, stops, synthesizedStacks } from '../helpers/review';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

function quotasOf(meant: ResolvedTopology) {
  const stacks = new Stacks(synthesizedStacks(meant));
  return measureQuotas(stacks, readAccessModel(stacks), readPipeline(stacks), meant);
}

test('each quota of the topology of tenants, the nearest first', async () => {
  const quotas = quotasOf(loadTopology('topologies/saas-tenants.yaml'));
  expect(
    quotas.map(({ name, largest, used, limit, measured }) => [
      name,
      largest,
      used,
      limit,
      measured,
    ]),
  ).toEqual([
    ['name of a bucket', 'metering-failed-batches-4583a1ed016b', 36, 63, 1],
    ['readers of a stream', '444455556666 Documents', 1, 2, 3],
    ['name of a role', 'DocumentMetering', 16, 64, 1],
    ['name of a function', 'MeterDocuments', 14, 64, 1],
    ['inline policies of a role', 'DocumentMetering', 1916, 10_240, 1],
    ['alias of a key', 'alias/sns/MeterDocuments-alarms', 31, 256, 4],
    ['trust policy of a role', 'DocumentMetering of 111122223333', 150, 2048, 1],
    ['name of a table', 'Documents', 9, 255, 3],
    ['policy of a stream', 'Documents of 444455556666', 352, 20_480, 3],
    ['policy of a bucket', 'metering-failed-batches-4583a1ed016b of 111122223333', 290, 20_480, 1],
    ['policy of a key', 'DynamoDB table Documents of 444455556666', 429, 32_768, 4],
    ['managed policies of a role', 'DocumentMetering', 0, 10, 1],
    ['filters of a mapping', 'subscription-documents-acme-metering', 0, 10, 3],
    ['environment of a function', 'MeterDocuments', 0, 4096, 1],
    ['event source mappings of a function', 'MeterDocuments', 3, undefined, 1],
    ['stacks', 'this topology', 7, undefined, 1],
  ]);
});

test('filters count in number and length', async () => {
  const quotas = quotasOf(
    resolved(
      topology({
        'subscriptions[0].filters': [
          { eventName: ['INSERT'] },
          { eventName: ['INSERT', 'REMOVE'] },
        ],
      }),
    ),
  );
  expect(quotas.find(({ name }) => name === 'filters of a mapping')?.used).toBe(2);
  expect(quotas.find(({ name }) => name === 'filter pattern')?.used).toBe(
    '{"eventName":["INSERT","REMOVE"]}'.length,
  );
});

test('every limit names its page', async () => {
  const quotas = quotasOf(loadTopology('topologies/saas-tenants.yaml'));
  const sources = Object.values(limits).map(({ source }) => source);
  for (const { limit, source } of quotas) {
    if (limit !== undefined) expect(sources).toContain(source);
  }
});

test('a stream policy over its quota is told and fails the review', async () => {
  const review = await reviewOf(loadTopology('topologies/orders.yaml'), {
    'producer-orders': (json) => {
      const each = statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess');
      each.resources = [
        ...(each.resources as string[]),
        ...Array.from({ length: 500 }, (_, index) => `arn:aws:dynamodb:us-east-1:1:table/${index}`),
      ];
    },
  });
  expect(stops(review)).toEqual([
    expect.stringMatching(
      /^Orders of 444455556666 policy of a stream: \d{5} bytes, at most 20480$/,
    ),
  ]);
});

test('values of the environment are measured and not told', async () => {
  const quotas = quotasOf(
    resolved(
      topology({ 'consumers.process-orders.function.environment': { TOKEN: 'not-for-a-report' } }),
    ),
  );
  expect(JSON.stringify(quotas)).not.toContain('not-for-a-report');
  const { used } = quotas.find(({ name }) => name === 'environment of a function') ?? {};
  expect(used).toBe('TOKENnot-for-a-report'.length);
});
