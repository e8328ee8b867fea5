import { codesIn, linksIn, tableBelow } from '../helpers/markdown';
import { leadingToNoTest } from '../helpers/named-tests';
import { shippedTopologies } from '../helpers/shipped-topologies';

const PAGE = 'docs/guarantees.md';
const NOTHING = '–';

const ROWS = tableBelow('From the write to the sink', PAGE).map(
  ([what = '', effect = '', prevention = '', alarm = '', recovery = '', test = '']) => ({
    what,
    effect,
    answers: [prevention, alarm, recovery],
    alarms: codesIn(alarm),
    tests: linksIn(test),
  }),
);

/** Names of the alarms of the shipped topologies, each without the function and the subscription. */
const ALARMS = new Set(
  shippedTopologies().flatMap(({ topology, stacks }) => {
    const owners = [
      ...topology.consumers.map(({ function: { name } }) => name),
      ...topology.subscriptions.map(({ functionName, stackId }) => `${functionName}-${stackId}`),
    ].sort((one, other) => other.length - one.length);
    return [...stacks.values()]
      .flatMap(({ resource }) => Object.values(resource?.aws_cloudwatch_metric_alarm ?? {}))
      .map((alarm) => String(Reflect.get(alarm, 'alarm_name')))
      .map((name) => name.slice((owners.find((owner) => name.startsWith(owner))?.length ?? 0) + 1));
  }),
);

test('every alarm is in a row', () => {
  expect(new Set(ROWS.flatMap(({ alarms }) => alarms))).toEqual(ALARMS);
});

describe.each(ROWS)('the row: $what', ({ effect, answers, tests }) => {
  test('says what becomes of the change', () => {
    expect(effect).toMatch(/\b(lost|repeated|overtaken|late|kept|waits)\b/);
  });

  test('has something that prevents it, an alarm or a recovery', () => {
    expect(answers.filter((answer) => answer !== '' && answer !== NOTHING)).not.toEqual([]);
  });

  test('has a test that exists', () => {
    expect(tests).not.toEqual([]);
    expect(leadingToNoTest(tests)).toEqual([]);
  });
});
