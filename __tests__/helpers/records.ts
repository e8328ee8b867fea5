import type { DynamoDBRecord } from 'aws-lambda';

const STREAM =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678';

/** The insertion of the order with this number, as Lambda delivers it; all from `overrides` wins. */
export function record(number: number, overrides: DynamoDBRecord = {}): DynamoDBRecord {
  return {
    eventID: `event-${number}`,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: STREAM,
    dynamodb: {
      ApproximateCreationDateTime: 1_767_323_045,
      Keys: { OrderId: { S: `order-${number}` } },
      NewImage: { OrderId: { S: `order-${number}` }, Total: { N: '19.99' } },
      SequenceNumber: sequenceNumber(number),
      SizeBytes: 59,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...overrides,
  };
}

/** The insertions of the orders from 1 on. */
export function batch(count: number): DynamoDBRecord[] {
  return Array.from({ length: count }, (_, index) => record(index + 1));
}

/** What `batch` has as `eventID`. */
export function ids(count: number): (string | undefined)[] {
  return batch(count).map(({ eventID }) => eventID);
}

/** The record of this number, with these values in what DynamoDB says. */
export function described(number: number, values: DynamoDBRecord['dynamodb']): DynamoDBRecord {
  return record(number, { dynamodb: { ...record(number).dynamodb, ...values } });
}

/** The record of this number, with an image that cannot be decoded. */
export function undecodable(number: number): DynamoDBRecord {
  return described(number, { NewImage: JSON.parse('{"Total":{"X":"1"}}') });
}

/** As many digits as DynamoDB's. */
export function sequenceNumber(number: number): string {
  return `4421584500000000017450439${String(number).padStart(3, '0')}`;
}
