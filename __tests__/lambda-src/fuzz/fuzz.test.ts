import fc from 'fast-check';
import { allAtOnce } from '../../../lambda-src/runtime/all-at-once';
import { concurrently } from '../../../lambda-src/runtime/concurrently';
import { oneByOne } from '../../../lambda-src/runtime/one-by-one';
import { scenario } from './scenario';
import { type Subject, violationsOf } from './violations';
import { VirtualClock } from './virtual-clock';
import * as weakened from './weakened';

/** Longer and with other cases: `FUZZ_RUNS=20000 FUZZ_SEED=7 npm test -- fuzz`. */
const { FUZZ_RUNS = '100', FUZZ_SEED = '20260101' } = process.env;
const PARAMETERS = { numRuns: Number(FUZZ_RUNS), seed: Number(FUZZ_SEED) };

jest.setTimeout(60_000 + PARAMETERS.numRuns * 200);

const clock = new VirtualClock();
beforeEach(() => clock.install());
afterEach(() => clock.uninstall());

const subject = (runBatch: Subject['runBatch'], ahead = 0, rules = {}): Subject => ({
  runBatch,
  ahead,
  repeatsNothing: ahead === 0,
  endsInTime: true,
  isolates: true,
  ...rules,
});

const several = (concurrency: number) =>
  subject((work) => concurrently(work as never, { concurrency }), 10 * concurrency - 1);

/** A batch processor that takes one change after the other. */
const batches = (repeatWhole: boolean) =>
  subject(
    (work) =>
      allAtOnce(
        async (changes, context) => {
          for (const change of changes) await work(change, context);
        },
        { repeatWhole },
      ),
    0,
    { repeatsNothing: false, endsInTime: false, isolates: !repeatWhole },
  );

test.each<[string, Subject]>([
  ['one by one', subject((work) => oneByOne(work as never))],
  ['two at a time', several(2)],
  ['ten at a time', several(10)],
  ['a batch', batches(false)],
  ['a batch that is repeated whole', batches(true)],
])(
  '%s: in order, nothing lost, only what is bad discarded, whatever fails on the way',
  async (_, one) => {
    const keeps = fc.asyncProperty(scenario, async (given) => {
      expect(await violationsOf(one, given, clock)).toEqual([]);
    });
    await fc.assert(keeps, PARAMETERS);
  },
);

describe('finds a handler that', () => {
  test.each<[string, Subject['runBatch'], RegExp]>([
    ['takes all in parallel', weakened.inParallel, /^\d+ begins (before|while)/],
    ['goes on past a failure', weakened.goesOnPastAFailure, /^\d+ begins after \d+ failed/],
    ['always reports', weakened.alwaysReports, /^\d+ is discarded, and good/],
    ['always throws', weakened.alwaysThrows, /^\d+ throws although it has done/],
    [
      'begins nothing after a failure',
      weakened.beginsNothingAfterAFailure,
      /^\d+ reports \d+, which did not fail/,
    ],
    ['acknowledges all', weakened.acknowledgesAll, /^\d+ acknowledges \d+, which is not done/],
    ['knows no time', weakened.knowsNoTime, /^\d+ times out/],
  ])('%s', async (_, runBatch, violation) => {
    const keeps = fc.asyncProperty(scenario, async (given) => {
      const violations = await violationsOf(
        subject(runBatch, 39, { repeatsNothing: true }),
        given,
        clock,
      );
      return !violations.some((one) => violation.test(one));
    });
    const { failed } = await fc.check(keeps, { ...PARAMETERS, endOnFailure: true });
    expect(failed).toBe(true);
  });
});
