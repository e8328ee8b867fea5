import { createHash } from 'node:crypto';
import { renderDocument } from './policy-document';
import type { Block, Stack } from './stacks';

/** What attributes are made of: the parts of a `Resource`. */
interface Resource {
  readonly stack: Stack;
  readonly block: Block;
  readonly place: string;
  resolve(text: string): string;
  text(path: string): string;
  optional(path: string): string | undefined;
}

/** A string that AWS makes of a resource's own configuration, or a fixed one in its place. */
type Attribute = (resource: Resource) => string;

/** What AWS makes up: of the right form, always the same, and no wildcard matches it by accident. */
export const STREAM_LABEL = '2026-01-01T00:00:00.000';
const UNIQUE_ID = 'AROAEXAMPLEEXAMPLE000';
const UUID = '00000000-0000-4000-8000-000000000000';

const attribute =
  (name: string): Attribute =>
  (resource) =>
    resource.text(name);

/** @param prefix what comes before the name, such as `table/` */
const arn =
  (service: string, prefix: string, name: string): Attribute =>
  (resource) => {
    const { partition, region, account } = resource.stack;
    return `arn:${partition}:${service}:${region}:${account}:${prefix}${resource.text(name)}`;
  };

const iamArn =
  (kind: string): Attribute =>
  (resource) => {
    const { partition, account } = resource.stack;
    return `arn:${partition}:iam::${account}:${kind}${resource.optional('path') ?? '/'}${resource.text('name')}`;
  };

const tableArn = arn('dynamodb', 'table/', 'name');

const document: Attribute = (resource) =>
  JSON.stringify(renderDocument(resource.place, resource.block, (text) => resource.resolve(text)));

const table: Record<string, Attribute> = {
  arn: tableArn,
  stream_arn: (resource) => `${tableArn(resource)}/stream/${STREAM_LABEL}`,
};

/** KMS chooses the ids of keys: these begin like no other. */
const KEY_ID_BEGINS = '00000000-0000-4000-8000-';
export const KEY_ID = new RegExp(`${KEY_ID_BEGINS}[0-9a-f]{12}`, 'g');

const keyId: Attribute = ({ place }) => {
  const hash = createHash('sha256').update(place).digest('hex');
  return `${KEY_ID_BEGINS}${hash.slice(0, 12)}`;
};

const bucketArn: Attribute = (resource) =>
  `arn:${resource.stack.partition}:s3:::${resource.text('bucket')}`;
const bucket = { arn: bucketArn };

/**
 * Attributes that AWS derives, by resource type; all others are read from the configuration.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, Attribute>>>> = {
  aws_iam_role: { arn: iamArn('role'), id: attribute('name'), unique_id: () => UNIQUE_ID },
  aws_iam_policy: { arn: iamArn('policy') },
  aws_lambda_function: { arn: arn('lambda', 'function:', 'function_name') },
  'data.aws_lambda_function': {
    arn: arn('lambda', 'function:', 'function_name'),
    // What the stack publishes, and a condition compares with the function's own.
    role: (resource) => resource.resolve(String(resource.stack.json.output?.role_arn?.value)),
  },
  aws_lambda_event_source_mapping: { uuid: () => UUID },
  aws_cloudwatch_log_group: { arn: arn('logs', 'log-group:', 'name') },
  aws_dynamodb_table: table,
  'data.aws_dynamodb_table': table,
  aws_kms_key: { arn: arn('kms', 'key/', 'key_id'), key_id: keyId },
  'data.aws_kms_key': { arn: attribute('key_id') },
  aws_s3_bucket: bucket,
  'data.aws_s3_bucket': bucket,
  aws_s3_bucket_policy: { bucket_arn: bucketArn },
  aws_s3_bucket_server_side_encryption_configuration: bucket,
  aws_sns_topic: { arn: arn('sns', '', 'name') },
  'data.aws_iam_policy_document': { json: document, minified_json: document },
  terraform_data: { output: attribute('input') },
};
