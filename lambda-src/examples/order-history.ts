import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { defineProcessor } from 'dynamodb-cross-account-streams/processor';

/**
 * Digits of the longest sequence number; of one length they sort as text in the order of the changes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
const SEQUENCE_NUMBER_LENGTH = 40;

const client = new DynamoDBClient({});
const TableName = required('HISTORY_TABLE');

/**
 * Keeps each change of an order in a table of the function's account: partition key `OrderId`, sort key `Change`.
 *
 * Delivery is at least once, and a change that is delivered again writes the same item.
 */
export default defineProcessor(async (change, { signal }) => {
  const { eventName, expired, keys, newImage, sequenceNumber, time } = change;
  const Item = {
    OrderId: { S: String(keys.OrderId) },
    Change: { S: sequenceNumber.padStart(SEQUENCE_NUMBER_LENGTH, '0') },
    EventName: { S: eventName },
    Expired: { BOOL: expired },
    ...(time && { Time: { S: time } }),
    ...(newImage && { Order: { S: JSON.stringify(newImage) } }),
  };
  await client.send(new PutItemCommand({ TableName, Item }), { abortSignal: signal });
});

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`the variable ${name} is not set: the name of the table with the history`);
}
