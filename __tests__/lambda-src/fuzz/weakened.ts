import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import type { Failure } from '../../../lambda-src/runtime/failure';
import { oneByOne } from '../../../lambda-src/runtime/one-by-one';
import type { Outcome, RunBatch } from '../../../lambda-src/runtime/run-batch';
import type { StreamRecord } from '../../../lambda-src/runtime/stream-event';
import { TimeLimit } from '../../../lambda-src/runtime/time-limit';
import type { Work } from './violations';

type Weakened = (work: Work) => RunBatch;

/** One by one, with another outcome. */
const changed =
  (change: (outcome: Outcome) => Outcome): Weakened =>
  (work) => {
    const runBatch = oneByOne(work as never);
    return async (records, invocation) => change(await runBatch(records, invocation));
  };

const thrown =
  (isThrown: boolean) =>
  (outcome: Outcome): Outcome =>
    outcome.failure ? { ...outcome, failure: { ...outcome.failure, thrown: isThrown } } : outcome;

export const alwaysReports = changed(thrown(false));
export const alwaysThrows = changed(thrown(true));
export const acknowledgesAll = changed(({ processed }) => ({ processed }));

/** As if it had all the time that a function can have. */
export const knowsNoTime: Weakened = (work) => (records, invocation) =>
  oneByOne(work as never)(records, { ...invocation, getRemainingTimeInMillis: () => 900_000 });

/** Processes all records, and reports the first that failed, as libraries do that know queues. */
const all =
  (inTurn: boolean): Weakened =>
  (work) =>
  async (records, invocation) => {
    const time = new TimeLimit(invocation);
    const failures: Failure[] = [];
    const one = async (record: StreamRecord, index: number) => {
      try {
        const change = toChangeEvent(record);
        await time.call((context) => work(change, context));
      } catch (error) {
        failures.push({ record, changes: 1, error, thrown: index === 0 });
      }
    };
    const running: Promise<void>[] = [];
    for (const [index, record] of records.entries()) {
      running.push(one(record, index));
      if (inTurn) await running.at(-1);
    }
    await Promise.all(running);
    const failure = records.flatMap((record) => failures.filter((one) => one.record === record))[0];
    return { processed: 0, failure, leftRunning: time.leftRunning };
  };

export const inParallel = all(false);
export const goesOnPastAFailure = all(true);

/** Three at a time, of different items; after a failure nothing begins, also not what is before it. */
export const beginsNothingAfterAFailure: Weakened = (work) => async (records, invocation) => {
  const time = new TimeLimit(invocation);
  const items = records.map(({ dynamodb }) =>
    JSON.stringify(Object.entries(dynamodb?.Keys ?? {}).sort()),
  );
  const begun = new Set<number>();
  const done = new Set<number>();
  const running = new Map<string | undefined, Promise<void>>();
  let error: unknown;
  for (;;) {
    const next = records.findIndex((_, index) => !begun.has(index) && !running.has(items[index]));
    const record = records[next];
    const isShort = begun.size > 0 && time.isShort();
    if (record && !error && running.size < 3 && !isShort) {
      begun.add(next);
      const processed = (async () => {
        const change = toChangeEvent(record);
        await time.call((context) => work(change, context));
        done.add(next);
      })();
      running.set(
        items[next],
        processed
          .catch((thrown) => {
            error = thrown;
          })
          .finally(() => running.delete(items[next])),
      );
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else {
      const first = records.find((_, index) => !done.has(index));
      const failure = first && { record: first, changes: 1, error, thrown: first === records[0] };
      return { processed: done.size, failure, leftRunning: time.leftRunning };
    }
  }
};
