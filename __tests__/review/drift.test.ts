import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../load/load';
import { driftFrom } from '../../review/drift';
import { readStacks, type Stack } from '../../review/read/stacks';
import type { ResolvedTopology } from '../../topology/resolve';
import { type Edit, synthesizedStacks, writeStacks } from '../helpers/review';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

const TOPOLOGY = loadTopology('topologies/orders.yaml');
const MAPPING = 'resource.aws_lambda_event_source_mapping.event_source_mapping';

const root = mkdtempSync(path.join(tmpdir(), 'drift-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What is found in a folder with these stacks, once it is changed. */
function driftOf(
  topology: ResolvedTopology,
  stacks: readonly Stack[],
  change: (folder: string) => void = () => {},
): string[] {
  const folder = mkdtempSync(path.join(root, 'out-'));
  writeStacks(folder, stacks);
  change(folder);
  return driftFrom(topology, folder, readStacks(folder));
}

const drift = (edits: Record<string, Edit>) =>
  driftOf(TOPOLOGY, synthesizedStacks(TOPOLOGY, edits));

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
  expect(driftOf(newer, synthesizedStacks(older))).toEqual([
    'producer-items is a stack of the topology and missing',
  ]);
  expect(driftOf(older, synthesizedStacks(newer))).toEqual([
    'producer-items is not a stack of the topology',
  ]);
});

describe('a file beside the configuration', () => {
  const changed = (file: string, text: string) =>
    driftOf(TOPOLOGY, synthesizedStacks(TOPOLOGY), (folder) => {
      const place = path.join(folder, 'stacks', file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    });
  test('that Terraform would read as well is named', () => {
    expect(changed('producer-orders/more.tf', '')).toEqual([
      'stacks/producer-orders/more.tf is not of the topology',
    ]);
  });

  test('that is other code of the function is named', () => {
    const source = Object(
      synthesizedStacks(TOPOLOGY).find(({ id }) => id === 'consumer-process-orders')?.json.data
        ?.archive_file?.processor_archive,
    ).source_dir.replace('${path.module}/', '');
    const file = path.join('consumer-process-orders', source, 'index.mjs');
    expect(changed(file, 'export const handler = async () => {};')).toEqual([
      `stacks/${file} is not as the topology synthesizes it`,
    ]);
  });

  test.each([
    'producer-orders/.terraform.lock.hcl',
    'producer-orders/.terraform/providers/aws',
    'producer-orders/plan',
    'consumer-process-orders/assets/processor_code/code.zip',
  ])('that Terraform or cdktf write is not: %s', (file) => {
    expect(changed(file, '')).toEqual([]);
  });
});
