import type { Cause } from '../../../operate/doctor/cause';
import { withoutHidden } from '../../../operate/doctor/following';
import { noCredentials, roleNotAssumed } from '../../../operate/doctor/read/accounts';
import { reportLines, reportOf } from '../../../operate/doctor/report';
import { factsOf } from './support/facts';

const cause = (stack: string, account = 'shop'): Cause => ({
  cause: 'not-deployed',
  account,
  stack,
  part: 'state',
  message: 'it is not deployed',
  remedy: `\`npm run deploy -- ${stack}\``,
});

/** As `--json` has it, of a remedy with one command. */
const reported = (each: Cause) => {
  const [, command] = each.remedy.split('`');
  return { ...each, remedy: each.remedy.replaceAll('`', ''), commands: [command] };
};

const TWO = factsOf({
  'subscriptions[1]': { producer: 'orders', consumer: 'audit' },
  'consumers.audit': { account: 'analytics', role: { name: 'A' }, function: { name: 'Audit' } },
});

test('a healthy subscription works, and what was checked is said', () => {
  const examination = { facts: factsOf(), causes: [] };
  expect(reportOf(examination)).toEqual({
    works: true,
    subscriptions: [
      { subscription: 'subscription-orders-process-orders', works: true, causes: [] },
    ],
    causes: [],
  });
  expect(reportLines(examination)).toEqual([
    'subscription-orders-process-orders  works; no records were read in the last 24 hours',
    '',
    '1 subscription without a cause; checked: credentials, states and locks, roles, streams, policies, keys, mappings, functions, metrics, failed batches, alarms',
  ]);
});

test('on a terminal causes are red, and what AWS says cannot act on it', () => {
  const examination = {
    facts: factsOf(),
    causes: [{ ...cause('producer-orders'), message: 'no\x1b[2J\nclear' }],
  };
  expect(reportLines(examination, true)).toEqual([
    'subscription-orders-process-orders  \x1b[31mnot-deployed\x1b[39m',
    '',
    '\x1b[31mnot-deployed\x1b[39m \x1b[1mshop, producer-orders, state\x1b[22m',
    String.raw`  no\u001b[2J clear`,
    '  To do:',
    '    npm run deploy -- producer-orders',
    '',
    '1 cause; 0 of 1 subscription without one',
  ]);
});

test('each command is whole on a line of its own, and words are on others', () => {
  const remedy =
    'if it is this one: `terraform import a b`; docs/repair.md has more; then `npm run deploy`. Wait';
  const examination = { facts: factsOf(), causes: [{ ...cause('producer-orders'), remedy }] };
  expect(reportLines(examination).slice(4, -2)).toEqual([
    '  To do: if it is this one:',
    '    terraform import a b',
    '  docs/repair.md has more; then',
    '    npm run deploy',
    '  Wait',
  ]);
  expect(reportOf(examination).subscriptions[0]?.causes).toMatchObject([
    {
      remedy:
        'if it is this one: terraform import a b; docs/repair.md has more; then npm run deploy. Wait',
      commands: ['terraform import a b', 'npm run deploy'],
    },
  ]);
});

test('a subscription that is off is not said to work', () => {
  const facts = factsOf({ 'subscriptions[0].enabled': false });
  expect(reportLines({ facts, causes: [] })[0]).toBe(
    'subscription-orders-process-orders  is off, as the topology says (enabled: false)',
  );
});

test('a cause of one subscription is its own, one of several is said once', () => {
  const one = cause('consumer-audit', 'analytics');
  const several = cause('producer-orders');
  expect(reportOf({ facts: TWO, causes: [one, several] })).toEqual({
    works: false,
    subscriptions: [
      { subscription: 'subscription-orders-process-orders', works: false, causes: [] },
      { subscription: 'subscription-orders-audit', works: false, causes: [reported(one)] },
    ],
    causes: [reported(several)],
  });
});

test('causes that differ only in their stacks are printed once', () => {
  const stacks = ['producer-orders', ...[1, 2, 3].map((tenant) => `consumer-${tenant}`)];
  const tenants = stacks.map((stack, index) => {
    return { ...cause(stack, `account-${index}`), message: `${stack} is not deployed` };
  });
  const other = { ...cause('consumer-audit'), message: 'it is locked' };
  expect(reportLines({ facts: TWO, causes: [...tenants, other] }).slice(2)).toEqual([
    '',
    'not-deployed account-0, account-1, account-2 and 1 more, producer-orders, consumer-1, consumer-2 and 1 more, state',
    '  <stack> is not deployed',
    '  To do:',
    '    npm run deploy -- <stack>',
    '',
    'not-deployed shop, consumer-audit, state',
    '  it is locked',
    '  To do:',
    '    npm run deploy -- consumer-audit',
    '',
    '5 causes; 0 of 2 subscriptions without one',
  ]);
});

test('a cause of an account concerns all of its subscriptions, and is said once', () => {
  const refused = roleNotAssumed('shop', 'arn:aws:iam::444455556666:role/Deploy', {
    name: 'AccessDenied',
    message: 'not authorized',
  });
  const examination = { facts: factsOf(), causes: [refused] };
  expect(reportOf(examination)).toMatchObject({
    causes: [reported(refused)],
    subscriptions: [{ works: false, causes: [] }],
  });
  expect(reportLines(examination)).toEqual([
    'subscription-orders-process-orders  role-not-assumed',
    '',
    'role-not-assumed shop, credentials',
    '  the role arn:aws:iam::444455556666:role/Deploy cannot be assumed (AccessDenied: not authorized)',
    "  To do: let the role's trust policy name you, and your own policies allow sts:AssumeRole on it; try it:",
    '    aws sts assume-role --role-arn arn:aws:iam::444455556666:role/Deploy --role-session-name doctor',
    '',
    '1 cause; 0 of 1 subscription without one',
  ]);
});

test('a network without AWS is not taken for missing credentials', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
  });
  expect(noCredentials(error)).toMatchObject({
    cause: 'not-readable',
    message: 'AWS cannot be reached (ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1)',
  });
});

test('what follows from a stack that is not deployed is not said', () => {
  const follows = { ...cause('producer-orders'), cause: 'policy-missing' } as const;
  const other = { ...cause('producer-other'), cause: 'policy-missing' } as const;
  expect(withoutHidden([cause('producer-orders'), follows, other])).toEqual([
    cause('producer-orders'),
    other,
  ]);
  expect(withoutHidden([cause(''), follows, other])).toEqual([cause('')]);
});
