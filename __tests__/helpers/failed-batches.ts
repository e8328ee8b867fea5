import { createHash } from 'node:crypto';
import type { Origin } from '../../operate/redrive/failed-batch';
import type { Store } from '../../operate/redrive/redrive';

export const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders';
const MAPPING = '14b5e4a2-8c57-4a3f-9d6e-1f0c3b7a9e21';

/** The consumer whose bucket it is, which reads the table `Orders` of two accounts. */
export const ORIGIN: Origin = {
  functionArn: FUNCTION,
  tableArns: new Set([
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders',
    'arn:aws:dynamodb:us-east-1:777788889999:table/Orders',
  ]),
};

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

/** The key that Lambda gives the object; those of different names differ. */
export function keyOf(name: string, facts: Facts = {}): string {
  const { shardId = SHARD, timestamp = '2026-01-02T10:00:00.000Z' } = facts;
  const time = new Date(timestamp).toISOString().slice(0, 19);
  const hash = createHash('sha256').update(name).digest('hex');
  const id = hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `aws/lambda/${MAPPING}/${shardId}/${day}/${time.replaceAll(':', '.')}-${id}`;
}

/** The event of a batch: what the function is invoked with. */
export function event(...records: readonly (number | bigint | string)[]): string {
  return eventOf(records);
}

function eventOf(
  records: readonly (number | bigint | string)[],
  order?: string,
  streamArn = STREAM,
): string {
  const keys = order === undefined ? {} : { Keys: { OrderId: { S: order } } };
  const Records = records.map((number) => ({
    eventSource: 'aws:dynamodb',
    eventSourceARN: streamArn,
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
      functionArn: FUNCTION,
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
    payload: eventOf(records, order, streamArn),
  };
}

/**
 * A bucket in memory. Tests name its objects: a batch has the key that Lambda would give it, any other object its
 * name.
 */
export class MemoryStore implements Store {
  /** Contents by name. */
  readonly objects = new Map<string, string>();
  readonly #names = new Map<string, string>();

  constructor(objects: Readonly<Record<string, Facts | string>> = {}) {
    for (const [name, content] of Object.entries(objects)) {
      const isOther = typeof content === 'string';
      this.#names.set(isOther ? name : keyOf(name, content), name);
      this.objects.set(name, isOther ? content : JSON.stringify(invocationRecord(content)));
    }
  }

  get names(): string[] {
    return [...this.objects.keys()];
  }

  nameOf(key: string): string {
    return this.#names.get(key) ?? key;
  }

  /** Pages of two, so that most tests have more than one. */
  async *list(): ReturnType<Store['list']> {
    const objects = [...this.#names]
      .filter(([, name]) => this.objects.has(name))
      .map(([key, name]) => ({ key, size: this.objects.get(name)?.length ?? 0 }));
    for (let next = 0; next < objects.length; next += 2) yield objects.slice(next, next + 2);
  }

  async read(key: string): ReturnType<Store['read']> {
    const content = this.objects.get(this.nameOf(key));
    return content === undefined ? undefined : { content, version: content };
  }

  async delete(key: string, version: string | undefined): Promise<void> {
    const name = this.nameOf(key);
    if (this.objects.get(name) !== version) throw new Error('replaced');
    this.objects.delete(name);
  }
}

/** What redrive says of a batch of three records. */
export function batchAt(key: string) {
  return {
    key,
    streamArn: STREAM,
    shardId: SHARD,
    startSequenceNumber: '100',
    endSequenceNumber: '300',
    records: 3,
    condition: 'RetryAttemptsExhausted',
    failedAt: '2026-01-02T10:00:00.000Z',
  };
}
