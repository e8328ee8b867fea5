import { type Item, isObject, toItem } from './attribute-value';
import { describeRecord } from './describe-record';
import { createIsoTime } from './iso-time';
import { parseStreamArn } from './stream-arn';
import type { StreamRecord } from './stream-event';

/**
 * One change of one item, decoded from a record of a DynamoDB stream. `JSON.stringify` writes all of
 * it but the record: sets as arrays, binaries as base64.
 *
 * @typeParam T the table's items, as plain values
 */
export interface ChangeEvent<T extends object = Item> {
  /** The same for every delivery of the change: deduplicate by it. */
  readonly id: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** AWS account of the table. */
  readonly account: string;
  readonly region: string;
  readonly table: string;
  /** Order of the changes of one item in a stream; digits, too many for a number. */
  readonly sequenceNumber: string;
  /**
   * Order of the changes of one item of a table in a Region, as text: later ones have a greater position, also those of
   * a later stream. The time when the stream was created, `/`, and the sequence number, of 40 digits.
   */
  readonly position: string;
  /** When the change was made, to the second, ISO 8601 in UTC; absent where the record has no time. */
  readonly time?: string;
  /**
   * Whether Time to Live removed the item in this Region. If false, a caller removed it, or Time to Live did in another
   * Region, where the table is a replica of a global table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
   */
  readonly expired: boolean;
  /** The item's partition key, and its sort key if the table has one. */
  readonly keys: Partial<T>;
  /** The item before the change, if the stream view type includes it. */
  readonly oldImage?: T;
  /** The item after the change, if the stream view type includes it. */
  readonly newImage?: T;
  /**
   * The record as Lambda delivered it, in DynamoDB JSON; not enumerable. A copy: what is changed in it does not change
   * which record is reported.
   */
  readonly record: StreamRecord;
}

export const EVENT_NAMES = new Set(['INSERT', 'MODIFY', 'REMOVE']);

/** The record is not one of its own properties: JSON and copies leave it out. */
class Decoded {
  readonly #record: StreamRecord;
  #copy: StreamRecord | undefined;

  constructor(record: StreamRecord) {
    this.#record = record;
  }

  get record(): StreamRecord {
    this.#copy ??= { ...this.#record, dynamodb: { ...this.#record.dynamodb } };
    return this.#copy;
  }

  /** Reads nothing of the value, which may be a proxy that throws. */
  static is(value: unknown): value is ChangeEvent {
    return typeof value === 'object' && value !== null && #record in value;
  }
}

export const isChangeEvent = Decoded.is;

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 * @throws TypeError if the record is not one of a DynamoDB stream
 */
export function toChangeEvent<T extends object = Item>(record: StreamRecord): ChangeEvent<T> {
  const { eventID, eventName, eventSourceARN, dynamodb, userIdentity } = record;
  const stream = parseStreamArn(eventSourceARN);
  const { Keys, OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb ?? {};
  if (
    !stream ||
    !eventID ||
    !eventName ||
    !EVENT_NAMES.has(eventName) ||
    !isObject(Keys) ||
    Object.keys(Keys).length === 0 ||
    !(OldImage === undefined || isObject(OldImage)) ||
    !(NewImage === undefined || isObject(NewImage)) ||
    !SequenceNumber
  ) {
    throw new TypeError(`not a record of a DynamoDB stream: ${describeRecord(record)}`);
  }
  const { account, region, table, label } = stream;
  try {
    const change = Object.assign(new Decoded(record), {
      id: eventID,
      eventName,
      account,
      region,
      table,
      sequenceNumber: SequenceNumber,
      position: `${label}/${SequenceNumber.padStart(40, '0')}`,
      time: toTime(ApproximateCreationDateTime),
      expired:
        eventName === 'REMOVE' &&
        userIdentity?.type === 'Service' &&
        userIdentity.principalId === 'dynamodb.amazonaws.com',
      keys: toItem(Keys),
      oldImage: OldImage && toItem(OldImage),
      newImage: NewImage && toItem(NewImage),
    });
    // Only the caller knows what the table's items are like.
    return change as object as ChangeEvent<T>;
  } catch (error) {
    const { message } = error as Error;
    throw new TypeError(`a record cannot be decoded, ${message}: ${describeRecord(record)}`);
  }
}

const isoTime = createIsoTime();
const LAST_TIME = Date.UTC(9999, 11, 31);

/**
 * @param seconds since 1970; DynamoDB may leave it out
 * @throws TypeError if it is another unit, such as microseconds
 */
function toTime(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds === null) return undefined;
  const time = Number(seconds) * 1000;
  if (time >= 0 && time <= LAST_TIME) return isoTime(time);
  throw new TypeError('its ApproximateCreationDateTime is not in seconds');
}
