import { createHash } from 'node:crypto';
import type { ChangeEvent } from '../change-event';
import { sortedKeys } from '../sorted-keys';

/**
 * The columns of a line, with their Hive types. Account, table and date are not among them: they are
 * partitions, which the path names, and a table cannot have a column and a partition of one name.
 *
 * Keys and images are texts of DynamoDB JSON, as DynamoDB's own exports write it: nothing is lost of
 * any type, not of a number's 38 digits either. They are texts, not objects, since a JSON SerDe may
 * change the case of an object's names.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 * @see https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html (case.insensitive)
 */
export const LAKE_COLUMNS = [
  { name: 'event_id', type: 'string' },
  { name: 'event_name', type: 'string' },
  { name: 'region', type: 'string' },
  { name: 'sequence_number', type: 'string' },
  { name: 'time', type: 'string' },
  { name: 'expired', type: 'boolean' },
  { name: 'keys', type: 'string' },
  { name: 'old_image', type: 'string' },
  { name: 'new_image', type: 'string' },
] as const;

type ColumnName = (typeof LAKE_COLUMNS)[number]['name'];

/** A value per column; where the change has none it is undefined, and not written. */
export type LakeLine = Readonly<Record<ColumnName, string | boolean | undefined>>;

export interface LakeObject {
  /** Below the prefix, e.g. `account=444455556666/table=Orders/date=2026-01-02/….json.gz`. */
  readonly key: string;
  /** A line of JSON per change, each with its end. */
  readonly text: string;
}

/**
 * The objects that a batch makes: one, unless it has changes of several days (UTC), accounts or tables.
 * So a change's partition does not depend on the batch it came in.
 *
 * Keys and texts are derived from the changes alone: the same batch makes the same objects.
 */
export function toLakeObjects(changes: readonly ChangeEvent[]): LakeObject[] {
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
  };
}

function toPartition({ account, table, time }: ChangeEvent): string {
  const date = time.slice(0, '2026-01-02'.length);
  return `account=${account}/table=${table}/date=${date}`;
}

/** Sorts as the stream does, and differs where a batch of other changes begins with the same one. */
function toName(changes: readonly ChangeEvent[]): string {
  const hash = createHash('sha256');
  for (const { id } of changes) hash.update(`${id}\n`);
  return `${changes[0]?.sequenceNumber}-${hash.digest('hex').slice(0, 16)}.json.gz`;
}
