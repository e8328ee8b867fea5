import { z } from 'zod';
import { ATHENA_SCAN, GLUE, LIFECYCLE, OBJECT_KEY_PREFIX } from '../limits';
import { ATHENA_RESULTS, consumerBucketName, names, type Owner } from '../names';
import { ownFile } from '../own-files';
import type { Report } from '../problem';
import { accountId, bucketName, tableName } from '../schema/aws';
import { integer, list, object, sized } from '../schema/values';
import type { CheckedConsumer } from './sink';

const settings = object({
  type: z.literal('s3').describe('A lake in S3.'),
  bucket: bucketName
    .optional()
    .describe('Existing bucket of the consumer account. Default: the stack makes one.'),
  prefix: sized(
    // A policy would take * for any character, and clients of S3 take . and .. for folders.
    /^(?!(.*\/)?\.\.?\/)[\w!.'()=-]+(\/[\w!.'()=-]+)*\/$/,
    OBJECT_KEY_PREFIX.length,
    () =>
      'must be an object key prefix that ends with a slash, without *, ./ and ../, such as changes/',
  )
    .default('changes/')
    .describe('Object key prefix.'),
  expirationInDays: integer(LIFECYCLE.expirationInDays, ' days')
    .optional()
    .describe('Days after which S3 deletes a change. Default: never.'),
  transitionToStandardIaInDays: integer(LIFECYCLE.transitionToStandardIaInDays, ' days')
    .optional()
    .describe('Days after which S3 moves a change to the class STANDARD_IA. Default: never.'),
  formerAccounts: list(accountId)
    .default([])
    .describe('IDs of accounts no longer subscribed to, whose changes queries still find.'),
  formerTables: list(tableName)
    .default([])
    .describe('Names of tables no longer subscribed to, whose changes queries still find.'),
  scanLimitInMegabytes: integer(ATHENA_SCAN.megabytes, ' MB')
    .default(10_000)
    .describe('MB that one Athena query may scan.'),
});

type Settings = z.output<typeof settings>;

/** The bucket that the sink `s3` writes to, and how it is queried. */
export type Lake = ReturnType<typeof resolve>;

function resolve(sink: Settings, owner: Owner) {
  const bucket = sink.bucket ?? consumerBucketName('changes', owner);
  return {
    ...sink,
    bucket,
    /** Whether the stack makes the bucket. */
    managed: sink.bucket === undefined,
    database: names.glueDatabase(owner.topologyName, owner.name),
    variables: { bucket, prefix: sink.prefix, bucketOwner: owner.account.id },
  };
}

function check(sink: Settings, consumer: CheckedConsumer, report: Report): void {
  if (sink.prefix.startsWith(ATHENA_RESULTS)) {
    const message = `must not begin with ${ATHENA_RESULTS}, where the results of queries are and expire`;
    report(['sink', 'prefix'], message, sink.prefix);
  }
  checkPartitions(sink, consumer, report);
  checkLifecycle(sink, report);
  const database = names.glueDatabase(consumer.topologyName, consumer.name);
  const excess = database.length - GLUE.nameLength.max;
  if (excess > 0) {
    report([], `must have a name ${excess} characters shorter for its Glue database ${database}`);
  }
}

/** Athena finds changes by account and table, which subscriptions give as well. */
function checkPartitions(
  { formerAccounts, formerTables }: Settings,
  { isSubscribed }: CheckedConsumer,
  report: Report,
): void {
  if (isSubscribed) return;
  if (formerAccounts.length > 0 && formerTables.length === 0) {
    report(['sink', 'formerTables'], 'is missing; name the tables that formerAccounts had');
  }
  if (formerTables.length > 0 && formerAccounts.length === 0) {
    report(['sink', 'formerAccounts'], 'is missing; name the accounts that had formerTables');
  }
}

function checkLifecycle(
  { bucket, transitionToStandardIaInDays, expirationInDays }: Settings,
  report: Report,
): void {
  const rules = { transitionToStandardIaInDays, expirationInDays };
  for (const [key, days] of bucket === undefined ? [] : Object.entries(rules)) {
    const message = 'must be left out if bucket is given; make it a lifecycle rule of that bucket';
    if (days !== undefined) report(['sink', key], message, days);
  }
  if (bucket !== undefined || !transitionToStandardIaInDays || !expirationInDays) return;
  if (expirationInDays <= transitionToStandardIaInDays) {
    const message = `must be over the ${transitionToStandardIaInDays} days of transitionToStandardIaInDays`;
    report(['sink', 'expirationInDays'], message, expirationInDays);
  }
}

/** The default function writes changes into a lake in S3. */
export const s3 = { settings, entry: ownFile('lambda-src/s3.ts'), resolve, check };
