import { z } from 'zod';
import { sortedKeys } from '../lambda-src/sorted-keys';
import { formatPath } from '../topology/problem';

/**
 * A batch that Lambda gave up, as it is in the bucket.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface FailedBatch {
  /** Key of the object. */
  readonly key: string;
  readonly streamArn: string;
  readonly shardId: string;
  /** Order of the batches of one shard; digits, too many for a number. */
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly records: number;
  /** Why Lambda gave the batch up, such as `RetryAttemptsExhausted` or `RecordAgeExceeded`. */
  readonly condition: string;
  /** When Lambda gave it up, ISO 8601. */
  readonly failedAt: string;
}

/** What is in an object: the batch, and the event the function is to be invoked with, as JSON. */
export interface FailedBatchObject {
  readonly batch: FailedBatch;
  readonly event: string;
}

/** An object that is not a failed batch. */
export class NotAFailedBatchError extends Error {}

const text = (rule: string) => z.string({ error: rule }).min(1, { error: rule });

const object = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.object(shape, { error: 'must be an object' });

const sequenceNumber = z
  .string({ error: 'must be digits' })
  .regex(/^\d+$/, { error: 'must be digits' });

const invocationRecord = object({
  requestContext: object({ condition: text('must be a text') }),
  timestamp: z.iso.datetime({ offset: true, error: 'must be a time in ISO 8601' }),
  DDBStreamBatchInfo: object({
    shardId: text('must be a text'),
    startSequenceNumber: sequenceNumber,
    endSequenceNumber: sequenceNumber,
    streamArn: z
      .string({ error: 'must be the ARN of a stream' })
      .regex(/^arn:[^:]+:dynamodb:[^:]+:\d{12}:table\/[^/]+\/stream\/.+$/, {
        error: 'must be the ARN of a stream',
      }),
  }),
  // AWS documents a text with JSON in it. Emulators of Lambda write the event itself.
  payload: z.union([z.string(), z.record(z.string(), z.unknown())], {
    error: 'must be the event',
  }),
});

const streamEvent = object({
  Records: z
    .array(object({}), { error: 'must be a list' })
    .min(1, { error: 'must have at least one record' }),
});

/**
 * @param key key of the object
 * @param content content of the object
 * @throws NotAFailedBatchError that says what is wrong with it
 */
export function parseFailedBatch(key: string, content: string): FailedBatchObject {
  const { requestContext, timestamp, DDBStreamBatchInfo, payload } = parse(
    invocationRecord,
    content,
    [],
  );
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = DDBStreamBatchInfo;
  // A text goes to the function as it is, so that no number in it loses a digit.
  const event = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { Records } = parse(streamEvent, event, ['payload']);
  return {
    batch: {
      key,
      streamArn,
      shardId,
      startSequenceNumber,
      endSequenceNumber,
      records: Records.length,
      condition: requestContext.condition,
      failedAt: timestamp,
    },
    event,
  };
}

/** @param place where in the object the content is */
function parse<T extends z.ZodType>(
  schema: T,
  content: string,
  place: readonly PropertyKey[],
): z.output<T> {
  const refuse = (path: readonly PropertyKey[], message: string) =>
    new NotAFailedBatchError(`${formatPath([...place, ...path])} ${message}`.trim());
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw refuse([], 'is not JSON');
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const { path = [], message = '' } = error.issues[0] ?? {};
  throw refuse(path, message);
}

/** A shard, of all streams. */
export function shardOf({ streamArn, shardId }: FailedBatch): string {
  return `${streamArn}/${shardId}`;
}

export function tableArnOf({ streamArn }: FailedBatch): string {
  return streamArn.split('/stream/')[0] ?? streamArn;
}

/** The items whose changes are in a batch, of all tables; those of a record without keys are not known. */
export function itemsOf({ batch, event }: FailedBatchObject): string[] {
  const table = tableArnOf(batch);
  const { Records }: { Records: { dynamodb?: { Keys?: Record<string, unknown> } }[] } =
    JSON.parse(event);
  return Records.flatMap(({ dynamodb }) => {
    if (!dynamodb?.Keys) return [];
    return [`${table}/${JSON.stringify(sortedKeys(dynamodb.Keys))}`];
  });
}

/** Account, Region and table of a stream. */
export function tableOf(streamArn: string): { account: string; region: string; table: string } {
  const [, , , region = '', account = '', resource = ''] = streamArn.split(':');
  return { account, region, table: resource.split('/')[1] ?? '' };
}
