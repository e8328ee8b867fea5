/**
 * Logs each change with what the table has of its item now, or why it may not be read. Bundled as the
 * functions of `shared-table.test.ts`.
 */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { defineProcessor } from '../../../lambda-src/processor';

const client = new DynamoDBClient({});

export default defineProcessor(async (change, { log }) => {
  const [TableName] = change.record.eventSourceARN?.split('/stream/') ?? [];
  const Key = { OrderId: { S: String(change.keys.OrderId) } };
  const present = await client
    .send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
    .then(
      ({ Item }) => Item,
      ({ name }: Error) => name,
    );
  log.info('Change', { change, present });
});
