import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { toChangeEvent } from './change-event';
import type { Log } from './logger';
import type { Sink } from './sinks/sink';

/**
 * Takes the records of a batch to the sink one by one, in the order of the stream, and stops at the
 * first that fails: Lambda delivers that one and all after it again, so nothing is lost, and changes
 * of the same item never overtake each other.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function createHandler(sink: Sink, log: Log) {
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    if (!Array.isArray(event?.Records)) {
      throw new TypeError('not an event of a DynamoDB stream: it has no Records');
    }
    for (const record of event.Records) {
      try {
        await sink.write(toChangeEvent(record));
      } catch (error) {
        const itemIdentifier = record?.dynamodb?.SequenceNumber;
        log('ERROR', 'Change failed; Lambda will deliver it and what follows again', {
          sequenceNumber: itemIdentifier,
          eventId: record?.eventID,
          error: error instanceof Error ? error.stack : String(error),
        });
        // Without a sequence number only the whole batch can be reported.
        if (!itemIdentifier) throw error;
        return { batchItemFailures: [{ itemIdentifier }] };
      }
    }
    return { batchItemFailures: [] };
  };
}
