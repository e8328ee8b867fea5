import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { FIRST_DATE, type LAKE_COLUMNS, sortedKeys } from '../contract';
import type { BatchProcessor } from '../processor';
import type { ChangeEvent } from '../runtime/change-event';

export interface S3SinkProps {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** What every key begins with, e.g. `changes/`. Default: nothing. */
  readonly prefix?: string;
  /** ID of the account that must own the bucket: S3 refuses to write to another's. Default: any. */
  readonly bucketOwner?: string;
}

/**
 * Writes the changes of a batch to S3, as gzipped lines of JSON. It is idempotent: a repeated batch writes the same bytes
 * to the same keys. If S3 refuses, the batch fails.
 */
export function s3Sink({ client, bucket, prefix = '', bucketOwner }: S3SinkProps): BatchProcessor {
  return async (changes, { signal }) => {
    for (const { key, text } of toLakeObjects(changes)) {
      const object = {
        Bucket: bucket,
        ExpectedBucketOwner: bucketOwner,
        Key: `${prefix}${key}`,
        Body: await promisify(gzip)(text),
        // No ContentEncoding: Athena goes by the suffix .gz, and clients would unpack by themselves.
        // https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
        ContentType: 'application/x-ndjson',
      };
      await client.send(new PutObjectCommand(object), { abortSignal: signal });
    }
  };
}

/** A value per column; undefined, and not written, if the change has none. */
type LakeLine = Record<(typeof LAKE_COLUMNS)[number]['name'], string | boolean | undefined>;

/**
 * The objects of a batch: one, unless it has changes of several days (UTC), accounts or tables, so that the partition of
 * a change does not depend on its batch. Keys and texts depend on the changes only.
 *
 * @returns keys below the prefix, e.g. `date=2026-01-02/account=444455556666/table=Orders/….json.gz`, with a line of
 *   JSON per change
 */
export function toLakeObjects(changes: readonly ChangeEvent[]) {
  const groups = new Map<string, ChangeEvent[]>();
  for (const change of changes) {
    const partition = toPartition(change);
    const group = groups.get(partition) ?? [];
    group.push(change);
    groups.set(partition, group);
  }
  return [...groups].map(([partition, group]) => ({
    key: `${partition}/${toName(group)}`,
    text: group.map((change) => `${JSON.stringify(toLakeLine(change))}\n`).join(''),
  }));
}

export function toLakeLine(change: ChangeEvent): LakeLine {
  const { Keys = {}, OldImage, NewImage } = change.record.dynamodb ?? {};
  return {
    event_id: change.id,
    event_name: change.eventName,
    region: change.region,
    sequence_number: change.sequenceNumber,
    time: change.time,
    expired: change.expired,
    // One text per item: queries count items by it.
    keys: JSON.stringify(Object.fromEntries(sortedKeys(Keys))),
    old_image: OldImage && JSON.stringify(OldImage),
    new_image: NewImage && JSON.stringify(NewImage),
    account: change.account,
    table: change.table,
  };
}

/**
 * The date comes first, so that a table can have partitions of the date alone. A change without a time, or before the
 * lake, is in the first partition, which queries read.
 */
function toPartition({ account, table, time }: ChangeEvent): string {
  const date = time && time > FIRST_DATE ? time.slice(0, FIRST_DATE.length) : FIRST_DATE;
  return `date=${date}/account=${account}/table=${table}`;
}

/** Sorts as the stream does, and differs if a batch of other changes starts with the same one. */
function toName(changes: readonly ChangeEvent[]): string {
  const hash = createHash('sha256');
  for (const { id } of changes) hash.update(`${id}\n`);
  return `${changes[0]?.sequenceNumber}-${hash.digest('hex').slice(0, 16)}.json.gz`;
}
