import { readFileSync } from 'node:fs';
import { linksIn, tableBelow } from '../helpers/markdown';
import { leadingToNoTest } from '../helpers/named-tests';

const PAGE = 'docs/threats.md';

const WHO = [...readFileSync(PAGE, 'utf8').matchAll(/^## (.*)$/gm)].map(([, who = '']) => who);

const ROWS = WHO.flatMap((who) =>
  tableBelow(who, PAGE).map(([worst = '', ...answers]) => ({
    who,
    worst,
    answers,
    tests: linksIn(answers.at(-1)),
  })),
);

test('all who are trusted with something are there', () => {
  expect(WHO).toEqual([
    'Tenant',
    "Tenant's administrator",
    'Function code',
    'Contributor',
    'Deployer of one account',
    'Writer of the state',
    'Invoker',
  ]);
});

describe.each(ROWS)('$who: $worst', ({ answers, tests }) => {
  test('says what stops more and what is left, and has a test that exists', () => {
    expect(answers.map((answer) => answer !== '')).toEqual([true, true, true]);
    expect(tests).not.toEqual([]);
    expect(leadingToNoTest(tests)).toEqual([]);
  });
});
