import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../../load/load';
import { compareFolders, compareWithTopology } from '../../../review/comparison/compare';
import type { Finding } from '../../../review/model';
import { writeFinalStacks, writeStacks } from '../../../stacks/synthesize';
import { type Edit, editStack } from '../../helpers/review';
import { tree } from '../../helpers/tree';

const TOPOLOGY = loadTopology('topologies/orders.yaml');
const CONSUMER = 'stacks/consumer-process-orders';
const PRODUCER = 'stacks/producer-orders';
const MAPPING = 'stacks/subscription-orders-process-orders';
const REMEDY = 'if the topology is right, run npm run synth';

const root = mkdtempSync(path.join(tmpdir(), 'compare-'));
const original = path.join(root, 'original');
beforeAll(() => {
  mkdirSync(original);
  writeStacks(TOPOLOGY, original);
});
afterAll(() => rmSync(root, { recursive: true }));

/** What is found in a folder that is synthesized and then changed. */
function compare(change: (folder: string) => void = () => {}, afterInit?: boolean): string[] {
  const folder = mkdtempSync(path.join(root, 'out-'));
  cpSync(original, folder, { recursive: true });
  change(folder);
  return compareFolders(original, folder, afterInit).map(shown);
}

const shown = ({ rule, stops, place, message }: Finding) =>
  `${stops ? '' : 'note: '}${rule === 'comparison' ? place : rule} ${message}`;

function write(folder: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

const written = (file: string, text: string) => compare((folder) => write(folder, file, text));
const edited = (stack: string, edit: Edit) =>
  compare((folder) => editStack(path.join(folder, stack), edit));
const textOf = (file: string) => readFileSync(path.join(original, file), 'utf8');
/** The folder of the function's code, which is named after its content. */
const code = () =>
  path.dirname(Object.keys(tree(original)).find((file) => file.endsWith('/index.mjs')) ?? '');

const changed = (file: string, at = '') =>
  `${file} is not what the topology synthesizes${at}; ${REMEDY}`;
const unknown = (file: string) => `${file} is not of the topology; delete it`;

test('what the topology synthesizes is the same', () => {
  expect(compare()).toEqual([]);
});

describe('a configuration that differs is a finding', () => {
  const file = `${MAPPING}/cdk.tf.json`;

  test('with the address and attribute, without a value', () => {
    const edit: Edit = (json) => {
      const mapping = json.resource?.aws_lambda_event_source_mapping?.event_source_mapping ?? {};
      Object.assign(mapping, { function_name: 'arn:aws:lambda:us-east-1:123456789012:function:X' });
    };
    expect(edited(MAPPING, edit)).toEqual([
      changed(file, ' at aws_lambda_event_source_mapping.event_source_mapping function_name'),
    ]);
  });

  test('of many changes with a few', () => {
    const edit: Edit = (json) => {
      Object.assign(json.resource ?? {}, { a: {}, b: {} });
      Object.assign(json.data ?? {}, { c: { d: {} } });
      Object.assign(json, { module: {}, output: { x: {} } });
    };
    expect(edited(PRODUCER, edit)).toEqual([
      changed(
        `${PRODUCER}/cdk.tf.json`,
        ' at data.c, output.stream_arn, output.table_arn and 5 more',
      ),
    ]);
  });

  test.each([
    [
      'a minor version of a provider',
      '"version": "6.31.0"',
      '"version": "6.99.0"',
      ' at terraform.required_providers.aws.version',
    ],
    [
      'the version that a comment has',
      '"version": "0.21.0"',
      '"version": "0.21.1"',
      ' at //.metadata.version',
    ],
    ['white space', '{\n', '{', ''],
    [
      'a key that appears twice',
      '"metadata": {',
      '"metadata": {}, "metadata": {',
      ' at line 3, where a key is repeated',
    ],
  ])('for %s', (_, before, after, at) => {
    expect(written(file, textOf(file).replace(before, after))).toEqual([changed(file, at)]);
  });

  test('in the manifest too', () => {
    const manifest = textOf('manifest.json').replace('cdk.tf.json', 'metadata.json');
    expect(written('manifest.json', manifest)).toEqual([changed('manifest.json')]);
  });
});

test('every file and folder that is more is a finding, whatever Terraform wrote', () => {
  const files = [
    '.terraform.lock.hcl',
    'README',
    `${CONSUMER}/a\u001b[2K\nall is well`,
    `${code()}/.terraform`,
    `${code()}/lib.zip`,
    `${code()}/plan`,
    `${code()}/terraform.tfstate`,
    `${CONSUMER}/assets/processor_code/other.zip`,
    `${CONSUMER}/lib.zip`,
    `${CONSUMER}/metadata.json`,
    `${CONSUMER}/more.tf`,
    `${CONSUMER}/plan.tf`,
    `${CONSUMER}/terraform.tfstate.auto.tfvars`,
    `${CONSUMER}/terraform.tfstate.tf`,
    `${CONSUMER}/terraform.tfstate.tf.json`,
    `${CONSUMER}/x.auto.tfvars`,
    'stacks/a-file',
  ];
  const found = compare((folder) => {
    for (const file of files) write(folder, file, '');
    write(folder, 'stacks/extra/cdk.tf.json', textOf(`${PRODUCER}/cdk.tf.json`));
  }, true);
  // A terminal would act on the name as it is.
  const names = files.map((file) => file.replace('\u001b[2K\n', '\\u001b[2K\\u000a'));
  expect(found.sort()).toEqual([...names, 'stacks/extra'].map(unknown).sort());
});

test('a stack that is missing and other code of the function are findings', () => {
  const file = `${code()}/index.mjs`;
  const found = compare((folder) => {
    rmSync(path.join(folder, PRODUCER), { recursive: true });
    write(folder, file, 'export const handler = async () => {};');
  });
  expect(found).toEqual([changed(file), `${PRODUCER} is missing; ${REMEDY}`]);
});

test('a link is a finding, whatever it leads to', () => {
  const replaced = [`${CONSUMER}/assets`, `${CONSUMER}/cdk.tf.json`, PRODUCER, 'manifest.json'];
  const added = ['.terraform', 'more', 'plan', 'terraform.tfstate'].map(
    (name) => `${MAPPING}/${name}`,
  );
  const found = compare((folder) => {
    for (const file of replaced) rmSync(path.join(folder, file), { recursive: true });
    for (const file of replaced) symlinkSync(path.join(original, file), path.join(folder, file));
    for (const file of added) symlinkSync(original, path.join(folder, file));
  }, true);
  expect(found.sort()).toEqual(
    [...replaced.map((file) => changed(file)), ...added.map(unknown)].sort(),
  );
});

describe('a folder in which Terraform has run', () => {
  const runTerraform = (folder: string) => {
    for (const stack of [CONSUMER, PRODUCER]) {
      mkdirSync(path.join(folder, stack, '.terraform/providers'), { recursive: true });
      for (const file of [
        '.terraform.lock.hcl',
        'plan',
        'terraform.tfstate',
        'terraform.tfstate.backup',
        'terraform.tfstate.1764179012.backup',
        '.terraform.tfstate.lock.info',
      ]) {
        writeFileSync(path.join(folder, stack, file), '');
      }
    }
    writeFileSync(path.join(folder, `${code()}.zip`), '');
  };

  test('is refused', () => {
    expect(compare(runTerraform)).toEqual([
      `${CONSUMER} Terraform has run in the folders of 2 stacks, and nobody reviewed its providers, modules and plans: review a fresh folder, or all else with --after-init`,
    ]);
  });

  test('is compared all the same, and the rest noted, if that is asked for', () => {
    const note = `note: ${CONSUMER} Terraform has run in the folders of 2 stacks: its providers, modules, plans, states and archives were not compared`;
    expect(compare(runTerraform, true)).toEqual([note]);
    const more = (folder: string) => {
      runTerraform(folder);
      writeFileSync(path.join(folder, PRODUCER, 'more.tf'), '');
    };
    expect(compare(more, true)).toEqual([note, unknown(`${PRODUCER}/more.tf`)]);
  });
});

describe('HCL', () => {
  const hcl = path.join(root, 'hcl');
  beforeAll(() => writeFinalStacks(TOPOLOGY, hcl, true));

  const found = async () => (await compareWithTopology(TOPOLOGY, hcl)).map(shown);

  test('that the topology synthesizes is the same', async () => {
    expect(await found()).toEqual([]);
  });

  test('that differs is a finding, with its own remedy', async () => {
    const edited = [`${PRODUCER}/cdk.tf`, 'stacks.json'];
    for (const file of edited) appendFileSync(path.join(hcl, file), '\n');
    rmSync(path.join(hcl, MAPPING), { recursive: true });
    expect(await found()).toEqual([
      `${changed(`${PRODUCER}/cdk.tf`)}:hcl`,
      `${MAPPING} is missing; ${REMEDY}:hcl`,
      `${changed('stacks.json')}:hcl`,
    ]);
  });

  test('among JSON is a finding', () => {
    expect(written(`${PRODUCER}/cdk.tf`, '')).toEqual([unknown(`${PRODUCER}/cdk.tf`)]);
  });
});

test('a folder that cannot be read is refused in one line', async () => {
  const notAFolder = path.join(original, 'manifest.json');
  await expect(compareWithTopology(TOPOLOGY, notAFolder)).rejects.toThrow(
    `${notAFolder} cannot be read: ENOTDIR`,
  );
});
