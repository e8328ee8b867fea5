import { existsSync, readFileSync } from 'node:fs';
import { type Link, linksIn, tableBelow } from '../helpers/markdown';

const THREATS = 'docs/threats.md';
const NOTHING = '–';

const WHO = [...readFileSync(THREATS, 'utf8').matchAll(/^## (.*)$/gm)].map(([, who = '']) => who);

test('docs/threats.md has everybody who is trusted with something', () => {
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

const threats = WHO.flatMap((who) =>
  tableBelow(who, THREATS).map(([worst = '', ...answers]) => ({ who, worst, answers })),
);

test.each(threats)('threat, $who: $worst has what stops it, what is left, and a test', (row) => {
  expect(row.answers.map((answer) => answer !== '')).toEqual([true, true, true]);
  expectTests(row.answers.at(-1));
});

const guarantees = tableBelow('From the write to the sink', 'docs/guarantees.md').map(
  ([what, effect = '', ...answers]) => ({ what, effect, answers }),
);

test.each(guarantees)('guarantee: $what has an effect, an answer and a test', (row) => {
  expect(row.effect).toMatch(/\b(lost|repeated|overtaken|late|kept|waits)\b/);
  const [prevention, alarm, recovery, tests] = row.answers;
  const answers = [prevention, alarm, recovery].filter((answer) => answer && answer !== NOTHING);
  expect(answers).not.toEqual([]);
  expectTests(tests);
});

/** The cell links to tests that exist: one of that name, a row of `test.each`, or a case in YAML. */
function expectTests(cell: string | undefined): void {
  const links = linksIn(cell);
  expect(links).not.toEqual([]);
  expect(links.filter((link) => !leadsToTest(link))).toEqual([]);
}

function leadsToTest({ text, target }: Link): boolean {
  const file = target.replace(/^\.\.\//, '');
  const name = text.replaceAll(/[.*+?^$(){}|[\]\\]/g, '\\$&');
  const named = new RegExp(`(\\(|\\[|^)\\s*(['"])${name}\\2|^ +${name}:`, 'm');
  return existsSync(file) && named.test(readFileSync(file, 'utf8'));
}
