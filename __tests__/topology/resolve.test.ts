import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownFile } from '../../topology/own-files';
import { makesFunction, resolve } from '../../topology/resolve';
import { topologySchema } from '../../topology/schema';
import { isDefaultEntry } from '../../topology/sinks';
import { stacksOf } from '../../topology/stacks';
import { resolved } from '../helpers/synth-app';
import {
  consumer,
  existingStream,
  producer,
  STREAM_OF_OTHERS,
  topology,
} from '../helpers/topology';

describe('the entry of a function', () => {
  const entriesOf = (sink: string, entry: string | undefined) =>
    resolve(
      topologySchema.parse(
        topology({
          'consumers.process-orders.sink': sink,
          'consumers.process-orders.function.entry': entry,
        }),
      ),
    )
      .consumers.filter(makesFunction)
      .map(({ function: { code } }) => Reflect.get(code, 'entry'));

  test.each([
    ['log', undefined, ownFile('lambda-src/index.ts')],
    ['s3', undefined, ownFile('lambda-src/s3.ts')],
    ['s3', 'lambda-src/index.ts', ownFile('lambda-src/s3.ts')],
    ['s3', './lambda-src/index.ts', ownFile('lambda-src/s3.ts')],
    ['s3', 'src/../lambda-src//index.ts', ownFile('lambda-src/s3.ts')],
    ['s3', 'src/audit.ts', 'src/audit.ts'],
  ])('with the sink %s and the entry %s is %s', (sink, entry, expected) => {
    expect(entriesOf(sink, entry)).toEqual([expected]);
  });

  test('is that of the sink by its absolute path and by a link, too', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'resolve-test-'));
    const link = path.join(folder, 'link.ts');
    symlinkSync(path.resolve('lambda-src/index.ts'), link);
    symlinkSync(path.resolve('lambda-src'), path.join(folder, 'src'));
    const entries = [path.resolve('lambda-src/index.ts'), link, path.join(folder, 'src/index.ts')];
    const found = entries.flatMap((entry) => entriesOf('s3', entry));
    const known = entries.map(isDefaultEntry);
    rmSync(folder, { recursive: true });
    expect(found).toEqual(entries.map(() => ownFile('lambda-src/s3.ts')));
    expect(known).toEqual([true, true, true]);
  });
});

test('several producers and consumers have sources and readers in the order of the subscriptions', () => {
  const { consumers, producers, subscriptions } = resolved(
    topology({
      producers: {
        orders: producer('Orders'),
        items: producer('Items'),
        unread: producer('Unread'),
      },
      consumers: {
        search: consumer('Search'),
        audit: consumer('Audit'),
        idle: consumer('Idle'),
      },
      subscriptions: [
        { producer: 'items', consumer: 'audit' },
        { producer: 'orders', consumer: 'search' },
        { producer: 'orders', consumer: 'audit' },
      ],
    }),
  );
  expect(consumers.map(({ name, sources }) => [name, ...sources.map((one) => one.name)])).toEqual([
    ['search', 'Orders'],
    ['audit', 'Items', 'Orders'],
    ['idle'],
  ]);
  expect(
    producers.map(({ name, readers }) => [name, ...readers.map(({ stackId }) => stackId)]),
  ).toEqual([
    ['orders', 'consumer-search', 'consumer-audit'],
    ['items', 'consumer-audit'],
    ['unread'],
  ]);
  expect(subscriptions.map(({ stackId }) => stackId)).toEqual([
    'subscription-items-audit',
    'subscription-orders-search',
    'subscription-orders-audit',
  ]);
});

test('a stream that others own has a subscription and is a source, without a producer stack', () => {
  const all = resolved(
    topology({
      ...existingStream(),
      'producers.items': producer('Items'),
      'subscriptions[1]': { producer: 'items', consumer: 'process-orders' },
    }),
  );
  const account = { id: '777788889999', region: 'us-east-1', partition: 'aws' };
  const table = { account, name: 'Orders', encryption: 'aws-owned', readTable: false };
  expect(all.producers.map(({ name }) => name)).toEqual(['items']);
  expect(all.consumers[0]?.sources[0]).toEqual(table);
  expect(all.consumers[0]?.streamsOfOthers).toEqual([{ arn: STREAM_OF_OTHERS, table }]);
  expect(all.subscriptions.map(({ stackId, stream }) => [stackId, stream])).toEqual([
    ['subscription-orders-process-orders', { arn: STREAM_OF_OTHERS }],
    ['subscription-items-process-orders', { producerStackId: 'producer-items' }],
  ]);
  expect(
    stacksOf(all).map(({ id, order, tenant, dependsOn }) => [id, order, tenant, dependsOn]),
  ).toEqual([
    ['consumer-process-orders', 1, '111122223333', []],
    ['producer-items', 2, '444455556666', ['consumer-process-orders']],
    ['subscription-orders-process-orders', 2, '777788889999', ['consumer-process-orders']],
    [
      'subscription-items-process-orders',
      3,
      '444455556666',
      ['consumer-process-orders', 'producer-items'],
    ],
  ]);
});
