import { inspect, types } from 'node:util';
import { isPlainObject } from '../runtime/attribute-value';
import { EVENT_NAMES } from '../runtime/change-event';
import { parseStreamArn } from '../runtime/stream-arn';
import type { AttributeValue, Image, StreamRecord } from '../runtime/stream-event';

/**
 * A change as a test writes it, with the names and plain values of a `ChangeEvent`. Numbers that a double cannot hold
 * are BigInts.
 */
export interface Change {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: object;
  readonly oldImage?: object;
  readonly newImage?: object;
  /** Whether Time to Live removes the item. Default: false. */
  readonly expired?: boolean;
  /** When the change is made, ISO 8601. Default: 2026-01-02T03:04:05Z. */
  readonly time?: string;
}

/**
 * The record that Lambda delivers of it.
 *
 * @param index of the change in the stream: later ones have a greater sequence number
 * @throws TypeError if a value is none that DynamoDB stores, or another field is wrong
 */
export function toRecord(change: Change, index: number, eventSourceARN: string): StreamRecord {
  if (typeof change !== 'object' || change === null) {
    throw new TypeError(`changes[${index}] must be a change as an object, got ${change}`);
  }
  const { eventName, keys, oldImage, newImage, expired, time = '2026-01-02T03:04:05Z' } = change;
  if (!EVENT_NAMES.has(eventName)) {
    throw new TypeError(
      `changes[${index}].eventName must be INSERT, MODIFY or REMOVE, got ${eventName}`,
    );
  }
  const seconds = Date.parse(time) / 1_000;
  if (Number.isNaN(seconds)) {
    throw new TypeError(`changes[${index}].time must be a time in ISO 8601, got ${time}`);
  }
  const imageOf = (name: keyof Change, image: object) =>
    toImage(image, `changes[${index}].${name}`);
  const images = {
    ApproximateCreationDateTime: seconds,
    Keys: imageOf('keys', keys),
    ...(oldImage && { OldImage: imageOf('oldImage', oldImage) }),
    ...(newImage && { NewImage: imageOf('newImage', newImage) }),
    StreamViewType: 'NEW_AND_OLD_IMAGES' as const,
  };
  return {
    ...recordOf(eventName, images, index, eventSourceARN),
    ...(expired && {
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    }),
  };
}

/** The record of a change whose values are DynamoDB's. */
export function recordOf(
  eventName: Change['eventName'],
  images: StreamRecord['dynamodb'],
  index: number,
  eventSourceARN: string,
): StreamRecord {
  return {
    eventID: `change-${index}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: parseStreamArn(eventSourceARN)?.region,
    dynamodb: { ...images, SequenceNumber: String(FIRST + BigInt(index)) },
    eventSourceARN,
  };
}

/** As many digits as DynamoDB's. */
const FIRST = 4_421_584_500_000_000_017_450_439_000n;

/**
 * @param place of the item, for messages
 * @throws TypeError if a value is none that DynamoDB stores
 */
export function toImage(item: object, place: string): Image {
  if (!isPlainObject(item)) throw new TypeError(`${place} must be an object, got ${inspect(item)}`);
  const values = Object.entries(item).map(([attribute, value]) => [
    attribute,
    toAttributeValue(value, `${place}.${attribute}`),
  ]);
  return Object.fromEntries(values);
}

function toAttributeValue(value: unknown, place: string): AttributeValue {
  if (typeof value === 'string') return { S: value };
  // A Number object may have more digits than a double.
  const isNumber = Number.isFinite(value) || types.isNumberObject(value);
  if (isNumber || typeof value === 'bigint') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (types.isUint8Array(value)) return { B: Buffer.from(value).toString('base64') };
  if (types.isSet(value)) return toSet([...value], place);
  if (Array.isArray(value)) {
    return { L: value.map((one, index) => toAttributeValue(one, `${place}[${index}]`)) };
  }
  if (isPlainObject(value)) return { M: toImage(value, place) };
  throw notStored(value, place);
}

function toSet(values: unknown[], place: string): AttributeValue {
  const stored = values.map((one) => toAttributeValue(one, place));
  const type = ['S', 'N', 'B'].find((name) => stored.every((one) => name in one));
  if (type === undefined || stored.length === 0) throw notStored(new Set(values), place);
  // The type of a set is that of its values, followed by S.
  const set: object = { [`${type}S`]: stored.map((one) => Reflect.get(one, type)) };
  return set as AttributeValue;
}

function notStored(value: unknown, place: string): TypeError {
  return new TypeError(
    `${place} must be a value that DynamoDB stores (text, a finite number, true, false, null, bytes, a list, a plain object, a set of texts, numbers or bytes), got ${inspect(value)}`,
  );
}
