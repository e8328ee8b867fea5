import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

type Image = Record<string, AttributeValue>;

const S = (text: string): AttributeValue => ({ S: text });
const N = (number: number): AttributeValue => ({ N: String(number) });

/** Batches of changes of orders: two of three are modifications, with two images of 1.2 KB each. */
export function orderBatches(batches: number, batchSize: number): DynamoDBStreamEvent[] {
  return Array.from({ length: batches }, (_, batch) => ({
    Records: Array.from({ length: batchSize }, (_, index) =>
      orderRecord(batch * batchSize + index),
    ),
  }));
}

function orderRecord(number: number): DynamoDBRecord {
  const modified = number % 3 > 0;
  return {
    eventID: `c4ca4238a0b923820dcc509a6f75${String(number).padStart(4, '0')}`,
    eventName: modified ? 'MODIFY' : 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_323_045 + number,
      Keys: { OrderId: S(`order-${number}`) },
      NewImage: orderImage(number, 'placed'),
      ...(modified && { OldImage: orderImage(number, 'in the cart') }),
      SequenceNumber: `442158450000000001745${String(number).padStart(7, '0')}`,
      SizeBytes: 2_400,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN:
      'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678',
  };
}

function orderImage(number: number, status: string): Image {
  return {
    OrderId: S(`order-${number}`),
    CustomerId: S(`customer-${number % 97}`),
    Status: S(status),
    CreatedAt: S('2026-01-02T03:04:05.678Z'),
    Total: N(49.9 + (number % 100)),
    Currency: S('EUR'),
    Version: N(number),
    Gift: { BOOL: number % 2 === 0 },
    Coupon: { NULL: true },
    Tags: { SS: ['web', 'new-customer'] },
    ShippingAddress: {
      M: {
        Name: S('Jane Doe'),
        Street: S('1 Main Street'),
        City: S('Springfield'),
        PostalCode: S('12345'),
        Country: S('US'),
        Location: { M: { Latitude: N(39.7817), Longitude: N(-89.6501) } },
      },
    },
    Lines: { L: [1, 2, 3, 4].map((line) => ({ M: orderLine(number, line) })) },
  };
}

function orderLine(number: number, line: number): Image {
  return {
    Sku: S(`sku-${number}-${line}`),
    Title: S('An article whose title has the usual length'),
    Quantity: N(line),
    Price: N(4.99 * line),
    Discounts: { L: [N(0.5), N(0.25)] },
  };
}
