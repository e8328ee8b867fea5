import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { unmarshallDynamoDB } from '@aws-lambda-powertools/commons/utils/unmarshallDynamoDB';
import { Logger } from '@aws-lambda-powertools/logger';
import type { AttributeValue, Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { parseStreamArn } from '../lambda-src/runtime/stream-arn';

const processor = new BatchProcessor(EventType.DynamoDBStreams);
const logger = new Logger();

/** Writes each change as one line, as the default function does, with Powertools. */
export const handler = (event: DynamoDBStreamEvent, context: Context) => {
  logger.addContext(context);
  return processPartialResponse(event, write, processor, { processInParallel: false });
};

async function write(record: DynamoDBRecord): Promise<void> {
  const { dynamodb = {}, userIdentity } = record;
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime = 0 } = dynamodb;
  const { account, region, table } = parseStreamArn(record.eventSourceARN) ?? {};
  logger.info(`${record.eventName} ${table}`, {
    change: {
      id: record.eventID,
      eventName: record.eventName,
      account,
      region,
      table,
      sequenceNumber: dynamodb.SequenceNumber,
      time: new Date(ApproximateCreationDateTime * 1000).toISOString(),
      expired: userIdentity?.principalId === 'dynamodb.amazonaws.com',
      keys: unmarshall(Keys),
      oldImage: OldImage && unmarshall(OldImage),
      newImage: NewImage && unmarshall(NewImage),
    },
  });
}

/** The SDK's type of a value differs from Lambda's, for which Powertools made the function. */
function unmarshall(image: Record<string, AttributeValue> = {}): unknown {
  return unmarshallDynamoDB(image as Parameters<typeof unmarshallDynamoDB>[0]);
}
