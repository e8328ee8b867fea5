import type { StreamRecord } from '../runtime/stream-event';

/** Settings of an event source mapping; the defaults are those of a topology. */
export interface MappingOptions {
  /** Most records of a batch; a whole number from 1. Default: 100. */
  readonly batchSize?: number;
  /** Retries of a failed batch before it is discarded; a whole number from 0. Default: 10. */
  readonly retries?: number;
  /** Whether a batch is halved where the function fails, which uses up no retry. Default: true. */
  readonly bisect?: boolean;
  /**
   * Whether an answer that reports a record after the first uses up a retry. AWS does not say; with bisecting, it
   * says that a batch is split there, and that splitting uses up none. Default: false.
   */
  readonly progressUsesRetry?: boolean;
}

/** What an invocation was for Lambda. */
export type Outcome =
  | { readonly kind: 'answered'; readonly response: unknown }
  /** The function threw, or timed out. */
  | { readonly kind: 'failed' }
  /** Lambda does not know whether the function processed the batch. */
  | { readonly kind: 'lost' };

/** What a batch goes to. */
export interface Target<R> {
  invoke(records: readonly R[]): Promise<Outcome>;
  discard(records: readonly R[]): void;
}

interface Batch<R> {
  readonly records: readonly R[];
  readonly retried: number;
}

/**
 * Delivers the records of a shard, as an event source mapping with `ReportBatchItemFailures` does: batch after batch,
 * each until it is processed or discarded. Records are neither too old, nor filtered.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function readShard<R extends StreamRecord>(
  records: readonly R[],
  options: MappingOptions,
  { invoke, discard }: Target<R>,
): Promise<void> {
  const { batchSize = 100, retries = 10, bisect = true, progressUsesRetry = false } = options;

  const remaining = ({ records, retried }: Batch<R>, outcome: Outcome): Batch<R>[] => {
    if (outcome.kind === 'answered') {
      const processed = countProcessed(records, outcome.response);
      const isRetry = processed === 0 || progressUsesRetry;
      const rest = records.slice(processed);
      return rest.length > 0 ? [{ records: rest, retried: retried + (isRetry ? 1 : 0) }] : [];
    }
    if (outcome.kind === 'failed' && bisect && records.length > 1) {
      const middle = Math.floor(records.length / 2);
      return [records.slice(0, middle), records.slice(middle)].map((half) => ({
        records: half,
        retried,
      }));
    }
    return [{ records, retried: retried + 1 }];
  };

  for (let from = 0; from < records.length; from += batchSize) {
    const batches: Batch<R>[] = [{ records: records.slice(from, from + batchSize), retried: 0 }];
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      if (batch.retried > retries) discard(batch.records);
      else batches.unshift(...remaining(batch, await invoke(batch.records)));
    }
  }
}

/**
 * How many records an answer takes as processed: those before the first one that it reports. None, if it reports one that
 * the batch does not have; all, if it reports none, or is not an answer of this kind.
 */
export function countProcessed(records: readonly StreamRecord[], response: unknown): number {
  const failures: unknown = Object(response).batchItemFailures;
  if (!Array.isArray(failures) || failures.length === 0) return records.length;
  const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber);
  return Math.max(0, Math.min(...failures.map((one) => numbers.indexOf(one?.itemIdentifier))));
}
