/** What the function, its stacks and the commands agree on: the only file of lambda-src/ that other rooms import. */

/** Variable with the lowest level that is logged. Default: INFO. */
export const LOG_LEVEL = 'LOG_LEVEL';

/** Ascending. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** @returns undefined if the text is not a level; levels are case-insensitive */
export function findLogLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((name) => name === text.toUpperCase());
}

export const SINK_VARIABLES = {
  log: {},
  s3: {
    bucket: 'SINK_BUCKET',
    prefix: 'SINK_PREFIX',
    /** ID of the account that must own the bucket. */
    bucketOwner: 'SINK_BUCKET_OWNER',
  },
} as const;

/** Metrics that the function writes to its log; their unit is Count, their only dimension FunctionName. */
export const METRICS = {
  namespace: 'CrossAccountStreams',
  processed: 'ChangesProcessed',
  /** Without the changes that follow a failure, which were not started. */
  failed: 'ChangesFailed',
} as const;

/**
 * The columns of a line in the lake, with their Hive types. The date is a partition, which the path names, and a table
 * cannot have a column of that name. Account and table are in both, for tables partitioned by the date alone.
 *
 * Keys and images are texts of DynamoDB JSON, as DynamoDB's own exports write it: no type loses anything, not even
 * a number its 38 digits. They are texts, not objects, since a JSON SerDe may change the case of an object's names.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 * @see https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html (case.insensitive)
 */
export const LAKE_COLUMNS = [
  { name: 'event_id', type: 'string' },
  { name: 'event_name', type: 'string' },
  { name: 'region', type: 'string' },
  { name: 'sequence_number', type: 'string' },
  { name: 'time', type: 'string' },
  { name: 'expired', type: 'boolean' },
  { name: 'keys', type: 'string' },
  { name: 'old_image', type: 'string' },
  { name: 'new_image', type: 'string' },
  { name: 'account', type: 'string' },
  { name: 'table', type: 'string' },
] as const;

/** The first date of a lake, `yyyy-MM-dd`: streams of other accounts can be read since then. */
export const FIRST_DATE = '2026-01-01';

/** Name of the symbol that marks a handler as one that `defineProcessor` or `defineBatchProcessor` returned. */
export const MARK_NAME = 'dynamodb-cross-account-streams/handler';

/** What is wrong with an entry, after its path: said at synthesis where it can be known, else at the start. */
export const MISSING_HANDLER =
  'must export a handler: write export default defineProcessor(…), or export const handler';
export const UNWRAPPED_DEFAULT =
  'has a default export that defineProcessor did not return: wrap it in defineProcessor, or export your own handler as `handler`';

/** Key of the client context's `custom` that is true where redrive invokes the function. */
export const REDRIVE = 'redrive';

/**
 * Whether it is the sequence number of a record: digits, too many for a number.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html 21 to 40 digits
 */
export function isSequenceNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,40}$/.test(value);
}

/** The key attributes of an item, sorted by name: the same for an item, in whatever order they came. */
export function sortedKeys<T>(keys: Readonly<Record<string, T>>): [name: string, value: T][] {
  return Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1));
}
