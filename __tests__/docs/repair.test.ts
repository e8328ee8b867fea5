import { roleName } from '../../topology/arns';
import { codesIn, rowsOf, tableBelow } from '../helpers/markdown';
import {
  type SynthesizedTopology,
  shippedTopologies,
  withStacks,
} from '../helpers/shipped-topologies';
import { resolved, type StackJson } from '../helpers/synth-app';
import { tenants, topology } from '../helpers/topology';

interface Resource {
  readonly address: string;
  readonly block: Readonly<Record<string, unknown>>;
  /** What the placeholders of the page stand for in the resource's stack. */
  readonly names: Readonly<Record<string, string>>;
  readonly siblings: Blocks;
}

type Blocks = NonNullable<StackJson['resource']>;

/** Address and ID of each row; `*` stands for the rest of a name. */
const ROWS = tableBelow('Addresses and IDs', 'docs/repair.md').map(([, address, id]) => ({
  address: codesIn(address)[0] ?? '',
  id: id ?? '',
}));

/** With a managed state bucket, a key and concurrency of the consumer, and a role of all its policies: it reads more streams than fit into one. */
const LARGE = withStacks(
  resolved(
    topology({
      'state.manage': true,
      ...tenants(150),
      'consumers.process-orders.encryption': 'customer-managed',
      'consumers.process-orders.function.reservedConcurrentExecutions': 100,
      'consumers.process-orders.function.vpc': {
        subnetIds: ['subnet-0123abcd'],
        securityGroupIds: ['sg-0123abcd'],
      },
      'consumers.process-orders.role.statements': [{ actions: ['sns:Publish'], resources: ['*'] }],
    }),
  ),
);

const RESOURCES = [...shippedTopologies(), LARGE].flatMap(resourcesOf);

/** The attributes that IDs are, where the topology file chooses them. */
const ID_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_iam_role: 'name',
  aws_lambda_function: 'function_name',
  aws_cloudwatch_log_group: 'name',
  aws_cloudwatch_dashboard: 'dashboard_name',
  aws_cloudwatch_metric_alarm: 'alarm_name',
  aws_kms_alias: 'name',
  aws_athena_workgroup: 'name',
  aws_dynamodb_table: 'name',
};

test.each(ROWS)('$address is the address of a resource', ({ address }) => {
  expect(RESOURCES.filter((resource) => matches(address, resource.address))).not.toEqual([]);
});

test('every resource can be imported by one row', () => {
  const rows = RESOURCES.filter(({ address }) => address.startsWith('aws_')).map(({ address }) => ({
    address,
    rows: ROWS.filter((row) => matches(row.address, address)).length,
  }));
  expect(rows.filter((row) => row.rows !== 1)).toEqual([]);
});

test('IDs that the topology file chooses are those of the resources', () => {
  const compared = RESOURCES.flatMap(({ address, block, names, siblings }) => {
    const attribute = ID_ATTRIBUTES[address.split('.')[0] ?? ''];
    if (attribute === undefined) return [];
    const row = ROWS.find((candidate) => matches(candidate.address, address));
    const [template = ''] = /^`(.*?)`/.exec(row?.id ?? '')?.slice(1) ?? [];
    const id = template.replaceAll(/<\w+>/g, (placeholder) => names[placeholder] ?? placeholder);
    return [{ address, id, actual: resolve(String(block[attribute]), siblings) }];
  });
  expect(compared.length).toBeGreaterThan(0);
  expect(compared.filter(({ id, actual }) => !matches(id, actual))).toEqual([]);
});

test('every alarm is in a row of docs/guarantees.md, docs/alarms.md and docs/runbook.md', () => {
  const names = RESOURCES.filter(({ address }) =>
    address.startsWith('aws_cloudwatch_metric_alarm.'),
  ).map(({ block, names }) => {
    const owner = [names['<function>'], names['<stack>']].filter(Boolean).join('-');
    return String(block.alarm_name).slice(owner.length + 1);
  });
  const rows = tableBelow('From the write to the sink', 'docs/guarantees.md');
  expect(new Set(rows.flatMap((row) => codesIn(row[3])))).toEqual(new Set(names));
  const listed = rowsOf('docs/alarms.md').map(([alarm]) => codesIn(alarm)[0]);
  expect(listed.sort()).toEqual([...new Set(names)].sort());
  const seen = RUNBOOK.flatMap(([symptom]) => codesIn(symptom));
  expect(seen).toEqual(expect.arrayContaining(names));
});

const RUNBOOK = rowsOf('docs/runbook.md');

test.each(RUNBOOK)('%s: the runbook names the command, the cause and what to do', (_, ...cells) => {
  expect(cells).toHaveLength(3);
  expect(cells.filter((cell) => cell === '')).toEqual([]);
  expect(cells[0]).toMatch(/^`npm run [a-z]+/);
});

function resourcesOf({ topology, stacks }: SynthesizedTopology): Resource[] {
  const names = new Map<string, Record<string, string>>();
  for (const {
    stackId,
    role,
    function: { name },
    account,
  } of topology.consumers) {
    names.set(stackId, {
      '<role>': roleName(role.arn),
      '<function>': name,
      '<Region>': account.region,
    });
  }
  for (const { stackId, source } of topology.producers) {
    names.set(stackId, { '<table>': source.name });
  }
  for (const { stackId, functionName } of topology.subscriptions) {
    names.set(stackId, { '<function>': functionName, '<stack>': stackId });
  }
  return [...stacks].flatMap(([stackId, { resource = {} }]) =>
    Object.entries(resource).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([name, block]) => ({
        address: `${type}.${name}`,
        block: { ...block },
        names: names.get(stackId) ?? {},
        siblings: resource,
      })),
    ),
  );
}

/** The text with the values that references to other resources of the stack stand for. */
function resolve(text: string, blocks: Blocks): string {
  return text.replaceAll(/\$\{(\w+)\.(\w+)\.(\w+)\}/g, (reference, type, name, attribute) =>
    String(Reflect.get(blocks[type]?.[name] ?? {}, attribute) ?? reference),
  );
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\w-]+')}$`).test(text);
}
