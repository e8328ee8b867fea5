import { z } from 'zod';
import { FILTERS, MAPPING } from '../limits';
import { choice, flag, integer, list, nameReference, object } from './values';

export const subscriptionSchema = object({
  producer: nameReference('a producer').describe('Producer; every account of it is subscribed to.'),
  consumer: nameReference('a consumer').describe('Consumer.'),
  startingPosition: choice(['TRIM_HORIZON', 'LATEST'])
    .default('TRIM_HORIZON')
    .describe(
      'TRIM_HORIZON reads all that the stream still has and maximumRecordAgeInSeconds lets through; LATEST only what comes after, and nothing that was written before the mapping reads. A change replaces the mapping, which forgets its place.',
    ),
  batchSize: integer(MAPPING.batchSize).default(100).describe('Most records of one batch.'),
  maximumBatchingWindowInSeconds: integer(MAPPING.maximumBatchingWindowInSeconds, ' seconds')
    .default(0)
    .describe('Longest wait for a batch to fill, in seconds.'),
  parallelizationFactor: integer(MAPPING.parallelizationFactor)
    .default(1)
    .describe('Concurrent batches of one shard. Items with the same key stay in order.'),
  bisectBatchOnFunctionError: flag()
    .default(true)
    .describe('Splits a failed batch in two before it is retried.'),
  maximumRetryAttempts: integer(MAPPING.maximumRetryAttempts, ' (-1: without end)')
    .default(10)
    .describe('Retries of a failed batch; -1 without end.'),
  maximumRecordAgeInSeconds: z
    .union([z.literal(-1), integer(MAPPING.maximumRecordAgeInSeconds, ' seconds, or -1')], {
      error: `must be between ${MAPPING.maximumRecordAgeInSeconds.min} and ${MAPPING.maximumRecordAgeInSeconds.max} seconds, or -1`,
    })
    .default(82_800)
    .describe(
      'Age from which Lambda sends a record to the failed batches instead of the function, in seconds, also one that was never tried: after a pause, an outage, or at the start with TRIM_HORIZON. The default, 23 hours, leaves an hour of the 24 for which DynamoDB keeps a record. -1: never; a record that waits for longer than those 24 hours is lost.',
    ),
  tumblingWindowInSeconds: integer(MAPPING.tumblingWindowInSeconds, ' seconds')
    .default(0)
    .describe(
      'Length of a tumbling window, in seconds; 0 for none. A window needs a handler of your own, which returns its state: function.code, or an entry that exports handler.',
    ),
  filters: list(
    z.record(z.string(), z.unknown(), {
      error: ({ input }) =>
        typeof input === 'string' && input.trimStart().startsWith('{')
          ? 'must be a filter pattern without quotes around it, such as { eventName: [INSERT] }'
          : 'must be a filter pattern, such as { eventName: [INSERT] }',
    }),
  )
    .max(FILTERS.count, { error: `must be at most ${FILTERS.count} filters` })
    .default([])
    .describe(
      'Event filter patterns; a record that matches any of them is processed. More than 5 need a higher quota of the account.',
    ),
  readTable: flag()
    .default(false)
    .describe(
      "Lets the function's own code read the table and its indexes: GetItem, BatchGetItem and Query, by the ARN of the table.",
    ),
  enabled: flag()
    .default(true)
    .describe(
      'false pauses the subscription. What is older than maximumRecordAgeInSeconds when it goes on is sent to the failed batches; what is older than 24 hours is lost.',
    ),
});
