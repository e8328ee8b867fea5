import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../load/load';
import { total } from '../../review/cost';
import { loadPrices } from '../../review/prices';
import { reviewOf } from '../helpers/review';

const parts = (all: readonly { part: string; amount: number }[]) =>
  Object.fromEntries(all.map(({ part, amount }) => [part, Number(amount.toFixed(6))]));

test('a million changes of the walk-through', async () => {
  const [cost] = (await reviewOf(loadTopology('topologies/orders.yaml'))).costs;
  expect(parts(cost?.direct.perMillionChanges ?? [])).toEqual({
    'reading the stream': 0,
    // 100,000 invocations of 10 changes.
    'Lambda requests': 0.02,
    // 100,000 × 30 ms × 256 MB.
    'Lambda duration': 0.01,
    // 700,000 KB.
    log: 0.333786,
  });
  expect(parts(cost?.kinesisProvisioned.perMillionChanges ?? [])).toEqual({
    'change data capture': 0.1,
    'Kinesis writes': 0.014,
    'Lambda requests': 0.02,
    'Lambda duration': 0.01,
    log: 0.333786,
  });
  expect(parts(cost?.kinesisOnDemand.perMillionChanges ?? [])).toEqual({
    'change data capture': 0.1,
    // 0.954 GB in and out.
    'Kinesis writes': 0.076294,
    'Kinesis reads': 0.038147,
    'Lambda requests': 0.02,
    'Lambda duration': 0.01,
    log: 0.333786,
  });
});

test('a month without a change grows with the tables, keys and mappings', async () => {
  const [cost] = (await reviewOf(loadTopology('topologies/saas-tenants.yaml'))).costs;
  const standing = {
    // Of three tables and the topic of the alarms.
    'customer managed keys': 4,
    // 3 × 8,640 requests.
    'KMS requests': 0.07776,
    // Three of each of three mappings, two of the function.
    metrics: 3.3,
    // Six of the function, four of each mapping.
    alarms: 1.8,
    dashboards: 3,
  };
  expect(parts(cost?.direct.perMonth ?? [])).toEqual(standing);
  expect(parts(cost?.kinesisProvisioned.perMonth ?? [])).toEqual({
    ...standing,
    // 3 shards × 730 hours.
    'Kinesis shards': 32.85,
  });
  expect(parts(cost?.kinesisOnDemand.perMonth ?? [])).toEqual({
    ...standing,
    'Kinesis streams': 87.6,
  });
  expect(total(cost?.direct.perMonth ?? [])).toBeCloseTo(12.17776);
});

test('x86 and the memory count, and a batch is never larger than the mapping allows', async () => {
  const [cost] = (
    await reviewOf(loadTopology('topologies/orders.yaml'), {
      'consumer-process-orders': (json) => {
        Object.assign(json.resource?.aws_lambda_function?.processor ?? {}, {
          architectures: ['x86_64'],
          memory_size: 1024,
        });
      },
      'subscription-orders-process-orders': (json) => {
        Object.assign(json.resource?.aws_lambda_event_source_mapping?.event_source_mapping ?? {}, {
          batch_size: 5,
        });
      },
    })
  ).costs;
  expect(parts(cost?.direct.perMillionChanges ?? [])).toEqual({
    'reading the stream': 0,
    'Lambda requests': 0.04,
    // 200,000 × 25 ms × 1 GB.
    'Lambda duration': 0.083334,
    log: 0.333786,
  });
});

test('a function that writes to a bucket pays for objects instead of its log', async () => {
  const [cost] = (
    await reviewOf(loadTopology('topologies/orders.yaml'), {
      'consumer-process-orders': (json) => {
        Object.assign(json.resource?.aws_lambda_function?.processor ?? {}, {
          environment: { variables: { SINK_BUCKET: 'changes' } },
        });
      },
    })
  ).costs;
  expect(parts(cost?.direct.perMillionChanges ?? [])).toEqual({
    'reading the stream': 0,
    'Lambda requests': 0.02,
    'Lambda duration': 0.01,
    S3: 0.5,
  });
});

describe('the file of prices', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'prices-'));
  const file = path.join(folder, 'prices.yaml');
  afterAll(() => rmSync(folder, { recursive: true }));

  function edited(from: string, to: string): string {
    writeFileSync(file, readFileSync('review/prices.yaml', 'utf8').replace(from, to));
    return file;
  }

  test('can be edited', () => {
    expect(loadPrices(edited('price: 0.20', 'price: 0.25')).prices.lambdaRequests.price).toBe(0.25);
  });

  test.each([
    ['a price below nothing', 'price: 0.20', 'price: -1', 'prices.lambdaRequests.price'],
    ['a price that is missing', 's3Put:', 's3Puts:', 'prices.s3Put'],
    ['a source that is no page', 'https://aws.amazon.com/s3/pricing/', 'S3', 'prices.s3Put.source'],
    ['a date that is none', 'date: 2026-11-24', 'date: lately', 'date'],
    [
      'an assumption of nothing',
      'changesPerInvocation: 10',
      'changesPerInvocation: 0',
      'assumptions.changesPerInvocation',
    ],
  ])('refuses %s', (_, from, to, place) => {
    expect(() => loadPrices(edited(from, to))).toThrow(`${file} ${place}: `);
  });
});
