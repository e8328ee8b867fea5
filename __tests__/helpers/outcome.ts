import type { DynamoDBRecord } from 'aws-lambda';
import type { RunBatch } from '../../lambda-src/runtime/run-batch';
import { handlerOf } from './invoke';
import { sequenceNumber } from './records';

export const NOTHING_FAILED = { response: { batchItemFailures: [] } };

/** The record of this number is reported. */
export const reported = (number: number) => ({
  response: { batchItemFailures: [{ itemIdentifier: sequenceNumber(number) }] },
});

/** What the handler throws where the first record cannot be decoded. */
export const UNDECODABLE = {
  thrown: expect.objectContaining({
    message: expect.stringMatching(
      /^a record cannot be decoded, not a DynamoDB attribute value: .*"Keys"/,
    ),
  }),
};

/** What the handler answers or throws, and its metrics. */
export async function outcomeWithCounts(runBatch: RunBatch, records: DynamoDBRecord[]) {
  const { response, thrown, metrics } = await handlerOf(runBatch).invoke(records);
  const [{ ChangesProcessed, ChangesFailed } = {}] = metrics;
  return {
    outcome: response ? { response } : { thrown },
    counts: [ChangesProcessed, ChangesFailed],
  };
}
