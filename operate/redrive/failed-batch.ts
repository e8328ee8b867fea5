import { z } from 'zod';
import { isSequenceNumber, sortedKeys } from '../../lambda-src/contract';
import { formatPath, formatValue } from '../../topology/problem';
import { DEPTH, parseJson, TOO_DEEP } from './json';

/**
 * A batch that Lambda discarded, as it is in the bucket.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface FailedBatch {
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

/** What the failed batches of a consumer have in common; any other object is not one of them. */
export interface Origin {
  readonly functionArn: string;
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

export class NotAFailedBatchError extends Error {}

const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

const KEY = new RegExp(
  `^aws/lambda/${UUID}/(?<shardId>[\\w.-]+)/(?<year>\\d{4})/(?<month>\\d\\d)/(?<day>\\d\\d)/` +
    `(?<date>\\k<year>-\\k<month>-\\k<day>)T(?<hour>\\d\\d)\\.(?<minute>\\d\\d)\\.(?<second>\\d\\d)-${UUID}$`,
);

/**
 * What the key of a failed batch says, its shard and when Lambda wrote it:
 * `aws/lambda/<UUID of the mapping>/<shard ID>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`, in UTC.
 *
 * @throws NotAFailedBatchError
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function parseKey(key: string) {
  const { shardId, date, hour, minute, second } = KEY.exec(key)?.groups ?? {};
  const writtenAt = new Date(`${date}T${hour}:${minute}:${second}Z`);
  if (shardId !== undefined && !Number.isNaN(writtenAt.getTime())) return { shardId, writtenAt };
  throw new NotAFailedBatchError('its key is not one that Lambda gives a failed batch');
}

/** The folder of one shard's batches, named by mapping and shard; none if the key names no shard. */
export function shardFolder(key: string): string[] {
  return [...(/^aws\/lambda\/[^/]+\/[^/]+\//.exec(key) ?? [])];
}

const object = <T extends z.core.$ZodLooseShape>(shape: T) => z.object(shape, 'must be an object');

const showing = (rule: string): z.core.$ZodCustomParams => ({
  error: ({ input }) => `${rule}, got ${formatValue(input)}`,
});

const text = (rule: string, holds: (text: string) => boolean) =>
  z.string(rule).refine(holds, showing(rule));

const sequenceNumber = text('must be 1 to 40 digits', isSequenceNumber);

const invocationRecord = (origin: Origin, { shardId, writtenAt }: ReturnType<typeof parseKey>) =>
  object({
    requestContext: object({
      functionArn: text(`must be ${origin.functionArn}`, (arn) =>
        [origin.functionArn, `${origin.functionArn}:$LATEST`].includes(arn),
      ),
      condition: text('must be a name', (name) => /^\w{1,100}$/.test(name)),
    }),
    timestamp: z.iso
      .datetime({ offset: true, error: 'must be a time in ISO 8601' })
      .refine(
        (time) => Math.abs(writtenAt.getTime() - Date.parse(time)) <= 86_400_000,
        showing(`must be within a day of ${writtenAt.toISOString()}, as in the key`),
      ),
    DDBStreamBatchInfo: object({
      shardId: text(`must be ${shardId}, as in the key`, (id) => id === shardId),
      startSequenceNumber: sequenceNumber,
      endSequenceNumber: sequenceNumber,
      streamArn: text('must be the stream of a table that the consumer reads', (arn) =>
        origin.tableArns.has(tableArnOf(arn)),
      ),
    }),
    // AWS documents a text with JSON in it. Emulators of Lambda write the event itself.
    payload: z.union([z.string(), z.record(z.string(), z.unknown())], 'must be the event'),
  });

const streamEvent = (streamArn: string) => {
  const record = object({
    eventSourceARN: text(
      `must be ${streamArn}, as in DDBStreamBatchInfo`,
      (arn) => arn === streamArn,
    ),
    dynamodb: object({
      Keys: z.record(z.string(), z.unknown(), 'must be an object').optional(),
    }),
  });
  return object({
    Records: z.array(record, 'must be a list').min(1, 'must have at least one record'),
  });
};

/**
 * @returns the batch, the event to invoke the function with, as JSON, and the items whose changes are in it; those of
 *   a record without keys are not known
 * @throws NotAFailedBatchError that says what is wrong with the object
 */
export function parseFailedBatch(key: string, content: string, origin: Origin) {
  const schema = invocationRecord(origin, parseKey(key));
  const { requestContext, timestamp, DDBStreamBatchInfo, payload } = parse(schema, content);
  // A text goes to the function as it is, so that no number in it loses a digit.
  const event = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { Records } = parse(streamEvent(DDBStreamBatchInfo.streamArn), event, 'payload');
  const batch: FailedBatch = {
    key,
    ...DDBStreamBatchInfo,
    records: Records.length,
    condition: requestContext.condition,
    failedAt: timestamp,
  };
  const table = tableArnOf(batch.streamArn);
  const items = Records.flatMap(({ dynamodb: { Keys } }) =>
    Keys ? [`${table}/${JSON.stringify(sortedKeys(Keys))}`] : [],
  );
  return { batch, event, items };
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

/** The ARN of a stream's table, empty if it is not that of a stream, whose label is the time it was turned on. */
export function tableArnOf(streamArn: string): string {
  return /^(.+)\/stream\/[\w:.-]+$/.exec(streamArn)?.[1] ?? '';
}
