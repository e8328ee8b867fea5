import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import { countProcessed, type Outcome, readShard } from '../lambda-src/testing/mapping';
import { few } from '../review/lists';
import { plural } from '../review/report/words';
import type { Invoked } from './function/function';
import { keyInWords } from './item';
import { type Place, type Say, sayOutput } from './step';

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
  /** @param invocations of the function with the batch; `answered`, whether it did in the last one */
  discard(batch: Batch, invocations: number, answered: boolean): void;
}

/** Where retries have no limit, the subscription waits after so many: the next one would differ in nothing. */
const MOST_RETRIES = 10;

class BlockedError extends Error {
  constructor(readonly at: StreamRecord) {
    super();
  }
}

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
  const isEndless = retries === -1;
  const limits = { batchSize, retries: isEndless ? MOST_RETRIES : retries, bisect };
  const target = new SpokenTarget(receiver, bisect, isEndless, say);
  try {
    await readShard(records, limits, {
      invoke: (batch) => target.invoke(batch as Batch),
      discard: (batch) => target.discard(batch as Batch),
    });
    return records.length;
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    const text = 'maximumRetryAttempts is -1: the subscription waits at this batch';
    say(receiver.mapping, 'blocked', text, 'problem');
    return records.indexOf(error.at);
  }
}

/** Says what becomes of each batch. All retries of one are one step. */
class SpokenTarget {
  private failing:
    | { readonly batch: Batch; readonly times: number; readonly answered: boolean }
    | undefined;

  constructor(
    private readonly receiver: Receiver,
    private readonly bisect: boolean,
    private readonly isEndless: boolean,
    private readonly say: Say,
  ) {}

  async invoke(batch: Batch): Promise<Outcome> {
    const { mapping } = this.receiver;
    if (!isSame(this.failing?.batch, batch)) this.sayRetries();
    const times = this.failing?.times ?? 0;
    if (times === 0) this.say(mapping, 'delivered', inWords(batch), 'ok', { records: batch });
    const invoked = await this.receiver.invoke(batch);
    const { kind, response } = invoked;
    const answered = kind === 'answered';
    const processed = answered ? countProcessed(batch, response) : 0;
    if (processed > 0) this.sayRetries();
    if (processed > 0 || times === 0) this.sayResult(batch, invoked, processed);
    const isOver = processed > 0 || kind === 'lost';
    this.failing = isOver ? undefined : { batch, times: times + 1, answered };
    if (answered) return { kind, response };
    if (kind === 'lost') return { kind };
    if (this.bisect && batch.length > 1) this.sayHalves(batch);
    return { kind: 'failed' };
  }

  discard(batch: Batch): void {
    const { times = 1, answered = false } = this.failing ?? {};
    this.sayRetries();
    if (this.isEndless) throw new BlockedError(batch[0]);
    this.receiver.discard(batch, times, answered);
  }

  private sayRetries(): void {
    if (this.failing && this.failing.times > 1) {
      const { batch, times } = this.failing;
      const text = `${inWords(batch)}: failed ${times} times`;
      this.say(this.receiver.mapping, 'retried', text, 'problem', { times });
    }
    this.failing = undefined;
  }

  private sayHalves(batch: Batch): void {
    this.failing = undefined;
    const middle = Math.floor(batch.length / 2);
    const halves = [batch.slice(0, middle), batch.slice(middle)].map(inWords);
    this.say(this.receiver.mapping, 'bisected', halves.join(' | '));
  }

  private sayResult(batch: Batch, invoked: Invoked, processed: number): void {
    const { kind, response, error } = invoked;
    const { function: place } = this.receiver;
    sayOutput(invoked, place, this.say);
    const reported = batch.slice(processed, processed + 1);
    if (kind === 'answered' && reported.length === 0) {
      this.say(place, kind, `processed ${inWords(batch)}`, 'ok', { response });
    } else if (kind === 'answered') {
      const text = `processed ${processed} of ${batch.length}, and reports ${inWords(reported)}`;
      this.say(place, kind, text, 'problem', { response });
    } else {
      const [reason = ''] = (error ?? 'its answer is lost, so all is delivered again').split('\n');
      this.say(place, kind, reason, 'problem', { error });
    }
  }
}

function isSame(one: Batch | undefined, other: Batch): boolean {
  return one?.[0] === other[0] && one.length === other.length;
}

/** Such as `2 records: INSERT OrderId=1, MODIFY OrderId=1`. */
export function inWords(records: readonly StreamRecord[]): string {
  const changes = records.map(
    ({ eventName, dynamodb }) => `${eventName} ${keyInWords(dynamodb?.Keys ?? {})}`,
  );
  return records.length === 1
    ? few(changes)
    : `${plural(records.length, 'record')}: ${few(changes)}`;
}
