/** An object that is not a failed batch of the consumer. */
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

/** The folder of one shard's batches, named by mapping and shard; `undefined` if the key names no shard. */
export function shardFolder(key: string): string | undefined {
  return /^aws\/lambda\/[^/]+\/[^/]+\//.exec(key)?.[0];
}
