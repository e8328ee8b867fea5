import { z } from 'zod';
import { ALARMS, FUNCTION, LIFECYCLE } from '../limits';
import { sinkSchema } from '../sinks';
import { topicArn } from './aws';
import { encryptionSchema } from './encryption';
import { existingFunctionSchema, functionSchema } from './function';
import { roleSchema } from './role';
import { tagsSchema } from './tags';
import { exclusive, flag, integer, nameReference, object, text } from './values';

const failedBatches = object({
  expirationInDays: integer(LIFECYCLE.expirationInDays, ' days')
    .default(30)
    .describe('Days after which S3 deletes a failed batch that was not delivered again.'),
});

const count = (what: string) =>
  integer(ALARMS.count).default(1).describe(`${what} in five minutes that raise the alarm.`);

const alarmSettings = object({
  iteratorAgeInSeconds: integer(ALARMS.iteratorAgeInSeconds, ' seconds')
    .default(900)
    .describe('Age of the last record of a batch that raises the alarm, in seconds.'),
  errors: count('Failed invocations, and likewise failed changes'),
  throttles: count('Throttled invocations'),
  concurrentExecutions: integer(FUNCTION.reservedConcurrentExecutions)
    .optional()
    .describe(
      `Invocations at a time, for 15 minutes, that raise the alarm. Default: ${ALARMS.concurrency}% of reservedConcurrentExecutions; without that no alarm.`,
    ),
  durationInPercent: integer(ALARMS.durationInPercent, ' percent')
    .default(80)
    .describe(
      "Duration that raises the alarm, in percent of the function's timeout. Of an existingFunction there is no such alarm.",
    ),
  failedRecords: count('Records sent to the failed-batches bucket'),
  topicArn: topicArn
    .optional()
    .describe('Existing SNS topic of the Region. Default: the stack makes an encrypted one.'),
  email: text(/^[^@\s]+@[^@\s]+$/, 'must be an email address')
    .optional()
    .describe('Address subscribed to the topic; it must confirm the subscription.'),
});

const alarms = z
  .union([z.literal(false), alarmSettings], {
    error: 'must be false or { iteratorAgeInSeconds?: …, topicArn?: …, email?: … }',
  })
  .prefault({});

const settings = object({
  account: nameReference('an account').describe('Account of the function.'),
  role: roleSchema
    .optional()
    .describe('Execution role of the function, which the stream policies name.'),
  function: functionSchema.optional().describe('The function.'),
  existingFunction: existingFunctionSchema
    .optional()
    .describe('Instead of role and function: a function that others made, with its role.'),
  sink: sinkSchema.describe(
    'Where the default function writes changes. With s3 the stack makes a lake; a function of your own (entry, code) finds it by SINK_BUCKET, SINK_PREFIX and SINK_BUCKET_OWNER.',
  ),
  failedBatches: failedBatches.prefault({}).describe('Bucket of the discarded batches.'),
  encryption: encryptionSchema()
    .default('aws-owned')
    .describe(
      'Key of what the consumer keeps: log, environment variables, failed batches, the lake that the stack makes, and query results. customer-managed: the stack makes a key.',
    ),
  alarms: alarms.describe('CloudWatch alarms; false turns them off.'),
  dashboard: flag().default(true).describe('Whether there is a CloudWatch dashboard.'),
  tags: tagsSchema
    .optional()
    .describe(
      'Tags of the resources of the consumer and its subscriptions; they win over those of the account.',
    ),
});

export const consumerSchema = exclusive(
  settings,
  { keys: ['function', 'existingFunction'], missing: 'function or existingFunction' },
  { keys: ['role', 'existingFunction'], missing: 'role' },
);

export type Alarms = z.output<typeof alarmSettings>;
