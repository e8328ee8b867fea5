import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import { countProcessed, type Outcome, readShard } from '../lambda-src/testing/mapping';
import { few } from '../review/lists';
import type { Invoked } from './function/function';
import { keyInWords } from './item';
import type { Place, Say } from './step';

export type Batch = readonly [StreamRecord, ...StreamRecord[]];

export interface MappingSettings {
  readonly batchSize: number;
  /** -1 for no limit. */
  readonly retries: number;
  readonly bisect: boolean;
}

/** What batches go to. */
export interface Receiver {
  readonly mapping: Place;
  readonly function: Place;
  invoke(batch: Batch): Promise<Invoked>;
  /** @param invocations how often the function had the batch; `answered`, whether it did the last time */
  discard(batch: Batch, invocations: number, answered: boolean): void;
}

/** Where retries have no limit, the subscription waits after so many: the next one would differ in nothing. */
const MOST_RETRIES = 10;

class BlockedError extends Error {}

/**
 * Delivers the records of a stream as its event source mapping does, and says each step: the model that `deliver()`
 * tests functions with. Not modelled: several shards; several batches of one at a time (`parallelizationFactor`, with
 * which the changes of an item are in order as well); time (`maximumRecordAgeInSeconds`,
 * `maximumBatchingWindowInSeconds`, tumbling windows, pauses between retries); batches of more than 6 MB.
 *
 * @returns with how many records it is done: all of them, if retries have a limit
 */
export async function deliverRecords(
  records: readonly StreamRecord[],
  { batchSize, retries, bisect }: MappingSettings,
  receiver: Receiver,
  say: Say,
): Promise<number> {
  let failing:
    | { readonly batch: Batch; readonly last: Invoked; readonly times: number }
    | undefined;
  let done = records.length;

  /** One line for all retries of a batch. */
  const sayRetries = () => {
    if (failing && failing.times > 1) {
      const text = `${inWords(failing.batch)}: failed ${failing.times} times`;
      say(receiver.mapping, 'retried', text, 'problem', { times: failing.times });
    }
    failing = undefined;
  };

  const invoke = async (some: readonly StreamRecord[]): Promise<Outcome> => {
    const batch = some as Batch;
    if (!isSame(failing?.batch, batch)) sayRetries();
    const before = failing?.times ?? 0;
    if (retries === -1 && before > MOST_RETRIES) {
      done = records.indexOf(batch[0]);
      throw new BlockedError();
    }
    if (before === 0) say(receiver.mapping, 'delivered', inWords(batch), 'ok', { records: batch });
    const last = await receiver.invoke(batch);
    const isAnswered = last.kind === 'answered';
    const processed = isAnswered ? countProcessed(batch, last.response) : 0;
    const isOver = processed === batch.length;
    if (isOver) sayRetries();
    if (before === 0 || isOver) sayResult(batch, last, processed);
    if (last.kind === 'lost' || processed > 0) failing = undefined;
    else failing = { batch, last, times: before + 1 };
    if (!isAnswered && last.kind !== 'lost' && bisect && batch.length > 1) {
      failing = undefined;
      const middle = Math.floor(batch.length / 2);
      const halves = [batch.slice(0, middle), batch.slice(middle)];
      say(receiver.mapping, 'bisected', halves.map(inWords).join(' | '));
    }
    if (isAnswered) return { kind: 'answered', response: last.response };
    return { kind: last.kind === 'lost' ? 'lost' : 'failed' };
  };

  const sayResult = (batch: Batch, last: Invoked, processed: number) => {
    const { kind, response, error, logs, wrote } = last;
    for (const line of logs) say(receiver.function, 'log', line, 'note');
    for (const file of wrote) say(receiver.function, 'wrote', file, 'ok', { file });
    const reported = batch.slice(processed, processed + 1);
    if (kind === 'answered' && reported.length === 0) {
      say(receiver.function, kind, `${inWords(batch)} processed`, 'ok', { response });
    } else if (kind === 'answered') {
      const rest = `reports ${inWords(reported)}, from which it is delivered again`;
      const text = `${processed} of ${batch.length} processed; ${rest}`;
      say(receiver.function, kind, text, 'problem', { response });
    } else if (kind === 'lost') {
      say(receiver.function, kind, 'the answer is lost: all is delivered again', 'problem');
    } else {
      const [reason = ''] = (error ?? '').split('\n');
      say(receiver.function, kind, reason, 'problem', { error });
    }
  };

  const discard = (some: readonly StreamRecord[]) => {
    const { last, times = 1 } = failing ?? {};
    sayRetries();
    receiver.discard(some as Batch, times, last?.kind === 'answered');
  };

  try {
    const limit = retries === -1 ? Number.POSITIVE_INFINITY : retries;
    await readShard(records, { batchSize, retries: limit, bisect }, { invoke, discard });
    sayRetries();
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    sayRetries();
    const text = 'maximumRetryAttempts is -1: the subscription waits at this batch';
    say(receiver.mapping, 'blocked', text, 'problem');
  }
  return done;
}

function isSame(one: Batch | undefined, other: Batch): boolean {
  return one?.[0] === other[0] && one.length === other.length;
}

/** Such as `2 records: INSERT OrderId=1, MODIFY OrderId=1`. */
export function inWords(records: readonly StreamRecord[]): string {
  const changes = records.map(
    ({ eventName, dynamodb }) => `${eventName} ${keyInWords(dynamodb?.Keys ?? {})}`,
  );
  return records.length === 1 ? few(changes) : `${records.length} records: ${few(changes)}`;
}
