import type { DynamoDBRecord } from 'aws-lambda';
import { type Item, toItem } from './attribute-value';

/** One change of one item, decoded from a record of a DynamoDB stream. */
export interface ChangeEvent {
  /** The same for every delivery of the change: tells a repeat from a new change. */
  readonly id: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** AWS account of the table. */
  readonly account: string;
  readonly region: string;
  readonly table: string;
  /** Order of the changes of one item; digits, too many for a number. */
  readonly sequenceNumber: string;
  /** When the change was made, to the second, ISO 8601 in UTC. */
  readonly time: string;
  /** Whether the item was removed by Time to Live, not by a caller. */
  readonly expired: boolean;
  readonly keys: Item;
  /** The item before the change, as far as the stream view type has it. */
  readonly oldImage?: Item;
  /** The item after the change, as far as the stream view type has it. */
  readonly newImage?: Item;
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 * @throws TypeError if the record is not one of a DynamoDB stream
 */
export function toChangeEvent(record: DynamoDBRecord): ChangeEvent {
  const { eventID, eventName, eventSourceARN, dynamodb, userIdentity } = record;
  const stream = /^arn:[^:]+:dynamodb:([^:]+):(\d+):table\/([^/]+)\/stream\//.exec(
    eventSourceARN ?? '',
  );
  const { Keys, SequenceNumber, ApproximateCreationDateTime } = dynamodb ?? {};
  if (
    !stream ||
    !eventID ||
    !eventName ||
    !Keys ||
    !SequenceNumber ||
    !ApproximateCreationDateTime
  ) {
    throw new TypeError(`not a record of a DynamoDB stream: ${JSON.stringify(record)}`);
  }
  const [, region = '', account = '', table = ''] = stream;
  return {
    id: eventID,
    eventName,
    account,
    region,
    table,
    sequenceNumber: SequenceNumber,
    time: new Date(ApproximateCreationDateTime * 1000).toISOString(),
    expired: isTimeToLive(userIdentity),
    keys: toItem(Keys),
    oldImage: dynamodb?.OldImage && toItem(dynamodb.OldImage),
    newImage: dynamodb?.NewImage && toItem(dynamodb.NewImage),
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
function isTimeToLive(identity: { type?: string; principalId?: string } | undefined): boolean {
  return identity?.type === 'Service' && identity.principalId === 'dynamodb.amazonaws.com';
}
