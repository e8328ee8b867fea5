import type { ChangeEvent } from '../../../lambda-src/runtime/change-event';
import type { ProcessorContext } from '../../../lambda-src/runtime/context';
import { createHandler } from '../../../lambda-src/runtime/handler';
import type { RunBatch } from '../../../lambda-src/runtime/run-batch';
import type { InvocationContext, StreamRecord } from '../../../lambda-src/runtime/stream-event';
import { countProcessed, type Outcome, readShard } from '../../../lambda-src/testing/mapping';
import { isBad, type Kind, type Scenario, toRecords } from './scenario';
import type { VirtualClock } from './virtual-clock';

/** That an invocation may take, in milliseconds. */
const TIMEOUT = 60_000;
const [SLOW, BUSY] = [20_000, 25_000];

export type Work = (
  change: Pick<ChangeEvent, 'id'>,
  context: Pick<ProcessorContext, 'requestId' | 'signal'>,
) => unknown;

export interface Subject {
  /** What is tested, with this as its processor. */
  readonly runBatch: (work: Work) => RunBatch;
  /** More than how many changes are done, of one invocation, after the first that is not. */
  readonly ahead: number;
  /** Whether it throws only where nothing is done, so that nothing is repeated without need. */
  readonly repeatsNothing: boolean;
  /** Whether only a change that never ends ends its process. */
  readonly endsInTime: boolean;
  /** Whether it reports only what failed, so that the others are not discarded with it. */
  readonly isolates: boolean;
}

interface Invocation {
  readonly id: number;
  readonly start: number;
  readonly running: Set<number>;
  readonly done: number[];
  firstFailed: number;
  hasAnswered: boolean;
  /** Lambda has ended the process, with all that ran in it. */
  isKilled: boolean;
}

/** What is broken of what the function promises, if a shard with these changes is read. */
export async function violationsOf(
  subject: Subject,
  { changes, lost, ...options }: Scenario,
  clock: VirtualClock,
): Promise<string[]> {
  const violations: string[] = [];
  const require = (holds: boolean, violation: string) => {
    if (!holds) violations.push(violation);
  };
  const specs = new Map(changes.entries());
  const itemOf = (index: number) => specs.get(index)?.item;
  const kindOf = (index: number) => specs.get(index)?.kind ?? 'ok';
  const isGood = (index: number) => !isBad(kindOf(index)) && kindOf(index) !== 'fails once';
  const done = changes.map(() => 0);
  const repeatsAllowed = changes.map(() => 0);
  const tried = new Set<number>();
  const discarded = new Set<number>();
  /** The last change of each item that was done. */
  const stored = new Map<unknown, number>();
  const invocations: Invocation[] = [];

  const work: Work = ({ id }, { requestId, signal }) => {
    const index = Number(id.slice('event-'.length));
    const mine = invocations[Number(requestId)];
    if (!mine || mine.isKilled) return new Promise(() => {});
    const sameItem = (other: number) => itemOf(other) === itemOf(index);
    const earlier = [...done.keys()].filter((other) => other < index && sameItem(other));
    const open = earlier.filter((other) => done[other] === 0 && !discarded.has(other));
    require(open.length === 0, `${index} begins before ${open}, of the same item`);
    require(![...mine.running].some(sameItem), `${index} begins while its item is processed`);
    require(!mine.hasAnswered, `${index} begins after the answer`);
    require(index < mine.firstFailed, `${index} begins after ${mine.firstFailed} failed`);
    const isFirstTry = !tried.has(index);
    tried.add(index);
    mine.running.add(index);

    const end = () => {
      if (clock.now > mine.start + TIMEOUT) mine.isKilled = true;
      if (mine.isKilled) return;
      mine.running.delete(index);
      mine.done.push(index);
      done[index] = (done[index] ?? 0) + 1;
      stored.set(itemOf(index), index);
    };
    const fail = (error: unknown = new Error('refused')) => {
      mine.running.delete(index);
      const know = () => {
        mine.firstFailed = Math.min(mine.firstFailed, index);
      };
      // What begins at the same time cannot know it.
      if (subject.ahead > 0 && kindOf(index) === 'throws') setImmediate(know);
      else know();
      throw error;
    };
    const milliseconds = specs.get(index)?.milliseconds ?? 0;
    const later = clock.sleep.bind(clock, milliseconds);
    switch (kindOf(index)) {
      case 'throws':
        return fail();
      case 'rejects':
        return later().then(fail);
      case 'rejects with nothing':
        return later()
          .then(fail)
          .catch(() => Promise.reject());
      case 'waits for its signal':
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }).catch(fail);
      case 'never ends':
        return new Promise(() => {});
      case 'fails once':
        return later().then(isFirstTry ? fail : end);
      case 'slow':
        return clock.sleep(SLOW).then(end);
      case 'busy':
        clock.now += BUSY;
        return end();
      case 'thenable':
        // biome-ignore lint/suspicious/noThenProperty: what a processor returns may be one
        return { then: (resolve: () => void) => void later().then(end).then(resolve) };
      default:
        return milliseconds === 0 ? end() : later().then(end);
    }
  };

  const exit = () => {
    for (const invocation of invocations) invocation.isKilled = true;
  };
  const env = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001', LOG_LEVEL: 'ERROR' };
  const handler = createHandler(subject.runBatch(work), { env, output: { write() {} }, exit });

  const invoke = async (records: readonly StreamRecord[]): Promise<Outcome> => {
    const mine: Invocation = {
      id: invocations.length,
      start: clock.now,
      running: new Set(),
      done: [],
      firstFailed: Number.POSITIVE_INFINITY,
      hasAnswered: false,
      isKilled: false,
    };
    invocations.push(mine);
    const context: InvocationContext = {
      awsRequestId: String(mine.id),
      functionName: 'ProcessOrders',
      getRemainingTimeInMillis: () => mine.start + TIMEOUT - clock.now,
    };
    const settled = handler({ Records: [...records] }, context).then(
      (response): Outcome => ({ kind: 'answered', response }),
      (): Outcome => ({ kind: 'failed' }),
    );
    const timedOut = clock.sleep(TIMEOUT).then(() => undefined);
    const settledInTime = await clock.run(Promise.race([settled, timedOut]));
    const elapsed = clock.now - mine.start;
    const indexes = records.map((one) => indexOf(one));
    if (elapsed >= TIMEOUT) mine.isKilled = true;
    const outcome: Outcome = settledInTime && !mine.isKilled ? settledInTime : { kind: 'failed' };

    const has = (kind: Kind) => indexes.some((index) => kindOf(index) === kind);
    const mayBeKilled = has('never ends') || !subject.endsInTime;
    const running = [...mine.running];
    require(elapsed < TIMEOUT || has('busy'), `${mine.id} times out`);
    require(!mine.isKilled || mayBeKilled, `${mine.id} is killed, though all of it ends`);
    require(mine.isKilled ||
      running.length === 0, `${mine.id} answers while ${running} still runs`);
    const firstNotDone = indexes.find((index) => !mine.done.includes(index)) ?? changes.length;
    const ahead = mine.done.filter((index) => index > firstNotDone).length;
    require(ahead <= subject.ahead, `${mine.id} has done ${ahead} after what is not done`);
    if (outcome.kind === 'answered') {
      const count = countProcessed(records, outcome.response);
      const lost = indexes.slice(0, count).filter((index) => done[index] === 0);
      require(lost.length === 0, `${mine.id} acknowledges ${lost}, which is not done`);
      const reported = indexes[count] ?? Number.NaN;
      // Later on, the time may be too short for it.
      const isLate = elapsed > TIMEOUT / 3;
      const isRight = count === records.length || isLate || !isGood(reported);
      require(isRight || !subject.isolates, `${mine.id} reports ${reported}, which did not fail`);
    } else if (subject.repeatsNothing && !mine.isKilled) {
      require(mine.done.length === 0, `${mine.id} throws although it has done ${mine.done}`);
    }
    mine.hasAnswered = true;
    const isLost = lost.includes(mine.id) && !mine.isKilled;
    for (const index of mine.done) {
      if (isLost || mine.isKilled) repeatsAllowed[index] = (repeatsAllowed[index] ?? 0) + 1;
    }
    return isLost ? { kind: 'lost' } : outcome;
  };

  await readShard(toRecords(changes), options, {
    invoke,
    discard: (records) => {
      for (const one of records) discarded.add(indexOf(one));
    },
  });

  const enoughRetries = options.retries > lost.length && !options.progressUsesRetry;
  for (const [index, times] of done.entries()) {
    require(times > 0 || discarded.has(index), `${index} is neither done nor discarded`);
    require(times === 0 || !isBad(kindOf(index)), `${index} is bad, and done`);
    if (subject.repeatsNothing) {
      require(times <= 1 + (repeatsAllowed[index] ?? 0), `${index} is done ${times} times`);
    }
    if (subject.isolates && options.bisect && enoughRetries && !isBad(kindOf(index))) {
      require(!discarded.has(index), `${index} is discarded, and good`);
    }
    if (times > 0 && !discarded.has(index)) {
      require((stored.get(itemOf(index)) ?? -1) >=
        index, `${index} is overwritten by an old value`);
    }
  }
  return violations;
}

const indexOf = ({ eventID = '' }: StreamRecord) => Number(eventID.slice('event-'.length));
