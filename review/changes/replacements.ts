import type { Difference } from './differences';

/**
 * Attributes whose change makes the AWS provider replace a resource, for the types that the stacks have; of all
 * others the bucket, role or stream that they belong to.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
const REPLACING: Readonly<Record<string, RegExp>> = {
  aws_athena_named_query: /^(name|database|description|query|workgroup)$/,
  aws_athena_workgroup: /^name$/,
  aws_cloudwatch_dashboard: /^dashboard_name$/,
  aws_cloudwatch_log_group: /^(name|log_group_class)$/,
  aws_cloudwatch_metric_alarm: /^alarm_name$/,
  aws_dynamodb_table: /^name$/,
  aws_glue_catalog_database: /^(name|catalog_id)$/,
  aws_glue_catalog_table: /^(name|database_name|catalog_id)$/,
  aws_iam_policy: /^(name|path|description)$/,
  aws_iam_role: /^(name|path)$/,
  aws_iam_role_policy: /^(name|role)$/,
  aws_iam_role_policy_attachment: /^(role|policy_arn)$/,
  aws_kms_alias: /^name$/,
  aws_kms_key: /^(customer_master_key_spec|key_usage|multi_region)$/,
  aws_lambda_event_source_mapping: /^(event_source_arn|starting_position(_timestamp)?)$/,
  aws_lambda_function: /^(function_name|package_type)$/,
  aws_s3_bucket: /^(bucket|object_lock_enabled)$/,
  aws_sns_topic: /^(name|fifo_topic)$/,
  aws_sns_topic_subscription: /^(topic_arn|protocol|endpoint)$/,
};
const OF_OTHERS = /^(bucket|resource_arn|key_id|arn|key|triggers_replace)$/;

/** What a change of an attribute does to more than itself; empty for one in place. */
export function consequence({ type, attribute }: Pick<Difference, 'type' | 'attribute'>): string {
  if (type === 'terraform') {
    const isPlace = /^backend\.s3\.(bucket|key)$/.test(attribute);
    return isPlace ? 'is created again: the other state does not have it' : '';
  }
  if ((REPLACING[type] ?? OF_OTHERS).test(attribute)) return 'is replaced';
  if (type !== 'aws_dynamodb_table') return '';
  if (/^stream_(enabled|view_type)$/.test(attribute)) return 'gets a new stream with another ARN';
  const isFixed = /^(hash_key$|range_key$|local_secondary_index\b)/.test(attribute);
  return isFixed ? 'cannot change: the plan is refused' : '';
}
