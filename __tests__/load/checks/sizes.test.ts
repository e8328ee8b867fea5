import { FILTERS, IAM, TAGS } from '../../../topology/limits';
import { type Overrides, problemsOf, producer, topology } from '../../helpers/topology';

const CONSUMER = 'consumers.process-orders';
const ROLE = `${CONSUMER}.role`;
const PRODUCER = 'producers.orders';

describe('as many as AWS takes, and not one more,', () => {
  const times = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  const alternatives = (count: number) => ({
    $or: times(count, (id) => ({ [`a${id}`]: { S: ['a'] } })),
  });

  test.each<[string, number, path: string, (count: number) => unknown, message: string]>([
    [
      'tags beside Topology',
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
});

describe('the policies of a role', () => {
  /** One table in each of so many accounts. */
  const tenants = (count: number, table = 'Orders'): Overrides => {
    const names = Array.from({ length: count }, (_, index) => `tenant-${index}`);
    return {
      accounts: {
        analytics: { id: '111122223333', region: 'us-east-1' },
        ...Object.fromEntries(
          names.map((name, index) => [
            name,
            { id: String(index).padStart(12, '0'), region: 'us-east-1' },
          ]),
        ),
      },
      [PRODUCER]: { ...producer(table), account: undefined, accounts: names },
    };
  };
  const attached = (count: number): Overrides => ({
    [`${ROLE}.managedPolicyArns`]: Array.from(
      { length: count },
      (_, index) => `arn:aws:iam::aws:policy/P${index}`,
    ),
  });
  const longest = 'T'.repeat(255);
  const refused = (most: number, got: number, quota = 10) => [
    `${CONSUMER} must read at most ${most} streams, got ${got}, since IAM limits the policies of a role; add a second consumer for the rest, or set role.managedPolicyQuota if the account has more than ${quota}`,
  ];

  test.each<[string, Overrides]>([
    ['1,000 tables', tenants(1_000)],
    // 25 of the longest name fit into the inline policy, 18 into each managed one.
    ['as many of the longest name as fit', tenants(25 + 10 * 18, longest)],
    [
      'as many of the longest name as fit beside others',
      { ...tenants(25 + 2 * 18, longest), ...attached(8) },
    ],
    [
      'as many of the longest name as fit beside as many others as IAM attaches',
      { ...tenants(25, longest), ...attached(10) },
    ],
    [
      'as many of the longest name as fit with a quota that was raised',
      { ...tenants(25 + 25 * 18, longest), [`${ROLE}.managedPolicyQuota`]: 25 },
    ],
    [
      '1,000 tables with keys of their own, with a quota that was raised',
      {
        ...tenants(1_000),
        [`${PRODUCER}.table.encryption`]: 'customer-managed',
        [`${ROLE}.managedPolicyQuota`]: 20,
      },
    ],
    ['ten others, where nothing is read', { ...attached(10), subscriptions: [] }],
    [
      'twelve others, with a quota that was raised',
      { ...attached(12), [`${ROLE}.managedPolicyQuota`]: 12 },
    ],
  ])('accepts %s', (_, overrides) => {
    expect(problemsOf(topology(overrides))).toEqual([]);
  });

  test.each<[string, Overrides, string[]]>([
    ['one table more of the longest name than fits', tenants(206, longest), refused(205, 206)],
    [
      'one table more of the longest name than fits with a quota that was raised',
      { ...tenants(476, longest), [`${ROLE}.managedPolicyQuota`]: 25 },
      refused(475, 476, 25),
    ],
    [
      'one table more than fits beside others',
      { ...tenants(62, longest), ...attached(8) },
      refused(61, 62),
    ],
    [
      'one table more than fits beside as many others as IAM attaches',
      { ...tenants(26, longest), ...attached(10) },
      refused(25, 26),
    ],
  ])('refuses %s', (_, overrides, problems) => {
    expect(problemsOf(topology(overrides))).toEqual(problems);
  });

  test.each([
    ['that the stacks make', 'customer-managed'],
    ['that exists', { kmsKeyArn: 'arn:aws:kms:us-east-1:444455556666:key/1234' }],
  ])('lets the role read as many tables with a key %s as it says', (_, encryption) => {
    for (const others of [7, 8, 9, 10]) {
      const problems = (count: number) =>
        problemsOf(
          topology({
            ...tenants(count),
            ...attached(others),
            [`${PRODUCER}.table.encryption`]: encryption,
          }),
        );
      const [problem = ''] = problems(700);
      const most = Number(/at most (\d+) streams/.exec(problem)?.[1]);
      expect(problems(700)).toEqual(refused(most, 700));
      expect([others, problems(most)]).toEqual([others, []]);
      expect([others, problems(most + 1)]).toEqual([others, refused(most, most + 1)]);
    }
  });

  test('refuses more others than IAM attaches where they stand, and not for the streams', () => {
    const problems = problemsOf(topology({ ...attached(11), subscriptions: [] }));
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([`${ROLE}.managedPolicyArns`]);
  });
});
