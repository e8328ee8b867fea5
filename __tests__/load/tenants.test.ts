import { type StackJson, synthApp } from '../helpers/synth-app';
import { type Overrides, tenants, topology } from '../helpers/topology';

const CONSUMER = 'consumer-process-orders';
/** The longest name: 25 of them fit into the inline policy, and 18 into each managed one. */
const TABLE = 'T'.repeat(255);
const MANAGED: Overrides = {
  'producers.orders.table.name': 'Orders',
  'producers.orders.table.encryption': 'customer-managed',
};
const EXISTING: Overrides = {
  'producers.orders.table': undefined,
  'producers.orders.existingTable': {
    name: 'Orders',
    encryption: { kmsKeyArn: 'arn:aws:kms:us-east-1:999999999999:key/1234' },
  },
  'producers.orders.streamPolicy': { replacesExisting: true },
};

const synthesized = new Map<string, Map<string, StackJson>>();

/** The stacks of so many tenants, each with one table; they are synthesized once. */
function synth(count: number, overrides: Overrides = {}): Map<string, StackJson> {
  const key = JSON.stringify([count, overrides]);
  const stacks = () => {
    const app = synthApp(
      topology({
        ...tenants(count),
        'producers.orders.table.name': TABLE,
        'consumers.process-orders.function.runtime': 'python3.12',
        'consumers.process-orders.function.code': {
          directory: 'lambda-src/python',
          handler: 'index.handler',
        },
        ...overrides,
      }),
    );
    return new Map(app.ids.map((id) => [id, app.json(id)]));
  };
  const found = synthesized.get(key) ?? stacks();
  synthesized.set(key, found);
  return found;
}

/** Blocks by address, such as `resource.aws_iam_role.execution_role`, and the rest by name. */
function blocks({ resource = {}, data = {}, ...rest }: StackJson): Map<string, unknown> {
  const addresses = Object.entries({ resource, data }).flatMap(([kind, types]) =>
    Object.entries(types).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => [`${kind}.${type}.${name}`, block] as const),
    ),
  );
  return new Map<string, unknown>([...addresses, ...Object.entries(rest)]);
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

/** Tenants before one more comes, and what that changes in the consumer's stack. */
const CASES: [string, count: number, Overrides, added: string[], changed: string[]][] = [
  ['a first policy', 1, {}, [], [document('streams')]],
  ['a second policy', 25, {}, policy('streams_1'), [SETTLED]],
  ['a third policy', 43, {}, policy('streams_2'), [SETTLED]],
  ['a policy with the key that the stack makes', 2, MANAGED, [], [document('streams')]],
  ['a policy with a key that exists', 2, EXISTING, [], [document('streams')]],
];

describe.each(CASES)('one tenant more in %s', (_, count, overrides, added, changed) => {
  const before = synth(count, overrides);
  const after = synth(count + 1, overrides);
  const own = (stacks: Map<string, StackJson>) => blocks(stacks.get(CONSUMER) as StackJson);
  const stacks = [
    `producer-orders-tenant-${count}`,
    `subscription-orders-tenant-${count}-process-orders`,
  ];

  test('adds its own two stacks, and changes that of the consumer', () => {
    expect(differences(before, after)).toEqual({ added: stacks, removed: [], changed: [CONSUMER] });
  });

  test('changes nothing of the consumer but what lets it read', () => {
    expect(differences(own(before), own(after))).toEqual({ added, removed: [], changed });
  });
});

test('a further policy changes the order in which the role settles, and nothing else of it', () => {
  const settled = (count: number) => {
    const { resource } = synth(count).get(CONSUMER) ?? {};
    return resource?.terraform_data?.execution_role_settled as { depends_on: string[] };
  };
  const { depends_on, ...rest } = settled(25);
  expect(settled(26)).toEqual({
    ...rest,
    depends_on: [
      ...depends_on,
      'aws_iam_role_policy_attachment.execution_role_streams_1_attachment',
    ],
  });
});
