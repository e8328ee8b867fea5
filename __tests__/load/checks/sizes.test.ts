import { FILTERS, IAM, TAGS } from '../../../topology/limits';
import { type Overrides, problemsOf, tenants, topology } from '../../helpers/topology';

const CONSUMER = 'consumers.process-orders';
const ROLE = `${CONSUMER}.role`;
const PRODUCER = 'producers.orders';

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

describe('as many as AWS takes, and not one more,', () => {
  const alternatives = (count: number) => ({
    $or: times(count, (id) => ({ [`a${id}`]: { S: ['a'] } })),
  });

  test.each<[string, number, path: string, (count: number) => unknown, message: string]>([
    [
      'tags besides Topology',
      TAGS.count - 1,
      'tags',
      (count) => Object.fromEntries(times(count, (id) => [`Tag${id}`, 'x'])),
      'tags must be at most 49 tags, since Topology is one of the 50 AWS allows',
    ],
    [
      'filters',
      FILTERS.count,
      'subscriptions[0].filters',
      (count) => times(count, () => ({ eventName: ['INSERT'] })),
      'subscriptions[0].filters must be at most 10 filters',
    ],
    [
      'combinations of $or in a filter',
      40,
      'subscriptions[0].filters',
      (count) => [{ dynamodb: { NewImage: alternatives(25), OldImage: alternatives(count) } }],
      'subscriptions[0].filters[0] must have at most 1000 combinations of what its $or ask for; write several filters',
    ],
    [
      'further managed policies',
      IAM.managedPoliciesPerRole.default,
      `${ROLE}.managedPolicyArns`,
      (count) => times(count, (id) => `arn:aws:iam::aws:policy/P${id}`),
      `${ROLE}.managedPolicyArns must be at most 10 policies, which IAM attaches to a role`,
    ],
  ])('%s', (_, most, path, value, message) => {
    expect(problemsOf(topology({ [path]: value(most) }))).toEqual([]);
    expect(
      problemsOf(topology({ [path]: value(most + 1) })).map((line) => line.replace(/, got .*/, '')),
    ).toEqual([message]);
  });

  test('tags of the topology, an account and a consumer together', () => {
    const tags = (prefix: string, count: number) =>
      Object.fromEntries(times(count, (id) => [`${prefix}${id}`, 'x']));
    const problems = (ofConsumer: number) =>
      problemsOf(
        topology({
          tags: tags('Topology-', 20),
          'accounts.analytics.tags': tags('Account-', 20),
          [`${CONSUMER}.tags`]: { ...tags('Consumer-', ofConsumer), 'Account-1': 'y' },
        }),
      );
    expect(problems(9)).toEqual([]);
    expect(problems(10)).toEqual([
      `${CONSUMER}.tags must be at most 49 tags together with tags and accounts.analytics.tags, since Topology is one of the 50 AWS allows`,
    ]);
  });
});

describe('the policies of a role', () => {
  /** One table of this name in each of so many accounts. */
  const read = (count: number, table = 'Orders'): Overrides => {
    return { ...tenants(count), [`${PRODUCER}.table.name`]: table };
  };
  const attached = (count: number): Overrides => ({
    [`${ROLE}.managedPolicyArns`]: times(count, (id) => `arn:aws:iam::aws:policy/P${id}`),
  });
  const quota = (count: number): Overrides => ({ [`${ROLE}.managedPolicyQuota`]: count });
  const key = (encryption: unknown): Overrides => ({
    [`${PRODUCER}.table.encryption`]: encryption,
  });
  const noReaders: Overrides = { subscriptions: [] };
  const longest = 'T'.repeat(255);
  const problems = (...overrides: Overrides[]) =>
    problemsOf(topology(Object.assign({}, ...overrides)));
  const refused = (most: number, got: number, allowed = 10) => [
    `${CONSUMER} must read at most ${most} streams, got ${got}, since IAM limits the policies of a role; add a second consumer for the rest, or set role.managedPolicyQuota if the account has more than ${allowed}`,
  ];

  test.each<[string, Overrides[]]>([
    ['1,000 tables', [read(1_000)]],
    [
      '1,000 tables with keys of their own, with a quota that was raised',
      [read(1_000), key('customer-managed'), quota(20)],
    ],
    ['ten others, where nothing is read', [attached(10), noReaders]],
    ['twelve others, with a quota that was raised', [attached(12), quota(12)]],
  ])('accepts %s', (_, overrides) => {
    expect(problems(...overrides)).toEqual([]);
  });

  // 25 of the longest name fit into the inline policy, 18 into each managed one.
  test.each<[string, most: number, Overrides[], allowed: number]>([
    ['alone', 25 + 10 * 18, [], 10],
    ['with others', 25 + 2 * 18, [attached(8)], 10],
    ['with as many others as IAM attaches', 25, [attached(10)], 10],
    ['with a quota that was raised', 25 + 25 * 18, [quota(25)], 25],
  ])(
    'accepts as many tables of the longest name as fit %s, and no more',
    (_, most, others, allowed) => {
      expect(problems(read(most, longest), ...others)).toEqual([]);
      expect(problems(read(most + 1, longest), ...others)).toEqual(
        refused(most, most + 1, allowed),
      );
    },
  );

  test.each([
    ['that the stacks make', 'customer-managed'],
    ['that exists', { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' }],
  ])('lets the role read as many tables with a key %s as it says', (_, encryption) => {
    for (const others of [7, 8, 9, 10]) {
      const found = (count: number) => problems(read(count), attached(others), key(encryption));
      const most = Number(/at most (\d+) streams/.exec(found(700)[0] ?? '')?.[1]);
      expect(found(700)).toEqual(refused(most, 700));
      expect([others, found(most)]).toEqual([others, []]);
      expect([others, found(most + 1)]).toEqual([others, refused(most, most + 1)]);
    }
  });

  test('counts the one of what the function itself may call', () => {
    const statement = { actions: ['sns:Publish'], resources: ['*'] };
    const own: Overrides = { [`${ROLE}.statements`]: [statement] };
    expect(problems(read(25 + 18, longest), attached(8), own)).toEqual([]);
    expect(problems(read(25 + 18 + 1, longest), attached(8), own)).toEqual(
      refused(25 + 18, 25 + 18 + 1),
    );
    expect(problems(attached(9), own)).toEqual([]);
    expect(problems(attached(10), own)[0]).toMatch(
      /managedPolicyArns must be at most 10 policies with the one of role.statements, which IAM attaches to a role, got/,
    );
  });

  test('refuses more others than IAM attaches where they are, and not for the streams', () => {
    const [problem, ...more] = problems(attached(11), noReaders);
    expect([problem?.split(' ')[0], more]).toEqual([`${ROLE}.managedPolicyArns`, []]);
  });
});
