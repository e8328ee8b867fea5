import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import type { Store } from '../operate/redrive/redrive';
import { tableOfStream } from '../topology/arns';
import { relative } from '../topology/paths';

/** A batch that the mapping gave up, with what Lambda knows of it. */
export interface DiscardedBatch {
  readonly records: readonly [StreamRecord, ...StreamRecord[]];
  readonly uuid: string;
  readonly functionArn: string;
  readonly streamArn: string;
  /** How often the function was invoked with it, and whether it answered the last time. */
  readonly invocations: number;
  readonly answered: boolean;
  readonly now: Date;
}

/**
 * Writes a batch as Lambda does.
 *
 * @param folder of the bucket
 * @returns its key
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function writeFailedBatch(folder: string, batch: DiscardedBatch): string {
  const { uuid, now } = batch;
  const shardId = shardOf(batch.streamArn);
  const time = now.toISOString().slice(0, 19);
  const day = time.slice(0, 10).replaceAll('-', '/');
  const key = `aws/lambda/${uuid}/${shardId}/${day}/${time.replaceAll(':', '.')}-${randomUUID()}`;
  const file = path.join(folder, key);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(invocationRecord(batch, shardId)));
  return key;
}

function invocationRecord(batch: DiscardedBatch, shardId: string): object {
  const { records, functionArn, streamArn, invocations, answered, now } = batch;
  const [first] = records;
  const last = records.at(-1) ?? first;
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: invocations,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: answered ? null : 'Unhandled',
    },
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.dynamodb?.SequenceNumber,
      endSequenceNumber: last.dynamodb?.SequenceNumber,
      approximateArrivalOfFirstRecord: arrivalOf(first),
      approximateArrivalOfLastRecord: arrivalOf(last),
      batchSize: records.length,
      streamArn,
    },
    payload: JSON.stringify({ Records: records }),
  };
}

function arrivalOf({ dynamodb }: StreamRecord): string {
  const seconds = dynamodb?.ApproximateCreationDateTime ?? 0;
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
}

/** The only shard of a stream here, in the form of AWS's. */
function shardOf(streamArn: string): string {
  const name = Buffer.from(tableOfStream(streamArn).name).toString('hex');
  return `shardId-00000001767225600000-${name.padEnd(8, '0').slice(0, 8)}`;
}

/** Without what links lead to. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(place);
    return entry.isFile() ? [place] : [];
  });
}

/** A bucket that is a folder; one that is not there is empty. */
export function folderStore(folder: string): Store {
  const fileOf = (key: string) => path.join(folder, key);
  return {
    async *list() {
      const files = existsSync(folder) ? filesBelow(folder) : [];
      yield files.map((file) => ({ key: relative(folder, file), size: statSync(file).size }));
    },
    async read(key) {
      return { content: readFileSync(fileOf(key), 'utf8'), version: undefined };
    },
    async delete(key) {
      rmSync(fileOf(key));
    },
  };
}
