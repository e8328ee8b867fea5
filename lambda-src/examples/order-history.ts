import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { defineProcessor } from 'dynamodb-cross-account-streams/processor';

const client = new DynamoDBClient({});
const TableName = required('HISTORY_TABLE');

/**
 * Keeps each change of an order in a table of the function's account: partition key `OrderId`, sort key `Change`.
 *
 * Delivery is at least once, and a change that is delivered again writes the same item.
 */
export default defineProcessor(
  async ({ eventName, expired, keys, newImage, position, time }, { signal }) => {
    const Item = {
      OrderId: { S: String(keys.OrderId) },
      Change: { S: position },
      EventName: { S: eventName },
      Expired: { BOOL: expired },
      ...(time && { Time: { S: time } }),
      ...(newImage && { Order: { S: JSON.stringify(newImage) } }),
    };
    await client.send(new PutItemCommand({ TableName, Item }), { abortSignal: signal });
  },
  { concurrency: 10 },
);

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`the variable ${name} is not set: the name of the table with the history`);
}
