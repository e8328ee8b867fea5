import { z } from 'zod';
import { isSequenceNumber, sortedKeys } from '../../lambda-src/contract';
import { parseArn } from '../../topology/arns';
import { formatPath } from '../../topology/problem';
import { DEPTH, parseJson, TOO_DEEP } from './json';
import { NotAFailedBatchError, parseKey } from './object-key';

/**
 * A batch that Lambda discarded, as it is in the bucket.
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
  /** Why Lambda discarded the batch, such as `RetryAttemptsExhausted` or `RecordAgeExceeded`. */
  readonly condition: string;
  /** When Lambda discarded it, ISO 8601. */
  readonly failedAt: string;
}

/** The content of an object. */
export interface FailedBatchObject {
  readonly batch: FailedBatch;
  /** To invoke the function with, as JSON. */
  readonly event: string;
}

/** What the failed batches of a consumer have in common; any other object is not one of them. */
export interface Origin {
  readonly functionArn: string;
  /** ARNs of the tables that the consumer reads. */
  readonly tableArns: ReadonlySet<string>;
}

/**
 * Bytes of the largest failed batch. Lambda invokes a function with at most 6 MB; that event is a text in the
 * object, where JSON writes a byte of it in at most six (`\u0022`). The rest is 2 KB in AWS's example, and has 1 MB
 * here.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAXIMUM_SIZE = (6 * 6 + 1) * 1024 * 1024;

/** Milliseconds by which the time in an object's key can differ from the one in its content: a day. */
const CLOCK_DIFFERENCE = 86_400_000;

/** Characters of a wrong value that messages show. */
const SHOWN = 100;

/** The label of a stream is the time it was turned on. */
const STREAM_ARN = /^arn:[^:/]+:dynamodb:[^:/]+:\d{12}:table\/[\w.-]+\/stream\/[\w:.-]+$/;

const text = (rule: string) => z.string(rule).min(1, rule);

const object = <T extends z.core.$ZodLooseShape>(shape: T) => z.object(shape, 'must be an object');

const sequenceNumber = z.custom<string>(isSequenceNumber, 'must be 1 to 40 digits');

const invocationRecord = object({
  requestContext: object({
    functionArn: text('must be the ARN of a function'),
    condition: z.string('must be a name').regex(/^\w{1,100}$/, 'must be a name'),
  }),
  timestamp: z.iso.datetime({ offset: true, error: 'must be a time in ISO 8601' }),
  DDBStreamBatchInfo: object({
    shardId: text('must be a text'),
    startSequenceNumber: sequenceNumber,
    endSequenceNumber: sequenceNumber,
    streamArn: text('must be the ARN of a stream'),
  }),
  // AWS documents a text with JSON in it. Emulators of Lambda write the event itself.
  payload: z.union([z.string(), z.record(z.string(), z.unknown())], 'must be the event'),
});

const streamEvent = object({
  Records: z
    .array(
      object({
        eventSourceARN: text('must be the ARN of a stream'),
        dynamodb: object({
          Keys: z.record(z.string(), z.unknown(), 'must be an object').optional(),
        }),
      }),
      'must be a list',
    )
    .min(1, 'must have at least one record'),
});

/**
 * @param key key of the object
 * @param content content of the object
 * @throws NotAFailedBatchError that says what is wrong with it
 */
export function parseFailedBatch(key: string, content: string, origin: Origin): FailedBatchObject {
  const named = parseKey(key);
  const { requestContext, timestamp, DDBStreamBatchInfo, payload } = parse(
    invocationRecord,
    content,
  );
  const { streamArn, shardId } = DDBStreamBatchInfo;
  const { functionArn, condition } = requestContext;
  check(
    functionArn === origin.functionArn || functionArn === `${origin.functionArn}:$LATEST`,
    `requestContext.functionArn must be ${origin.functionArn}`,
    functionArn,
  );
  check(
    STREAM_ARN.test(streamArn) && origin.tableArns.has(tableArnOf({ streamArn })),
    'DDBStreamBatchInfo.streamArn must be the stream of a table that the consumer reads',
    streamArn,
  );
  check(
    shardId === named.shardId,
    `DDBStreamBatchInfo.shardId must be ${named.shardId}, as in the key`,
    shardId,
  );
  check(
    Math.abs(named.writtenAt.getTime() - Date.parse(timestamp)) <= CLOCK_DIFFERENCE,
    `timestamp must be within a day of ${named.writtenAt.toISOString()}, as in the key`,
    timestamp,
  );
  // A text goes to the function as it is, so that no number in it loses a digit.
  const event = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { Records } = parse(streamEvent, event, 'payload');
  for (const [index, { eventSourceARN }] of Records.entries()) {
    check(
      eventSourceARN === streamArn,
      `payload.Records[${index}].eventSourceARN must be ${streamArn}, as in DDBStreamBatchInfo`,
      eventSourceARN,
    );
  }
  return {
    batch: { key, ...DDBStreamBatchInfo, records: Records.length, condition, failedAt: timestamp },
    event,
  };
}

/** @param rule where it is and what it must be */
function check(holds: boolean, rule: string, value: string): void {
  if (holds) return;
  const shown = value.length > SHOWN ? `${value.slice(0, SHOWN - 1)}…` : value;
  throw new NotAFailedBatchError(`${rule}, got ${JSON.stringify(shown)}`);
}

/** @param place where in the object the content is */
function parse<T extends z.ZodType>(schema: T, content: string, ...place: string[]): z.output<T> {
  const refuse = (message: string, path: readonly PropertyKey[] = []) =>
    new NotAFailedBatchError(`${formatPath([...place, ...path])} ${message}`.trim());
  const value = parseJson(content);
  if (value === undefined) throw refuse('is not JSON');
  if (value === TOO_DEEP) throw refuse(`is nested more than ${DEPTH} levels deep`);
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const { path = [], message = '' } = error.issues[0] ?? {};
  throw refuse(message, path);
}

/** A shard, of all streams. */
export function shardOf({ streamArn, shardId }: FailedBatch): string {
  return `${streamArn}/${shardId}`;
}

export function tableArnOf({ streamArn }: Pick<FailedBatch, 'streamArn'>): string {
  return streamArn.split('/stream/')[0] ?? streamArn;
}

/** The items whose changes are in a batch, of all tables; those of a record without keys are not known. */
export function itemsOf({ batch, event }: FailedBatchObject): string[] {
  const table = tableArnOf(batch);
  const { Records }: { Records: { dynamodb: { Keys?: Record<string, unknown> } }[] } =
    JSON.parse(event);
  return Records.flatMap(({ dynamodb: { Keys } }) =>
    Keys ? [`${table}/${JSON.stringify(sortedKeys(Keys))}`] : [],
  );
}

/** Account, Region and table of a stream. */
export function tableOf(streamArn: string): { account: string; region: string; table: string } {
  const { id, region, resource } = parseArn(streamArn);
  return { account: id, region, table: resource.split('/')[1] ?? '' };
}
