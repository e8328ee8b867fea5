import { type StackJson, synthApp } from '../helpers/synth-app';
import { type Content, type Overrides, producer, topology } from '../helpers/topology';

const CONSUMER = 'consumer-process-orders';

/** The consumer, from a prepared folder, and one table in each of so many accounts. */
function tenants(count: number, overrides: Overrides = {}): Content {
  const names = Array.from({ length: count }, (_, index) => `tenant-${index}`);
  return topology({
    accounts: {
      analytics: { id: '111122223333', region: 'us-east-1' },
      ...Object.fromEntries(
        names.map((name, index) => [
          name,
          { id: String(index).padStart(12, '0'), region: 'us-east-1' },
        ]),
      ),
    },
    'consumers.process-orders.function': {
      name: 'ProcessOrders',
      runtime: 'python3.12',
      code: { directory: 'lambda-src/python', handler: 'index.handler' },
    },
    'producers.orders': { ...producer('Orders'), account: undefined, accounts: names },
    ...overrides,
  });
}

const synthesized = new Map<string, Map<string, StackJson>>();

/** The configuration of every stack of so many tenants; each is synthesized once. */
function synth(count: number, overrides: Overrides = {}): Map<string, StackJson> {
  const key = JSON.stringify([count, overrides]);
  const known = synthesized.get(key);
  if (known) return known;
  const app = synthApp(tenants(count, overrides));
  const stacks = new Map(app.ids.map((id) => [id, app.json(id)]));
  synthesized.set(key, stacks);
  return stacks;
}

const consumerOf = (count: number) => synth(count).get(CONSUMER);

/** Blocks by address, such as `resource.aws_iam_role.execution_role`, and the rest by name. */
function blocks(stack: StackJson | undefined): Map<string, string> {
  const { resource = {}, data = {}, ...rest } = stack ?? {};
  return new Map([
    ...Object.entries({ resource, data }).flatMap(([kind, types]) =>
      Object.entries(types).flatMap(([type, named]) =>
        Object.entries(named).map(([name, block]): [string, string] => [
          `${kind}.${type}.${name}`,
          JSON.stringify(block),
        ]),
      ),
    ),
    ...Object.entries(rest).map(([key, value]): [string, string] => [key, JSON.stringify(value)]),
  ]);
}

/** What is in one map only, or is different in the other. */
function differences(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>) {
  const text = (value: unknown) => JSON.stringify(value);
  return {
    added: [...after.keys()].filter((key) => !before.has(key)),
    removed: [...before.keys()].filter((key) => !after.has(key)),
    changed: [...after.keys()].filter(
      (key) => before.has(key) && text(before.get(key)) !== text(after.get(key)),
    ),
  };
}

const document = (name: string) => `data.aws_iam_policy_document.execution_role_${name}_policy`;

/** What a further policy, with the tenant as its first, adds to the consumer's stack. */
const policy = (name: string) => [
  `resource.aws_iam_policy.execution_role_${name}`,
  `resource.aws_iam_role_policy_attachment.execution_role_${name}_attachment`,
  document(name),
];
const SETTLED = 'resource.terraform_data.execution_role_settled';

const MANAGED: Overrides = { 'producers.orders.table.encryption': 'customer-managed' };
const EXISTING: Overrides = {
  'producers.orders.table': undefined,
  'producers.orders.existingTable': {
    name: 'Orders',
    encryption: { kmsKeyArn: 'arn:aws:kms:us-east-1:999999999999:key/1234' },
  },
  'producers.orders.streamPolicy': { replacesExisting: true },
};

/** Tenants before one more comes, and what that changes in the consumer's stack. */
const CASES: [string, count: number, Overrides, added: string[], changed: string[]][] = [
  ['a first policy', 1, {}, [], [document('streams')]],
  ['a first policy that is filled', 123, {}, [], [document('streams')]],
  ['a second policy', 124, {}, policy('streams_1'), [SETTLED]],
  ['a second policy that is there', 125, {}, [], [document('streams_1')]],
  ['a third policy', 216, {}, policy('streams_2'), [SETTLED]],
  ['a policy with the key that the stack makes', 2, MANAGED, [], [document('streams')]],
  ['a policy with a key that exists', 2, EXISTING, [], [document('streams')]],
];

describe.each(CASES)('one tenant more in %s', (_, count, overrides, added, changed) => {
  const before = synth(count, overrides);
  const after = synth(count + 1, overrides);
  const stacks = [
    `producer-orders-tenant-${count}`,
    `subscription-orders-tenant-${count}-process-orders`,
  ];

  test('adds its own two stacks, and changes that of the consumer', () => {
    expect(differences(before, after)).toEqual({ added: stacks, removed: [], changed: [CONSUMER] });
  });

  test('changes nothing of the consumer but what lets it read', () => {
    expect(differences(blocks(before.get(CONSUMER)), blocks(after.get(CONSUMER)))).toEqual({
      added: added,
      removed: [],
      changed,
    });
  });

  test('and the last one less is the same the other way round', () => {
    expect(differences(after, before)).toEqual({ added: [], removed: stacks, changed: [CONSUMER] });
    expect(differences(blocks(after.get(CONSUMER)), blocks(before.get(CONSUMER)))).toEqual({
      added: [],
      removed: added,
      changed,
    });
  });
});

test('a further policy changes the order in which the role settles, and nothing else of it', () => {
  const settled = (count: number) => {
    return consumerOf(count)?.resource?.terraform_data?.execution_role_settled ?? {};
  };
  const { depends_on: before, ...restBefore } = settled(124) as { depends_on: string[] };
  const { depends_on: after, ...restAfter } = settled(125) as { depends_on: string[] };
  expect(restAfter).toEqual(restBefore);
  expect(after).toEqual([
    ...before,
    'aws_iam_role_policy_attachment.execution_role_streams_1_attachment',
  ]);
});

test('one tenant more adds one resource to the end of the policy document', () => {
  const resources = (count: number) => {
    const { data } = consumerOf(count) ?? {};
    const block = data?.aws_iam_policy_document?.execution_role_streams_policy ?? {};
    return (Reflect.get(block, 'statement') as { resources: string[] }[]).map(
      (statement) => statement.resources,
    );
  };
  expect(resources(4)).toEqual([
    [...(resources(3)[0] ?? []), 'arn:aws:dynamodb:us-east-1:000000000003:table/Orders/stream/*'],
  ]);
});
