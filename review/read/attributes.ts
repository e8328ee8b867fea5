import type { Resource } from './stacks';

/** A string that AWS makes of a resource's own configuration, or a fixed one in its place. */
type Attribute = (resource: Resource, text: (attribute: string) => string) => string;

/** What AWS makes up: of the right form, always the same, and no wildcard matches it by accident. */
export const STREAM_LABEL = '2026-01-01T00:00:00.000';
const UNIQUE_ID = 'AROAEXAMPLEEXAMPLE000';
const UUID = '00000000-0000-4000-8000-000000000000';

const arn =
  (service: string, name: (text: (attribute: string) => string) => string): Attribute =>
  ({ stack }, text) =>
    `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${name(text)}`;

const iamArn =
  (kind: string): Attribute =>
  ({ stack, block }, text) =>
    `arn:${stack.partition}:iam::${stack.account}:${kind}${block.path === undefined ? '/' : text('path')}${text('name')}`;

const tableArn = arn('dynamodb', (text) => `table/${text('name')}`);

const table: Record<string, Attribute> = {
  arn: tableArn,
  stream_arn: (resource, text) => `${tableArn(resource, text)}/stream/${STREAM_LABEL}`,
  stream_label: () => STREAM_LABEL,
};

const bucket: Record<string, Attribute> = {
  arn: ({ stack }, text) => `arn:${stack.partition}:s3:::${text('bucket')}`,
  id: (_, text) => text('bucket'),
};

/**
 * Attributes that AWS derives, by resource type; all others are read from the configuration.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Attribute>>>> = {
  aws_iam_role: {
    arn: iamArn('role'),
    id: (_, text) => text('name'),
    unique_id: () => UNIQUE_ID,
  },
  aws_iam_policy: { arn: iamArn('policy'), id: iamArn('policy') },
  aws_lambda_function: { arn: arn('lambda', (text) => `function:${text('function_name')}`) },
  aws_lambda_event_source_mapping: { uuid: () => UUID },
  aws_cloudwatch_log_group: { arn: arn('logs', (text) => `log-group:${text('name')}`) },
  aws_dynamodb_table: table,
  'data.aws_dynamodb_table': table,
  aws_kms_key: { arn: arn('kms', (text) => `key/${text('key_id')}`) },
  aws_kms_alias: { arn: arn('kms', (text) => text('name')) },
  aws_s3_bucket: bucket,
  'data.aws_s3_bucket': bucket,
  aws_sns_topic: { arn: arn('sns', (text) => text('name')) },
  aws_sqs_queue: { arn: arn('sqs', (text) => text('name')) },
  aws_cloudwatch_metric_alarm: { arn: arn('cloudwatch', (text) => `alarm:${text('alarm_name')}`) },
  aws_glue_catalog_database: { arn: arn('glue', (text) => `database/${text('name')}`) },
  aws_glue_catalog_table: {
    arn: arn('glue', (text) => `table/${text('database_name')}/${text('name')}`),
  },
  aws_athena_workgroup: { arn: arn('athena', (text) => `workgroup/${text('name')}`) },
  'data.aws_caller_identity': {
    account_id: ({ stack }) => stack.account,
    id: ({ stack }) => stack.account,
  },
  'data.aws_partition': { partition: ({ stack }) => stack.partition },
  'data.aws_region': { region: ({ stack }) => stack.region, name: ({ stack }) => stack.region },
};
