/** What a block may have: attributes, lists within them left out, and the values of some. */
interface Allowed {
  readonly attributes: readonly string[];
  /** By attribute; that of any other may be any text with references, and without functions. */
  readonly values: Readonly<Record<string, RegExp | typeof COMPUTED>>;
}

/** A value may call functions, except those that read files. */
export const COMPUTED = 'computed';

/** @param values `|` separates alternatives, and `*` is a name */
function allow(attributes: string, values: Record<string, string> = {}): Allowed {
  return {
    attributes: [...attributes.split(' ').filter(Boolean), ...Object.keys(values)],
    values: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value === COMPUTED ? value : pattern(value),
      ]),
    ),
  };
}

function pattern(alternatives: string): RegExp {
  const escaped = alternatives.replaceAll(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '[\\w-]+');
  return new RegExp(`^(?:${escaped})$`);
}

const OWN_BUCKET = '${aws_s3_bucket.*.bucket}';
const POSTCONDITION = {
  'lifecycle.postcondition.condition': COMPUTED,
  'lifecycle.postcondition.error_message': COMPUTED,
};

/**
 * Everything that a stack may have. What is not here can give access, pass data on or run a program: it is a
 * finding until somebody who reviews this file adds it.
 */
export const ALLOWED: Readonly<Record<string, Allowed>> = {
  'data.archive_file': allow('output_file_mode', {
    output_path: '${path.module}/assets/*/*.zip',
    source_dir: '${path.module}/assets/*/*',
    type: 'zip',
  }),
  'data.aws_dynamodb_table': allow('name', POSTCONDITION),
  'data.aws_iam_policy_document': allow(
    'statement.actions statement.condition.test statement.condition.values statement.condition.variable statement.effect statement.principals.identifiers statement.principals.type statement.resources statement.sid',
  ),
  'data.aws_kms_key': allow('key_id', POSTCONDITION),
  'data.aws_s3_bucket': allow('bucket'),
  'data.terraform_remote_state': allow(
    'config.assume_role.role_arn config.bucket config.key config.region config.use_path_style',
    { backend: 's3', ...POSTCONDITION },
  ),
  locals: allow('', { lake_catalog_changes_definition: COMPUTED }),
  output: allow(
    'alarm_topic_arn.description bucket_name.description event_source_mapping_uuid.description failed_batches_bucket_arn.description function_arn.description function_name.description role_arn.description stream_arn.description stream_policy_statement.description table_arn.description table_name.description',
    {
      'alarm_topic_arn.value': '${aws_sns_topic.*.arn}|arn:*:sns:*:*:*',
      'bucket_name.value': OWN_BUCKET,
      'event_source_mapping_uuid.value': '${aws_lambda_event_source_mapping.*.uuid}',
      'failed_batches_bucket_arn.value': '${aws_s3_bucket.*.arn}',
      'function_arn.value': '${aws_lambda_function.*.arn}',
      'function_name.value': '${aws_lambda_function.*.function_name}',
      'role_arn.value': '${terraform_data.*.output}|${aws_iam_role.*.arn}',
      'stream_arn.value':
        '${aws_dynamodb_table.*.stream_arn}|${data.aws_dynamodb_table.*.stream_arn}',
      'stream_policy_statement.value': COMPUTED,
      'table_arn.value': '${aws_dynamodb_table.*.arn}|${data.aws_dynamodb_table.*.arn}',
      'table_name.value': '${aws_dynamodb_table.*.name}|${data.aws_dynamodb_table.*.name}',
    },
  ),
  // What these have is compared with the topology, see place.ts.
  provider: allow('archive aws.*'),
  'resource.aws_athena_named_query': allow('database description name query workgroup'),
  'resource.aws_athena_workgroup': allow(
    'configuration.bytes_scanned_cutoff_per_query configuration.publish_cloudwatch_metrics_enabled description name',
    {
      'configuration.enforce_workgroup_configuration': 'true',
      'configuration.result_configuration.encryption_configuration.encryption_option': 'SSE_S3',
      'configuration.result_configuration.output_location':
        's3://${aws_s3_bucket.*.bucket}/athena-results/|s3://${data.aws_s3_bucket.*.bucket}/athena-results/',
    },
  ),
  'resource.aws_cloudwatch_dashboard': allow('dashboard_name', { dashboard_body: COMPUTED }),
  'resource.aws_cloudwatch_log_group': allow('name retention_in_days'),
  'resource.aws_cloudwatch_metric_alarm': allow(
    'alarm_actions alarm_description alarm_name comparison_operator dimensions.EventSourceMappingUUID dimensions.FunctionName evaluation_periods insufficient_data_actions metric_name namespace period statistic threshold treat_missing_data',
  ),
  'resource.aws_dynamodb_resource_policy': allow('policy resource_arn'),
  'resource.aws_dynamodb_table': allow(
    'attribute.name attribute.type billing_mode deletion_protection_enabled hash_key lifecycle.prevent_destroy name point_in_time_recovery.enabled range_key read_capacity server_side_encryption.enabled server_side_encryption.kms_key_arn stream_view_type write_capacity',
    {
      'lifecycle.ignore_changes':
        'attribute|global_secondary_index|hash_key|local_secondary_index|on_demand_throughput|range_key|read_capacity|replica|table_class|tags|ttl|write_capacity',
      stream_enabled: 'true',
      ...POSTCONDITION,
    },
  ),
  'resource.aws_dynamodb_tag': allow('key resource_arn value'),
  'resource.aws_glue_catalog_database': allow('description name'),
  'resource.aws_glue_catalog_table': allow(
    'database_name description name parameters.EXTERNAL parameters.classification parameters.comment parameters.presto_view parameters.projection.account.type parameters.projection.account.values parameters.projection.date.format parameters.projection.date.range parameters.projection.date.type parameters.projection.enabled parameters.projection.table.type parameters.projection.table.values parameters.storage.location.template partition_keys.name partition_keys.type storage_descriptor.columns.name storage_descriptor.columns.type storage_descriptor.input_format storage_descriptor.location storage_descriptor.output_format storage_descriptor.ser_de_info.name storage_descriptor.ser_de_info.serialization_library table_type view_expanded_text',
    { view_original_text: COMPUTED },
  ),
  'resource.aws_iam_policy': allow('name path policy'),
  'resource.aws_iam_role': allow('assume_role_policy name path permissions_boundary'),
  'resource.aws_iam_role_policy': allow('name policy', { role: '${aws_iam_role.*.id}' }),
  'resource.aws_iam_role_policy_attachment': allow('policy_arn', { role: '${aws_iam_role.*.id}' }),
  'resource.aws_kms_alias': allow('name', { target_key_id: '${aws_kms_key.*.key_id}' }),
  'resource.aws_kms_key': allow('description lifecycle.create_before_destroy policy', {
    enable_key_rotation: 'true',
  }),
  'resource.aws_lambda_event_source_mapping': allow(
    'batch_size bisect_batch_on_function_error destination_config.on_failure.destination_arn enabled event_source_arn filter_criteria.filter.pattern function_name function_response_types maximum_batching_window_in_seconds maximum_record_age_in_seconds maximum_retry_attempts metrics_config.metrics parallelization_factor starting_position tumbling_window_in_seconds',
  ),
  'resource.aws_lambda_function': allow(
    'architectures depends_on environment.variables.* function_name handler memory_size reserved_concurrent_executions runtime timeout',
    {
      filename: '${data.archive_file.*.output_path}',
      role: '${aws_iam_role.*.arn}',
      source_code_hash: '${data.archive_file.*.output_base64sha256}',
    },
  ),
  'resource.aws_s3_bucket': allow('bucket lifecycle.prevent_destroy'),
  'resource.aws_s3_bucket_lifecycle_configuration': allow(
    'depends_on rule.abort_incomplete_multipart_upload.days_after_initiation rule.expiration.days rule.expiration.expired_object_delete_marker rule.filter rule.filter.prefix rule.id rule.noncurrent_version_expiration.noncurrent_days rule.status rule.transition.days rule.transition.storage_class',
    { bucket: OWN_BUCKET },
  ),
  'resource.aws_s3_bucket_policy': allow('policy', { bucket: OWN_BUCKET }),
  'resource.aws_s3_bucket_public_access_block': allow('', {
    block_public_acls: 'true',
    block_public_policy: 'true',
    bucket: OWN_BUCKET,
    ignore_public_acls: 'true',
    restrict_public_buckets: 'true',
  }),
  'resource.aws_s3_bucket_server_side_encryption_configuration': allow(
    'rule.apply_server_side_encryption_by_default.kms_master_key_id rule.bucket_key_enabled',
    {
      bucket: OWN_BUCKET,
      'rule.apply_server_side_encryption_by_default.sse_algorithm': 'AES256|aws:kms',
    },
  ),
  'resource.aws_s3_bucket_versioning': allow('', {
    bucket: OWN_BUCKET,
    'versioning_configuration.status': 'Enabled',
  }),
  'resource.aws_sns_topic': allow('name', { kms_master_key_id: '${aws_kms_key.*.key_id}' }),
  'resource.aws_sns_topic_policy': allow('policy', { arn: '${aws_sns_topic.*.arn}' }),
  'resource.aws_sns_topic_subscription': allow('endpoint topic_arn', { protocol: 'email' }),
  'resource.terraform_data': allow('depends_on', {
    input: '${aws_iam_role.*.arn}',
    'provisioner.local-exec.command': 'sleep 30',
    triggers_replace: '${aws_iam_role.*.unique_id}',
  }),
  terraform: allow('backend.local.* backend.s3.* required_providers.aws.version required_version', {
    'required_providers.archive.source': 'hashicorp/archive',
    'required_providers.archive.version': '2.7.1',
    'required_providers.aws.source': 'aws|hashicorp/aws',
  }),
};
