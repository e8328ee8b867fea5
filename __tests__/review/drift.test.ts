import { driftFrom } from '../../review/drift';
import { loadTopology } from '../../topology/load';
import { type Edit, synthesizedStacks } from '../helpers/review';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

const TOPOLOGY = loadTopology('topologies/orders.yaml');
const MAPPING = 'resource.aws_lambda_event_source_mapping.event_source_mapping';

const drift = (edits: Record<string, Edit>) =>
  driftFrom(TOPOLOGY, synthesizedStacks(TOPOLOGY, edits));

test('there is none in what the topology synthesizes', () => {
  expect(drift({})).toEqual([]);
});

test('a change by hand is named by its place, without a value', () => {
  const edit: Edit = (json) => {
    const mapping = json.resource?.aws_lambda_event_source_mapping?.event_source_mapping ?? {};
    Object.assign(mapping, { function_name: 'arn:aws:lambda:us-east-1:123456789012:function:X' });
  };
  expect(drift({ 'subscription-orders-process-orders': edit })).toEqual([
    `subscription-orders-process-orders ${MAPPING}.function_name is not as the topology synthesizes it`,
  ]);
});

test('of many changes in a stack a few are named', () => {
  const edit: Edit = (json) => {
    Object.assign(json.resource ?? {}, { a: {}, b: {}, c: {}, d: {}, e: {} });
  };
  expect(drift({ 'producer-orders': edit })).toEqual([
    ...['a', 'b', 'c'].map(
      (name) => `producer-orders resource.${name} is not as the topology synthesizes it`,
    ),
    'producer-orders has 2 more such places',
  ]);
});

test('stacks of an older topology are named, and those that it lacks', () => {
  const older = resolved(topology({ 'producers.items': undefined }));
  const newer = resolved(
    topology({
      'producers.items': {
        account: 'shop',
        table: { name: 'Items', partitionKey: { name: 'Id', type: 'S' } },
      },
    }),
  );
  expect(driftFrom(newer, synthesizedStacks(older))).toEqual([
    'producer-items is a stack of the topology and missing',
  ]);
  expect(driftFrom(older, synthesizedStacks(newer))).toEqual([
    'producer-items is not a stack of the topology',
  ]);
});
