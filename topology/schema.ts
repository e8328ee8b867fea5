/**
 * The topology file, as one zod schema. Types, defaults and the checks of single values come from
 * it; what spans several values is in `validate.ts`.
 *
 * Key names are Terraform's attribute names in camelCase.
 */
import { z } from 'zod';
import {
  ALARMS,
  ASSUME_ROLE,
  ATHENA_SCAN,
  BUCKET,
  FILTERS,
  FUNCTION,
  IAM,
  LIFECYCLE,
  LOG_RETENTION_IN_DAYS,
  MAPPING,
  OBJECT_KEY_PREFIX,
  type Range,
  TABLE,
  TAGS,
} from './limits';
import { runtimeRule, USABLE_RUNTIMES } from './runtimes';

const ARN_PARTITION = 'aws[a-z-]*';

/** Every value that breaks the rule gets the same one message, which says what to write. */
function text(pattern: RegExp, rule: string) {
  return z.string({ error: rule }).regex(pattern, { error: rule });
}

function integer({ min, max }: Range, unit = '') {
  const range = `between ${min} and ${max}${unit}`;
  return z
    .int({ error: `must be an integer ${range}` })
    .min(min, { error: `must be ${range}` })
    .max(max, { error: `must be ${range}` });
}

function flag() {
  return z.boolean({ error: 'must be true or false' });
}

function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be ${values.join(' or ')}` });
}

function list<T extends z.ZodType>(element: T) {
  return z.array(element, { error: 'must be a list' });
}

/** A mapping with exactly these keys. */
function object<T extends z.core.$ZodLooseShape>(shape: T) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `is not a key of the topology here; the keys are ${keys}`
        : `must be a mapping with the keys ${keys}`,
  });
}

type With<T, K extends keyof T, Other extends keyof T> = {
  readonly [Key in K]-?: Exclude<T[Key], undefined>;
} & { readonly [Key in Other]?: undefined };

/** A mapping that has one of two keys. */
type OneOf<T, A extends keyof T, B extends keyof T> = With<T, A, B> | With<T, B, A>;

/** Reports two keys of which a mapping can have one only, or none where one is required. */
function exclusive<T extends object>(
  key: string & keyof T,
  other: string & keyof T,
  required: boolean,
) {
  return (value: T, { addIssue }: z.RefinementCtx<T>) => {
    const given = [key, other].filter((name) => value[name] !== undefined);
    if (given.length === 0 && required) addIssue(`is missing ${key} or ${other}`);
    if (given.length === 2) {
      const message = `cannot be combined with ${key}; leave one of them out`;
      addIssue({ code: 'custom', path: [other], message });
    }
  };
}

const NAME = /^[a-z][a-z0-9-]*$/;
const NAME_RULE =
  'must match [a-z][a-z0-9-]*: lower-case letters, digits and hyphens, a letter first';

/** A mapping from names the user chooses. Stack ids are made of them. */
function named<T extends z.ZodType>(element: T, what: string) {
  return z.record(text(NAME, NAME_RULE), element, {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? NAME_RULE
        : `must be a mapping from the name of ${what} to its settings`,
  });
}

const nameReference = (what: string) => text(NAME, `must be the name of ${what} in this file`);

const region = text(/^[a-z]{2,4}(-[a-z]+)+-\d+$/, 'must be an AWS Region, such as us-east-1');

const roleArn = text(
  new RegExp(`^arn:${ARN_PARTITION}:iam::\\d{12}:role/[\\w+=,.@/-]+$`),
  'must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/Deploy',
);

const policyArn = text(
  new RegExp(`^arn:${ARN_PARTITION}:iam::(\\d{12}|aws):policy/[\\w+=,.@/-]+$`),
  'must be the ARN of an IAM policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess',
);

const AWS_MANAGED_KEY =
  'must not be the AWS managed key (alias/aws/dynamodb), with which a stream cannot be read from another account; write aws-owned, customer-managed or { kmsKeyArn: … }';

const isAwsManagedKey = (value: unknown) =>
  value === 'aws-managed' || (typeof value === 'string' && value.includes('alias/aws/dynamodb'));

const kmsKeyArn = z
  .string({ error: 'must be the ARN of a KMS key' })
  .regex(new RegExp(`^arn:${ARN_PARTITION}:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$`), {
    error: ({ input }) =>
      isAwsManagedKey(input)
        ? AWS_MANAGED_KEY
        : 'must be the ARN of a KMS key (not of an alias), such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  });

const bucketName = text(
  /^(?=.{3,63}$)(?!.*(\.[.-]|-\.))(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
  `must be the name of an S3 bucket: ${BUCKET.nameLength.min} to ${BUCKET.nameLength.max} lower-case letters, digits, hyphens and dots, and none that S3 reserves`,
);

const keyAttribute = object({
  name: text(
    /^.{1,255}$/s,
    `must be an attribute name of ${TABLE.attributeNameLength.min} to ${TABLE.attributeNameLength.max} characters`,
  ).describe('Name of the key attribute.'),
  type: choice(['S', 'N', 'B']).describe('S string, N number, B binary.'),
});

const tableName = text(
  /^[a-zA-Z0-9_.-]{3,255}$/,
  `must be a table name: ${TABLE.nameLength.min} to ${TABLE.nameLength.max} letters, digits, underscores, hyphens and dots`,
);

const encryption = z.union(
  [
    z.literal('aws-owned'),
    z.literal('customer-managed'),
    object({ kmsKeyArn: kmsKeyArn.describe('ARN of a key that exists.') }),
  ],
  {
    error: (issue) =>
      isAwsManagedKey(issue.input)
        ? AWS_MANAGED_KEY
        : 'must be aws-owned, customer-managed or { kmsKeyArn: <ARN of a KMS key> }',
  },
);

export const stateSchema = object({
  bucket: bucketName.describe('S3 bucket of the Terraform state of every stack.'),
  region: region.describe('Region of the bucket.'),
  keyPrefix: text(
    /^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/,
    'must be an object key prefix without a slash at either end, such as team/orders',
  )
    .optional()
    .describe(
      'The state of a stack is at <keyPrefix>/<stack id>.tfstate. Default: the name of the topology.',
    ),
  roleArn: roleArn.optional().describe('Role assumed to read and write the state.'),
  kmsKeyId: text(/^[\w:/-]+$/, 'must be the ID or ARN of a KMS key')
    .optional()
    .describe('KMS key the state is encrypted with. Default: the encryption of the bucket.'),
  usePathStyle: flag().default(false).describe('Path-style addresses, for S3-compatible stores.'),
  manage: flag().default(false).describe('Adds a stack, state-bucket, that creates the bucket.'),
});

const deployRole = object({
  arn: roleArn.describe('Role that Terraform assumes to deploy to the account.'),
  externalId: text(
    /^[\w+=,.@:/-]{2,1224}$/,
    `must be an external ID of ${ASSUME_ROLE.externalIdLength.min} to ${ASSUME_ROLE.externalIdLength.max} characters`,
  )
    .optional()
    .describe('External ID that the role asks for. It is in the Terraform, so it is no secret.'),
  sessionName: text(
    /^[\w+=,.@-]{2,64}$/,
    `must be a role session name of ${ASSUME_ROLE.sessionNameLength.min} to ${ASSUME_ROLE.sessionNameLength.max} letters, digits and +=,.@-_`,
  )
    .optional()
    .describe("Name of the role session, in the account's CloudTrail. Default: the provider's."),
});

const accountId = () =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === 'number'
          ? 'must be an AWS account ID of 12 digits in quotes, since YAML reads digits as a number'
          : 'must be an AWS account ID of 12 digits in quotes, such as "111122223333"',
    })
    .regex(/^\d{12}$/, {
      error: 'must be an AWS account ID of 12 digits, such as "111122223333"',
    });

export const accountSchema = object({
  id: accountId().describe('AWS account ID, 12 digits, in quotes.'),
  region: region.describe('Region of the resources in this account.'),
  deployRole: deployRole
    .optional()
    .describe('Default: the credentials Terraform is run with, which must belong to the account.'),
  stateRoleArn: roleArn
    .optional()
    .describe(
      "Role assumed to read and write the state for this account's stacks. Default: state.roleArn.",
    ),
});

const role = object({
  name: text(
    /^[\w+=,.@-]{1,64}$/,
    `must be an IAM role name: ${IAM.roleNameLength.min} to ${IAM.roleNameLength.max} letters, digits and +=,.@-_`,
  ).describe('Name of the execution role.'),
  path: text(
    /^(?=.{1,512}$)\/([\w+=,.@-]+\/)*$/,
    'must be an IAM path that begins and ends with a slash, such as /streams/',
  )
    .default('/')
    .describe('IAM path of the role and its policies.'),
  permissionsBoundary: policyArn
    .optional()
    .describe('ARN of the permissions boundary of the role.'),
  managedPolicyArns: list(policyArn)
    .max(IAM.managedPoliciesPerRole.max, {
      error: `must be at most ${IAM.managedPoliciesPerRole.max} policies, which IAM attaches to a role`,
    })
    .default([])
    .describe('Further managed policies of the role.'),
  managedPolicyQuota: integer({
    min: IAM.managedPoliciesPerRole.default,
    max: IAM.managedPoliciesPerRole.max,
  })
    .default(IAM.managedPoliciesPerRole.default)
    .describe(
      "Managed policies that IAM attaches to a role: the account's quota, if AWS has raised it. More of them let a role read more streams.",
    ),
  pollerOnly: flag()
    .default(true)
    .describe(
      "Whether the function's own code is refused what only Lambda needs: reading the streams, decrypting with the keys of the tables, writing failed batches. False if Lambda itself is refused.",
    ),
});

const code = object({
  directory: text(/./, 'must be the path of a folder, relative to cdktf.json').describe(
    'Prepared folder that becomes the deployment package as it is, links followed: at most 250 MB, and 50 MB zipped.',
  ),
  handler: text(/^[\w./:-]{1,128}$/, 'must be a handler, such as index.handler').describe(
    'Handler, as the runtime expects it. Its file must be in the folder; ES modules must export it, and Python modules have its name. What Java and .NET compiled is not looked into.',
  ),
});

const functionSettings = object({
  name: text(
    /^[a-zA-Z0-9_-]{1,64}$/,
    `must be a function name: ${FUNCTION.nameLength.min} to ${FUNCTION.nameLength.max} letters, digits, hyphens and underscores`,
  ).describe('Name of the function.'),
  entry: text(
    /\.[cm]?[jt]s$/,
    'must be the path of a TypeScript or JavaScript file, relative to cdktf.json',
  )
    .optional()
    .describe(
      'TypeScript file whose default export is a processor, or that exports `handler`; it is bundled. Default: the function of the sink, lambda-src/index.ts.',
    ),
  files: list(text(/./, 'must be the path of a file or a folder, relative to cdktf.json'))
    .default([])
    .describe(
      'Files and folders that the function reads at run time, in the folder of entry; in the package they have the same path from there.',
    ),
  code: code.optional().describe('Instead of entry: any prepared folder, any runtime.'),
  runtime: z
    .enum(USABLE_RUNTIMES, { error: ({ input }) => runtimeRule(input) })
    .default('nodejs24.x')
    .describe('Lambda runtime. The review says when AWS ends its support.'),
  architecture: choice(['arm64', 'x86_64']).default('arm64').describe('Instruction set.'),
  memorySize: integer(FUNCTION.memorySize, ' MB').default(256).describe('Memory in MB.'),
  timeout: integer(FUNCTION.timeout, ' seconds')
    .default(60)
    .describe('Time one invocation may take, in seconds.'),
  reservedConcurrentExecutions: integer(
    FUNCTION.reservedConcurrentExecutions,
    ' (to pause, write enabled: false in the subscription)',
  )
    .optional()
    .describe(
      'Reserved concurrency: the function always has it, and never more. Default: none is reserved. With fewer than the parallelizationFactor of its subscriptions together, batches wait.',
    ),
  environment: z
    .record(
      z.string(),
      z.string({ error: 'must be a string; put numbers and booleans in quotes' }),
      { error: 'must be a mapping from variable names to strings' },
    )
    .default({})
    .describe('Environment variables.'),
  logRetentionInDays: z
    .literal(LOG_RETENTION_IN_DAYS.values, {
      error: `must be one of ${LOG_RETENTION_IN_DAYS.values.join(', ')} days`,
    })
    .default(30)
    .describe('Days for which CloudWatch Logs keeps the log.'),
});

type FunctionSettings = z.output<typeof functionSettings>;

const lambdaFunction = functionSettings
  .superRefine(exclusive<FunctionSettings>('entry', 'code', false))
  .transform(
    (settings) =>
      settings as FunctionSettings &
        (OneOf<FunctionSettings, 'code', 'entry'> | { readonly code?: undefined }),
  );

const s3Sink = object({
  type: z.literal('s3', { error: 'must be s3' }).describe('A lake in S3.'),
  bucket: bucketName
    .optional()
    .describe('Existing bucket of the consumer account. Default: the stack makes one.'),
  prefix: text(
    // A policy would take * for any character, and clients of S3 take . and .. for folders.
    new RegExp(
      `^(?=.{2,${OBJECT_KEY_PREFIX.length.max}}$)(?!(.*/)?\\.\\.?/)[\\w!.'()=-]+(/[\\w!.'()=-]+)*/$`,
    ),
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
  formerAccounts: list(accountId())
    .default([])
    .describe('IDs of accounts no longer subscribed to, whose changes queries still find.'),
  formerTables: list(tableName)
    .default([])
    .describe('Names of tables no longer subscribed to, whose changes queries still find.'),
  scanLimitInMegabytes: integer(ATHENA_SCAN.megabytes, ' MB')
    .default(10_000)
    .describe('MB that one Athena query may scan.'),
});

const sink = z
  .union(
    [
      z.literal('log').transform((type) => ({ type })),
      z.literal('s3').transform((type) => s3Sink.parse({ type })),
      s3Sink,
    ],
    { error: 'must be log, s3 or { type: s3, bucket?: …, prefix?: … }' },
  )
  .prefault('log');

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
    .describe("Duration that raises the alarm, in percent of the function's timeout."),
  failedRecords: count('Records sent to the failed-batches bucket'),
  topicArn: text(
    new RegExp(`^arn:${ARN_PARTITION}:sns:[a-z0-9-]+:\\d{12}:[\\w-]+$`),
    'must be the ARN of an SNS topic, such as arn:aws:sns:us-east-1:111122223333:alarms',
  )
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

export const consumerSchema = object({
  account: nameReference('an account').describe('Account of the function.'),
  role: role.describe('Execution role of the function, which the stream policies name.'),
  function: lambdaFunction.describe('The function.'),
  sink: sink.describe(
    'Where the default function writes changes. With s3 the stack makes a lake; a function of your own (entry, code) finds it by SINK_BUCKET, SINK_PREFIX and SINK_BUCKET_OWNER.',
  ),
  failedBatches: failedBatches.prefault({}).describe('Bucket of the discarded batches.'),
  alarms: alarms.describe('CloudWatch alarms; false turns them off.'),
});

const table = object({
  name: tableName.describe('Name of the table.'),
  partitionKey: keyAttribute.describe('Partition key.'),
  sortKey: keyAttribute.optional().describe('Sort key.'),
  streamViewType: choice(['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'])
    .default('NEW_AND_OLD_IMAGES')
    .describe('What a stream record holds. A change makes a new stream.'),
  billingMode: choice(['PAY_PER_REQUEST', 'PROVISIONED'])
    .default('PAY_PER_REQUEST')
    .describe('On demand, or provisioned with readCapacity and writeCapacity.'),
  readCapacity: integer(TABLE.capacity)
    .optional()
    .describe(
      'Read capacity units, with PROVISIONED: those of a new table, and the least of one that Application Auto Scaling changes.',
    ),
  writeCapacity: integer(TABLE.capacity)
    .optional()
    .describe('Write capacity units, with PROVISIONED: as readCapacity.'),
  pointInTimeRecovery: flag().default(true).describe('Continuous backups.'),
  deletionProtection: flag()
    .default(true)
    .describe(
      'The table cannot be deleted, or replaced for another name: destroy and deploy fail until this is false and deployed.',
    ),
  encryption: encryption
    .default('aws-owned')
    .describe('Key of the table. The AWS managed key does not work across accounts.'),
});

const existingTable = object({
  name: tableName.describe('Name of a table that exists, with a stream.'),
  encryption: encryption
    .default('aws-owned')
    .describe('Key that the table has: aws-owned or { kmsKeyArn: … }.'),
});

const condition = object({
  test: text(
    /^((ForAllValues|ForAnyValue):)?((String|Arn)(Not)?(Equals|Like)|String(Not)?EqualsIgnoreCase|(Numeric|Date)(Not)?Equals|(Numeric|Date)(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress)(IfExists)?$|^Null$/,
    'must be a condition operator, such as StringEquals',
  ).describe('Condition operator of IAM.'),
  variable: text(/^[\w:/.+=@-]+$/, 'must be a condition key, such as aws:PrincipalOrgID').describe(
    'Condition key of IAM.',
  ),
  values: list(z.string({ error: 'must be a string' }))
    .min(1, { error: 'must have at least one value' })
    .describe('Values, one of which must match.'),
});

const streamPolicySettings = object({
  principal: choice(['role', 'account'])
    .default('role')
    .describe(
      'role names the execution role; account names its account with the condition aws:PrincipalArn, so that the policy can stand before the role does.',
    ),
  conditions: list(condition).default([]).describe('Further conditions of the stream policy.'),
  replacesExisting: flag()
    .optional()
    .describe(
      'For existingTable: true if this topology owns the policy of the stream. One that is there already is replaced.',
    ),
});

const streamPolicy = z.union([z.literal('none'), streamPolicySettings], {
  error: 'must be none or { principal?: …, conditions?: …, replacesExisting?: true }',
});

const producerSettings = object({
  account: nameReference('an account').optional().describe('Account of the table.'),
  accounts: list(nameReference('an account'))
    .min(1, { error: 'must name at least one account' })
    .optional()
    .describe('Instead of account: the same table in each of these, one stack per account.'),
  table: table.optional().describe('A table that the stack creates.'),
  existingTable: existingTable.optional().describe('Instead of table: a table that exists.'),
  streamPolicy: streamPolicy
    .prefault({})
    .describe(
      'Resource-based policy of the stream. none, for existingTable: the policy belongs to others, who add the statement that the review and the output stream_policy_statement show.',
    ),
});

type ProducerSettings = z.output<typeof producerSettings>;

export const producerSchema = producerSettings
  .superRefine(exclusive<ProducerSettings>('account', 'accounts', true))
  .superRefine(exclusive<ProducerSettings>('table', 'existingTable', true))
  .transform(
    (settings) =>
      settings as ProducerSettings &
        OneOf<ProducerSettings, 'account', 'accounts'> &
        OneOf<ProducerSettings, 'table', 'existingTable'>,
  );

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
  enabled: flag()
    .default(true)
    .describe(
      'false pauses the subscription. What is older than maximumRecordAgeInSeconds when it goes on is sent to the failed batches; what is older than 24 hours is lost.',
    ),
});

/**
 * Version of the AWS provider in the synthesized stacks. The resource classes are made from 6.25.0; no
 * argument that they write is another one in this version. It creates buckets with tags in every
 * partition (6.29.0), reads a table's new stream when its view type changes, and keeps indexes that are
 * ignored out of the plan (6.27.0).
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md
 */
export const AWS_PROVIDER_VERSION = '6.31.0';

const AWS_PROVIDER_RULE = `must be an exact version of the AWS provider 6 in quotes, such as "${AWS_PROVIDER_VERSION}"`;

/** @see docs/operations.md, section "Another version of the AWS provider" */
const EARLY_AWS_PROVIDER = /^6\.(\d|1\d|2[0-8])\.(0|[1-9]\d*)$/;
const TOO_EARLY =
  "must be 6.29.0 or later: earlier ones keep a replaced stream's policy on the old stream, and fail to create buckets in China, GovCloud and the European Sovereign Cloud";

export const topologySchema = object({
  name: text(NAME, NAME_RULE)
    .max(TAGS.valueLength.max, {
      error: `must be at most ${TAGS.valueLength.max} characters, since it is the value of a tag`,
    })
    .describe('Name of the topology: prefix of state keys, value of the tag Topology.'),
  tags: z
    .record(
      z.string(),
      text(
        /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u,
        'must be a string of letters, digits, spaces and _.:/=+-@',
      ),
      { error: 'must be a mapping from tag keys to strings' },
    )
    .default({})
    .describe('Tags of every resource.'),
  awsProviderVersion: z
    .string({ error: AWS_PROVIDER_RULE })
    .regex(/^6\.(29|[3-9]\d|[1-9]\d{2,})\.(0|[1-9]\d*)$/, {
      error: ({ input }) =>
        EARLY_AWS_PROVIDER.test(String(input)) ? TOO_EARLY : AWS_PROVIDER_RULE,
    })
    .default(AWS_PROVIDER_VERSION)
    .describe('Exact version of the Terraform provider hashicorp/aws, in quotes; 6.29.0 or later.'),
  state: stateSchema.describe('Where Terraform keeps its state.'),
  accounts: named(accountSchema, 'an account').describe('AWS accounts, by a name of your choice.'),
  consumers: named(consumerSchema, 'a consumer').describe('Functions that read streams, by name.'),
  producers: named(producerSchema, 'a producer').describe('Tables with a stream, by name.'),
  subscriptions: list(subscriptionSchema).default([]).describe('Who reads what.'),
});

/** A topology file after its own checks, with defaults filled in. */
export type Topology = z.output<typeof topologySchema>;
export type Encryption = z.output<typeof encryption>;
export type StreamPolicySettings = z.output<typeof streamPolicySettings>;
export type Table = z.output<typeof table>;
export type ExistingTable = z.output<typeof existingTable>;
export type Code = z.output<typeof code>;
export type Sink = z.output<typeof sink>;
export type S3Sink = z.output<typeof s3Sink>;
export type Alarms = z.output<typeof alarmSettings>;
