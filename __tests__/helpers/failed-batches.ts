import type { Store } from '../../redrive/redrive';

export const STREAM =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678';
export const SHARD = 'shardId-00000001541626099285-f35f62ef';

export interface Facts {
  readonly streamArn?: string;
  readonly shardId?: string;
  /** Sequence numbers of the records. */
  readonly records?: readonly (number | bigint | string)[];
  readonly timestamp?: string;
  /** Order that all records change; otherwise they have no keys. */
  readonly order?: string;
}

/** The event of a batch: what the function is invoked with. */
export function event(...records: readonly (number | bigint | string)[]): string {
  return eventOf(records);
}

function eventOf(records: readonly (number | bigint | string)[], order?: string): string {
  const keys = order === undefined ? {} : { Keys: { OrderId: { S: order } } };
  const Records = records.map((number) => ({
    eventSource: 'aws:dynamodb',
    dynamodb: { ...keys, SequenceNumber: String(number) },
  }));
  return JSON.stringify({ Records });
}

/** An invocation record as AWS documents it for a bucket. */
export function invocationRecord({
  streamArn = STREAM,
  shardId = SHARD,
  records = [100, 200, 300],
  timestamp = '2026-01-02T10:00:00.000Z',
  order,
}: Facts = {}) {
  return {
    requestContext: {
      requestId: '316aa6d0-8154-4fbb-9af7-85d5f4a6bc81',
      functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 11,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp,
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: String(records[0]),
      endSequenceNumber: String(records.at(-1)),
      approximateArrivalOfFirstRecord: '2026-01-02T09:00:00Z',
      approximateArrivalOfLastRecord: '2026-01-02T09:00:01Z',
      batchSize: records.length,
      streamArn,
    },
    payload: eventOf(records, order),
  };
}

/** A bucket in memory: contents by key. */
export class MemoryStore implements Store {
  readonly objects: Map<string, string>;

  constructor(objects: Readonly<Record<string, Facts | string>> = {}) {
    this.objects = new Map(
      Object.entries(objects).map(([key, content]) => [
        key,
        typeof content === 'string' ? content : JSON.stringify(invocationRecord(content)),
      ]),
    );
  }

  get keys(): string[] {
    return [...this.objects.keys()];
  }

  /** Pages of two, so that most tests have more than one. */
  async *list(): AsyncIterable<readonly string[]> {
    const { keys } = this;
    for (let next = 0; next < keys.length; next += 2) yield keys.slice(next, next + 2);
  }

  async read(key: string): Promise<string | undefined> {
    return this.objects.get(key);
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }
}
