import { loadTopology } from '../../../load/load';
import type { Graph, Node } from '../../../review/model';
import { writeSvg } from '../../../review/report/svg';
import type { ResolvedTopology } from '../../../topology/resolve';
import { type Edit, reviewOf, statement } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { consumer, tenants, topology } from '../../helpers/topology';

async function graphOf(meant: ResolvedTopology, edits: Record<string, Edit> = {}): Promise<Graph> {
  const [summary] = (await reviewOf(meant, edits)).sections;
  const picture = summary?.blocks.find((block) => block.kind === 'graph');
  if (!picture) throw new Error('no picture');
  return picture.graph;
}

/** Groups with the labels of their nodes, and arrows between labels. */
function texts({ groups, edges }: Graph) {
  const of = ({ label }: Node) => label.join(' ');
  return {
    groups: Object.fromEntries(groups.map(({ title, nodes }) => [title, nodes.map(of)])),
    edges: edges.map(({ from, to, kind }) => `${of(from)} ${kind} ${of(to)}`),
  };
}

test('three tenants, with the names of their accounts', async () => {
  const table = 'table and stream Documents customer managed key';
  const mapping = 'event source mapping every change';
  const lambda = 'function MeterDocuments role DocumentMetering';
  expect(texts(await graphOf(loadTopology('topologies/saas-tenants.yaml')))).toEqual({
    groups: {
      'acme 444455556666': [table],
      'globex 777788889999': [table],
      'initech 222233334444': [table],
      'billing 111122223333': [
        mapping,
        lambda,
        'log group /aws/lambda/MeterDocuments',
        'failed batches: bucket metering-failed-batches-4583a1ed016b',
        '18 alarms to topic MeterDocuments-alarms',
      ],
    },
    edges: [
      ...[1, 2, 3].map(() => `${table} changes ${mapping}`),
      `${mapping} changes ${lambda}`,
      `${lambda} changes log group /aws/lambda/MeterDocuments`,
      `${lambda} changes failed batches: bucket metering-failed-batches-4583a1ed016b`,
      `${lambda} alarms 18 alarms to topic MeterDocuments-alarms`,
    ],
  });
});

test('from six on, tenants alike are one', async () => {
  const titles = async (count: number) =>
    (await graphOf(resolved(topology(tenants(count))))).groups.map(({ title }) => title);
  expect(await titles(5)).toHaveLength(6);
  expect(await titles(6)).toEqual(['6 accounts', 'analytics 111122223333']);
});

test('a reader without access is shown as refused, and its table not with the others', async () => {
  const { groups, edges } = await graphOf(resolved(topology(tenants(7))), {
    'producer-orders-tenant-3': (json) => {
      statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess').actions = [
        'dynamodb:DescribeStream',
      ];
    },
  });
  expect(groups.map(({ title }) => title)).toEqual([
    '6 accounts',
    'tenant-3 000000000003',
    'analytics 111122223333',
  ]);
  expect(edges.slice(0, 2).map(({ kind }) => kind)).toEqual(['changes', 'refused']);
});

test('a role that may read without a mapping is shown', async () => {
  const { subscriptions } = topology();
  const parts = await graphOf(resolved(topology({ subscriptions })), {
    'subscription-orders-process-orders': (json) => {
      json.resource = {};
    },
  });
  expect(texts(parts).edges).toContainEqual(
    'table and stream Orders access may read ProcessOrdersRole',
  );
});

test('filters, a disabled mapping, a sink with a bucket, and no alarms', async () => {
  const { groups } = texts(
    await graphOf(
      resolved(
        topology({
          'producers.orders.account': 'analytics',
          'consumers.process-orders': { ...consumer('ProcessOrders'), sink: 's3', alarms: false },
          'subscriptions[0].enabled': false,
          'subscriptions[0].filters': [
            { eventName: ['INSERT'] },
            { dynamodb: { Keys: { OrderId: { S: ['x'.repeat(100)] } } } },
          ],
        }),
      ),
    ),
  );
  expect(groups['analytics 111122223333']).toEqual([
    `event source mapping {"eventName":["INSERT"]} {"dynamodb":{"Keys":{"OrderId":{"S":["${'x'.repeat(46)}… disabled`,
    'function ProcessOrders role ProcessOrdersRole',
    expect.stringMatching(/^sink: bucket process-orders-changes-[0-9a-f]{12}$/),
    expect.stringMatching(/^failed batches: bucket process-orders-failed-batches-[0-9a-f]{12}$/),
  ]);
});

test.each(['saas-tenants', 'shared-table'])(
  'the boxes of %s are inside the picture, and do not overlap',
  async (name) => {
    const svg = writeSvg(await graphOf(loadTopology(`topologies/${name}.yaml`)));
    const [, width, height] = /viewBox="0 -1 (\d+) (\d+)"/.exec(svg) ?? [];
    const boxes = [
      ...svg.matchAll(
        /<g class="(?!account)\w+"><rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g,
      ),
    ].map((match) => match.slice(1).map(Number));
    let bottom = 0;
    for (const [x = 0, y = 0, w = 0, h = 0] of boxes) {
      expect(y).toBeGreaterThan(bottom);
      expect(x + w).toBeLessThan(Number(width));
      bottom = y + h;
    }
    expect(bottom).toBeLessThan(Number(height));
  },
);
