/**
 * AWS's limits, once. Validation, the JSON Schema, the tests and the documents read them from here.
 * Every entry names the page it comes from.
 */

import dates from './runtimes.json';

/** An inclusive range of whole numbers. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

function from<const T extends object>(page: string, limits: T) {
  return { source: `https://docs.aws.amazon.com/${page}`, ...limits };
}

const LAMBDA_QUOTAS = 'lambda/latest/dg/gettingstarted-limits.html';
const IAM_QUOTAS = 'IAM/latest/UserGuide/reference_iam-quotas.html';

export const MAPPING = from('lambda/latest/api/API_CreateEventSourceMapping.html', {
  /** Records. */
  batchSize: { min: 1, max: 10_000 },
  /** Seconds. */
  maximumBatchingWindowInSeconds: { min: 0, max: 300 },
  /** Concurrent batches of one shard. */
  parallelizationFactor: { min: 1, max: 10 },
  /** Retries; -1 is without end. */
  maximumRetryAttempts: { min: -1, max: 10_000 },
  /** Seconds; -1 is without end and is allowed as well. */
  maximumRecordAgeInSeconds: { min: 60, max: 604_800 },
  /** Seconds. */
  tumblingWindowInSeconds: { min: 0, max: 900 },
});

export const FILTERS = from('lambda/latest/dg/invocation-eventfiltering.html', {
  /** Patterns of one mapping at most. The default quota is 5. */
  count: 10,
  /** Characters of one pattern. */
  patternLength: 4_096,
  /**
   * Combinations of the alternatives of `$or` in one pattern.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
   */
  combinations: 1_000,
});

/** Readers that DynamoDB serves from one shard at the same time. */
export const READERS_PER_STREAM = from('amazondynamodb/latest/developerguide/Streams.html', {
  max: 2,
});

/** A Lambda function. Names are counted in characters. */
export const FUNCTION = from('lambda/latest/api/API_CreateFunction.html', {
  nameLength: { min: 1, max: 64 },
  handlerLength: { min: 1, max: 128 },
  /** MB. */
  memorySize: { min: 128, max: 10_240 },
  /** Seconds. */
  timeout: { min: 1, max: 900 },
  descriptionLength: { min: 0, max: 256 },
  /** MB of `/tmp`. */
  ephemeralStorage: { min: 512, max: 10_240 },
  /** AWS takes 0 as well: the function never runs then. */
  reservedConcurrentExecutions: { min: 1, max: 1_000_000 },
});

/**
 * Lambda's runtimes: the days from which AWS maintains them no longer, creates no function with them, and
 * updates none. Previews, runtimes for container images only and those that the pinned AWS provider does
 * not know are left out.
 */
export const RUNTIMES = from('lambda/latest/dg/lambda-runtimes.html', {
  /** When the list was made. AWS moves days that are still to come. */
  asOf: '2026-07-31',
  dates,
});

/** Bytes of the package of a function: extracted, and as the zip file of an upload. */
export const DEPLOYMENT_PACKAGE = from(LAMBDA_QUOTAS, {
  unzippedSize: 250 * 1024 * 1024,
  zippedSize: 50 * 1024 * 1024,
});

/** Bytes of all environment variables of one function together, names included. */
export const ENVIRONMENT = from(LAMBDA_QUOTAS, { totalSize: 4_096 });

/** Layers of one function, and characters of their names. */
export const LAYERS = from(LAMBDA_QUOTAS, { count: 5, nameLength: { min: 1, max: 140 } });

/** The network of a function. */
export const VPC = from('lambda/latest/api/API_VpcConfig.html', {
  subnets: 16,
  securityGroups: 5,
});

/** Environment variables that Lambda sets itself and refuses. */
export const RESERVED_ENVIRONMENT_VARIABLES = from('lambda/latest/dg/configuration-envvars.html', {
  names: [
    ...['_HANDLER', '_X_AMZN_TRACE_ID', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR'],
    ...['AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_RUNTIME_API'],
    ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    ...['AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE'],
    ...['AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME'],
    ...['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ] as const,
});

/** A DynamoDB table: characters of its name and of a key attribute's name. */
export const TABLE = from('amazondynamodb/latest/developerguide/ServiceQuotas.html', {
  nameLength: { min: 3, max: 255 },
  attributeNameLength: { min: 1, max: 255 },
  capacity: { min: 1, max: 40_000 },
});

/** Secondary indexes of one table. Their names are as long as those of tables. */
export const INDEXES = from('amazondynamodb/latest/developerguide/ServiceQuotas.html', {
  global: 20,
  local: 5,
  /** Attributes that the indexes list as projected; one that two of them list counts twice. */
  projectedAttributes: 100,
});

/** What a secondary index lists as projected. */
export const PROJECTION = from('amazondynamodb/latest/APIReference/API_Projection.html', {
  attributes: 20,
});

/** Continuous backups. */
export const POINT_IN_TIME_RECOVERY = from(
  'amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html',
  { days: { min: 1, max: 35 } },
);

/**
 * Condition keys that are not in the requests with which Lambda reads a stream: it reads as the execution role,
 * outside of its functions and of any VPC, and for no other resource.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export const ABSENT_CONDITION_KEYS = from(
  'IAM/latest/UserGuide/reference_policies_condition-keys.html',
  {
    keys: [
      ...['aws:SourceArn', 'aws:SourceAccount', 'aws:SourceOrgID', 'aws:SourceOrgPaths'],
      ...['aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:VpcSourceIp'],
      ...['aws:VpceAccount', 'aws:VpceOrgID', 'aws:VpceOrgPaths', 'lambda:SourceFunctionArn'],
      ...['ec2:SourceInstanceArn', 'aws:Ec2InstanceSourceVpc', 'aws:Ec2InstanceSourcePrivateIPv4'],
    ] as const,
  },
);

/** IAM roles and policies. Sizes are characters without white space, as IAM counts. */
export const IAM = from(IAM_QUOTAS, {
  roleNameLength: { min: 1, max: 64 },
  policyNameLength: { min: 1, max: 128 },
  pathLength: { min: 1, max: 512 },
  /** All inline policies of one role together. */
  inlinePoliciesSize: 10_240,
  managedPolicySize: 6_144,
  /** Managed policies on one role: the default quota, and what AWS raises it to on request. */
  managedPoliciesPerRole: { default: 10, max: 25 },
});

/** Characters of the policy that says who may assume a role, by default. */
export const TRUST_POLICY = from(IAM_QUOTAS, { size: 2_048 });

/** Bytes of the policy of one stream; DynamoDB counts white space. */
export const STREAM_POLICY = from('amazondynamodb/latest/developerguide/rbac-considerations.html', {
  size: 20 * 1024,
});

/** Bytes of the policy of one KMS key. */
export const KEY_POLICY = from('kms/latest/developerguide/resource-limits.html', {
  size: 32 * 1024,
});

/** Bytes of the policy of one S3 bucket. */
export const BUCKET_POLICY = from('AmazonS3/latest/userguide/add-bucket-policy.html', {
  size: 20 * 1024,
});

/** Characters of a role session's name and of an external ID. */
export const ASSUME_ROLE = from('STS/latest/APIReference/API_AssumeRole.html', {
  sessionNameLength: { min: 2, max: 64 },
  externalIdLength: { min: 2, max: 1_224 },
});

/** Characters of a KMS key's alias, `alias/` included. */
export const KEY_ALIAS = from('kms/latest/APIReference/API_CreateAlias.html', {
  length: { min: 1, max: 256 },
});

/** Characters of an S3 bucket's name. */
export const BUCKET = from('AmazonS3/latest/userguide/bucketnamingrules.html', {
  nameLength: { min: 3, max: 63 },
});

/** Characters of an object key prefix; what follows it in the key is left to the function. */
export const OBJECT_KEY_PREFIX = from('AmazonS3/latest/userguide/object-keys.html', {
  length: { min: 1, max: 256 },
});

/** Days after which S3 expires an object, or moves it to another storage class. */
export const LIFECYCLE = from('AmazonS3/latest/userguide/intro-lifecycle-rules.html', {
  expirationInDays: { min: 1, max: 36_500 },
  /** S3 moves nothing to STANDARD_IA sooner. */
  transitionToStandardIaInDays: { min: 30, max: 36_500 },
});

/** MB that one Athena query may scan. */
export const ATHENA_SCAN = from(
  'athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html',
  { megabytes: { min: 10, max: 10_000_000 } },
);

/** Alarms: characters of their names, and thresholds. */
export const ALARMS = from('AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html', {
  nameLength: { min: 1, max: 255 },
  /** Seconds; less than the day for which DynamoDB keeps records, or the alarm comes after the loss. */
  iteratorAgeInSeconds: { min: 1, max: 86_399 },
  /** Events in a period of five minutes. */
  count: { min: 1, max: 1_000_000 },
  /** Percent of the function's timeout. */
  durationInPercent: { min: 1, max: 100 },
  /** Percent of the reserved concurrency, where `concurrentExecutions` is not set. */
  concurrency: 80,
});

/** Days for which CloudWatch Logs can keep a log group's events. */
export const LOG_RETENTION_IN_DAYS = from(
  'AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html',
  {
    values: [
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
      3288, 3653,
    ],
  },
);

/** Tags of one resource: how many, and characters of keys and values. */
export const TAGS = from('tag-editor/latest/userguide/best-practices-and-strats.html', {
  count: 50,
  keyLength: { min: 1, max: 128 },
  valueLength: { min: 0, max: 256 },
});

/** Characters of the name of a Glue database. */
export const GLUE = from('glue/latest/webapi/API_DatabaseInput.html', {
  nameLength: { min: 1, max: 255 },
});
