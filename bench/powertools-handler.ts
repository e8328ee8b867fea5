import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { unmarshallDynamoDB } from '@aws-lambda-powertools/commons/utils/unmarshallDynamoDB';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { parseStreamArn } from '../lambda-src/runtime/stream-arn';

const processor = new BatchProcessor(EventType.DynamoDBStreams);
const logger = new Logger();

/** Writes each change as one line, as the default function does, with Powertools. */
export const handler = (event: DynamoDBStreamEvent, context: Context) => {
  logger.addContext(context);
  return processPartialResponse(event, write, processor, { processInParallel: false });
};

async function write(record: DynamoDBRecord): Promise<void> {
  const { eventID: id, eventName, eventSourceARN, dynamodb = {}, userIdentity } = record;
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime = 0 } = dynamodb;
  const stream = parseStreamArn(eventSourceARN);
  logger.info(`${eventName} ${stream?.table}`, {
    change: {
      id,
      eventName,
      account: stream?.account,
      region: stream?.region,
      table: stream?.table,
      sequenceNumber: dynamodb.SequenceNumber,
      position: `${stream?.label}/${dynamodb.SequenceNumber?.padStart(40, '0')}`,
      time: new Date(ApproximateCreationDateTime * 1000).toISOString(),
      expired: userIdentity?.principalId === 'dynamodb.amazonaws.com',
      keys: unmarshall(Keys),
      oldImage: OldImage && unmarshall(OldImage),
      newImage: NewImage && unmarshall(NewImage),
    },
  });
}

/** The SDK's type of a value differs from Lambda's, for which Powertools made the function. */
const unmarshall = (image: object = {}) => unmarshallDynamoDB(image as Record<string, never>);
