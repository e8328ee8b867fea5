import { loadTopology } from '../../../load/load';
import { reviewOf, statement } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import type { Content } from '../../helpers/topology';
import { consumer, topology } from '../../helpers/topology';

/** Nodes with their labels, boxes and arrows of a picture. */
function partsOf(dot: string) {
  const all = (pattern: RegExp) =>
    [...dot.matchAll(pattern)].map((match) => match.slice(1).join(' '));
  return {
    boxes: all(/graph \[label="([^"]*)", style/g),
    nodes: all(/^ {4}(\w+) \[[^\]]*label="([^"]*)"\];$/gm),
    arrows: all(/^ +(\w+ -> \w+) \[/gm),
    dashed: all(/^ +(\w+ -> \w+) \[style=dashed/gm),
  };
}

test('three tenants stand each for themselves', async () => {
  const { diagram } = await reviewOf(loadTopology('topologies/saas-tenants.yaml'));
  expect(partsOf(diagram)).toEqual({
    boxes: [
      'account 444455556666\\nproducer-documents-acme',
      'account 777788889999\\nproducer-documents-globex',
      'account 222233334444\\nproducer-documents-initech',
      'account 111122223333\\nconsumer-metering',
    ],
    nodes: [
      ...[0, 1, 2].flatMap((index) => [
        `table_${index} table\\nDocuments`,
        `stream_${index} stream of Documents\\ncustomer managed key`,
      ]),
      'function_0 function\\nMeterDocuments',
      'role_0 role\\nDocumentMetering',
      'sink_0 log group\\n/aws/lambda/MeterDocuments',
      'failed_0 bucket\\nmetering-failed-batches-4583a1ed016b',
    ],
    arrows: [
      ...[0, 1, 2].map((index) => `table_${index} -> stream_${index}`),
      'role_0 -> function_0',
      ...[0, 1, 2].flatMap((index) => [
        `stream_${index} -> function_0`,
        `stream_${index} -> role_0`,
      ]),
      'function_0 -> sink_0',
      'function_0 -> failed_0',
    ],
    dashed: ['role_0 -> function_0', ...[0, 1, 2].map((index) => `stream_${index} -> role_0`)],
  });
});

/** A topology of one table in this many accounts. */
function tenants(count: number): Content {
  const names = Array.from({ length: count }, (_, index) => `tenant-${index + 1}`);
  return topology({
    accounts: {
      analytics: { id: '111122223333', region: 'us-east-1' },
      ...Object.fromEntries(
        names.map((name, index) => [name, { id: String(2e11 + index), region: 'us-east-1' }]),
      ),
    },
    'producers.orders.account': undefined,
    'producers.orders.accounts': names,
  });
}

test('from six on, tenants alike are one box', async () => {
  const parts = async (count: number) =>
    partsOf((await reviewOf(resolved(tenants(count)))).diagram);
  expect((await parts(5)).boxes).toHaveLength(6);
  expect((await parts(6)).boxes).toEqual([
    '6 accounts\\nproducer-orders-tenant-1 …\\nproducer-orders-tenant-6',
    'account 111122223333\\nconsumer-process-orders',
  ]);
});

test('a stream without access for its reader has no dashed arrow, and is not folded', async () => {
  const { diagram } = await reviewOf(resolved(tenants(7)), {
    'producer-orders-tenant-3': (json) => {
      statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess').actions = [
        'dynamodb:DescribeStream',
      ];
    },
  });
  const { boxes, dashed } = partsOf(diagram);
  expect(boxes).toEqual([
    '6 accounts\\nproducer-orders-tenant-1 …\\nproducer-orders-tenant-7',
    'account 200000000002\\nproducer-orders-tenant-3',
    'account 111122223333\\nconsumer-process-orders',
  ]);
  expect(dashed).toEqual(['role_0 -> function_0', 'stream_0 -> role_0']);
});

test('a function that writes to a bucket, in the account of the table', async () => {
  const { diagram } = await reviewOf(
    resolved(
      topology({
        'producers.orders.account': 'analytics',
        'consumers.process-orders': { ...consumer('ProcessOrders'), sink: 's3' },
      }),
    ),
  );
  const { boxes, nodes } = partsOf(diagram);
  expect(boxes).toEqual(['account 111122223333\\nproducer-orders\\nconsumer-process-orders']);
  expect(nodes.filter((node) => node.startsWith('sink'))).toEqual([
    expect.stringMatching(/^sink_0 bucket\\nprocess-orders-changes-[0-9a-f]{12}$/),
  ]);
});
