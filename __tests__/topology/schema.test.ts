import { topologySchema } from '../../topology/schema';
import { consumer, problemsOf, producer, topology } from '../helpers/topology';

const EMPTY = { accounts: {}, consumers: {}, producers: {}, subscriptions: [] };
const LEFT_OUT = { consumers: undefined, producers: undefined, subscriptions: undefined };

test.each([
  ['producers', { producers: topology().producers }],
  ['consumers', { consumers: topology().consumers }],
])('may have %s alone', (_, section) => {
  const content = topology({ ...LEFT_OUT, ...section });
  expect(problemsOf(content)).toEqual([]);
  const { consumers, producers, subscriptions } = topologySchema.parse(content);
  expect({ consumers, producers, subscriptions }).toMatchObject({
    consumers: {},
    producers: {},
    subscriptions: [],
    ...section,
  });
});

test.each([
  ['left out', LEFT_OUT],
  ['empty', EMPTY],
])('refuses consumers and producers that are %s', (_, sections) => {
  expect(problemsOf(topology(sections))).toEqual(['must have a consumer or a producer']);
});

test.each([[undefined], [null], ['orders'], [5], [[]]])('refuses %j as a topology', (content) => {
  const must =
    'must be a mapping with the keys name, tags, awsProviderVersion, state, accounts, consumers, producers, subscriptions';
  expect(problemsOf(content)).toEqual([
    content === undefined ? `is missing; it ${must}` : `${must}, got ${JSON.stringify(content)}`,
  ]);
});

describe('names that the user chooses', () => {
  const RULE = 'must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first';
  type Section = 'accounts' | 'consumers' | 'producers';

  /** The sections with one entry of this name beside those of the minimal topology. */
  function named(section: Section, name: string) {
    const entry = {
      accounts: { id: '777777777777', region: 'us-east-1' },
      consumers: consumer('Named'),
      producers: producer('Named'),
    }[section];
    const content = topology();
    // An assignment would not make a key of __proto__, as YAML does.
    Object.defineProperty(content[section], name, { value: entry, enumerable: true });
    return content;
  }

  describe.each<[Section, string]>([
    ['accounts', 'an account'],
    ['consumers', 'a consumer'],
    ['producers', 'a producer'],
  ])('in %s', (section, what) => {
    test.each([['a'], ['tenant-a1'], ['constructor'], ['a'.repeat(64)]])('may be %s', (key) => {
      expect(problemsOf(named(section, key))).toEqual([]);
    });

    test.each([...['Tenant', 'tenant_a', 'tenant a', '1', '', '-a', 'tenant.a', 'toString']])(
      'refuse %j',
      (key) => {
        const problems = problemsOf(named(section, key));
        expect(problems.map((problem) => problem.replace(/, got .*/, ''))).toEqual([
          `${section}.${key} ${RULE}`,
        ]);
      },
    );

    test('refuse "__proto__"', () => {
      expect(problemsOf(named(section, '__proto__'))).toEqual([
        `${section}.__proto__ must not be named __proto__; choose another name`,
      ]);
    });

    test.each([[null], [['a']], ['text']])('refuse %j in place of the names', (value) => {
      expect(problemsOf(topology({ ...EMPTY, [section]: value }))).toEqual([
        `${section} must be a mapping from the name of ${what} to its settings, got ${JSON.stringify(value)}`,
      ]);
    });
  });
});
