import { deployedHandler } from './runtime/deployed-handler';
import { FLAG, OPTIONS as OF_PROCESSORS, requireOptions, wholeFrom } from './runtime/options';
import { parseStreamArn } from './runtime/stream-arn';
import type { StreamRecord } from './runtime/stream-event';
import { countProcessed, type MappingOptions, type Outcome, readShard } from './testing/mapping';
import { type Change, toRecord } from './testing/to-record';

export type { MappingOptions } from './testing/mapping';
export type { Change } from './testing/to-record';

const FAULTS = ['none', 'time-out', 'lost answer'] as const;

/**
 * What goes wrong after the function has run. With `time-out`, Lambda ended it before it answered: the batch is halved, as
 * after an error. With `lost answer`, all of the batch is delivered again.
 */
export type Fault = (typeof FAULTS)[number];

export interface DeliveryOptions extends MappingOptions {
  /** Those of the first invocations, in order. Default: none. */
  readonly faults?: readonly Fault[];
  /** Seconds that an invocation may take, as `function.timeout`. Default: 60. */
  readonly timeout?: number;
  /** Default: that of a table `Orders`. */
  readonly streamArn?: string;
}

/** The changes are those that were given, in the order of the stream. */
export interface Delivery<C extends Change> {
  /** Of which the function answered that they are processed, whether Lambda got the answer or not. */
  readonly processed: readonly C[];
  /** Of those, the ones that were delivered again all the same. */
  readonly repeated: readonly C[];
  /** Which ended among the failed batches. */
  readonly discarded: readonly C[];
  readonly invocations: readonly DeliveredBatch<C>[];
}

export interface DeliveredBatch<C extends Change> {
  readonly changes: readonly C[];
  readonly outcome: 'answered' | 'failed' | 'time-out' | 'lost answer';
  /** The first change that the function reported, if it answered and reported one. */
  readonly reported?: C;
  /** What the function threw, or how long it had. */
  readonly error?: unknown;
}

/** A handler of Lambda, whatever types its parameters have. It is given no callback. */
export type DeliveredHandler = (event: never, context: never, callback: never) => unknown;

const STREAM_ARN =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678';

const OPTIONS = {
  batchSize: wholeFrom(1),
  retries: wholeFrom(0),
  bisect: FLAG,
  progressUsesRetry: FLAG,
  faults: {
    must: `be a list of ${FAULTS.join(', ')}`,
    allows: (value: unknown) => Array.isArray(value) && value.every((one) => FAULTS.includes(one)),
  },
  timeout: OF_PROCESSORS.timeoutInSeconds,
  streamArn: {
    must: 'be the ARN of a DynamoDB stream',
    allows: (value: unknown) => typeof value === 'string' && parseStreamArn(value) !== undefined,
  },
};

/**
 * Delivers changes to a handler as Lambda does from a shard of a stream: in batches, again after a failure, and in
 * halves until a change that fails is alone and discarded. Faults need no waiting.
 *
 *     const { discarded } = await deliver(handler, [insert, bad, modify], { faults: ['time-out'] });
 *     expect(discarded).toEqual([bad]);
 *
 * An invocation that does not answer in `timeout` seconds times out, in real time; what still runs then is not ended.
 *
 * @param handler what `defineProcessor` or `defineBatchProcessor` returned, or your own `handler`, whose answer is checked
 *   as it is where it is deployed
 * @throws TypeError if the handler is none, a change has a value that DynamoDB does not store, or there is no such
 *   option; RangeError if an option is out of its range. What the handler throws is in the delivery.
 */
export async function deliver<C extends Change>(
  handler: DeliveredHandler,
  changes: readonly C[],
  options: DeliveryOptions = {},
): Promise<Delivery<C>> {
  if (typeof handler !== 'function') {
    throw new TypeError(`deliver must be given a handler, which is a function, got ${handler}`);
  }
  requireOptions('deliver', options, OPTIONS);
  const { faults = [], timeout = 60, streamArn = STREAM_ARN } = options;
  // Refuses what could not be deployed.
  deployed(handler);
  const changeOf = new Map(
    changes.map((change, index) => [toRecord(change, index, streamArn), change]),
  );
  const records = [...changeOf.keys()];
  const changesOf = (some: Iterable<StreamRecord>) =>
    [...some].flatMap((record) => changeOf.get(record) ?? []);
  const [processed, repeated] = [new Set<StreamRecord>(), new Set<StreamRecord>()];
  const discarded: StreamRecord[] = [];
  const invocations: DeliveredBatch<C>[] = [];

  const invoke = async (batch: readonly StreamRecord[]): Promise<Outcome> => {
    for (const record of batch) if (processed.has(record)) repeated.add(record);
    const fault = faults[invocations.length] ?? 'none';
    const requestId = `request-${invocations.length}`;
    const { kind, response, error } = await answerOf(handler, batch, requestId, timeout * 1_000);
    const count = kind === 'answered' ? countProcessed(batch, response) : 0;
    for (const record of batch.slice(0, count)) processed.add(record);
    const outcome = fault === 'none' ? kind : fault;
    const [reported] = kind === 'answered' ? changesOf(batch.slice(count, count + 1)) : [];
    invocations.push({ changes: changesOf(batch), outcome, reported, error });
    if (outcome === 'lost answer') return { kind: 'lost' };
    return outcome === 'answered' ? { kind: 'answered', response } : { kind: 'failed' };
  };
  await readShard(records, options, { invoke, discard: (batch) => discarded.push(...batch) });

  const inOrder = (some: ReadonlySet<StreamRecord>) =>
    changesOf(records.filter((record) => some.has(record)));
  return {
    processed: inOrder(processed),
    repeated: inOrder(repeated),
    discarded: changesOf(discarded),
    invocations,
  };
}

interface Answered {
  readonly kind: 'answered' | 'failed' | 'time-out';
  readonly response?: unknown;
  readonly error?: unknown;
}

async function answerOf(
  handler: DeliveredHandler,
  batch: readonly StreamRecord[],
  awsRequestId: string,
  milliseconds: number,
): Promise<Answered> {
  const deadline = Date.now() + milliseconds;
  const context = {
    awsRequestId,
    functionName: 'Function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:Function',
    memoryLimitInMB: '128',
    logGroupName: '/aws/lambda/Function',
    logStreamName: '2026/01/02/[$LATEST]0123456789abcdef',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(1, deadline - Date.now()),
  };
  const timeout = new Error(`no answer after ${milliseconds / 1_000} s`);
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, milliseconds, timeout);
  });
  const limited = (...parameters: unknown[]) =>
    Promise.race([Reflect.apply(handler, undefined, parameters), timedOut]);
  try {
    // A copy, as Lambda's are: what the function does to its records is not in the next delivery.
    const event = JSON.parse(JSON.stringify({ Records: batch }));
    return { kind: 'answered', response: await deployed(limited)(event, context) };
  } catch (error) {
    return { kind: error === timeout ? 'time-out' : 'failed', error };
  } finally {
    clearTimeout(timer);
  }
}

/** As it is where it is deployed, with its answers checked. */
const deployed = (handler: DeliveredHandler) =>
  deployedHandler({ handler, default: undefined }, 'deliver()');
