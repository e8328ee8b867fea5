/**
 * What a reviewer would ask, line by line: where the line is, and the answer. A place is the blocks around a line and
 * then the line, each by how it begins: a resource or data source by its type, a statement with its `sid`, without
 * the number at its end.
 */
export const COMMENTS: readonly (readonly [place: string, text: string])[] = [
  ['terraform > backend "s3" > use_lockfile', 'The lock is an object in the bucket, not a table.'],
  ['provider "aws" > allowed_account_ids', 'Credentials of any other account are refused.'],
  [
    'terraform_remote_state > lifecycle',
    "Another stack's state is not believed: its outputs must be what the topology says.",
  ],

  // Policies.
  [
    'aws_iam_policy_document > statement DenyInsecureTransport > actions',
    'Allows nothing: denies every request without TLS.',
  ],
  [
    'aws_iam_policy_document > statement AllowAccountAdministration > actions',
    "AWS's default key policy: the account administers its key by IAM policies.",
  ],
  [
    'aws_iam_policy_document > statement AllowAccountAdministration > resources = ["*"]',
    'In a key policy: this key.',
  ],
  [
    'aws_iam_policy_document > statement AllowAlarms > resources = ["*"]',
    'In a key policy: this key.',
  ],
  [
    'aws_iam_policy_document > statement AllowCrossAccountStreamDecryption > resources = ["*"]',
    'In a key policy: this key.',
  ],
  [
    'aws_iam_policy_document > statement CreateLog > actions',
    'If somebody deletes the log group, Lambda discards the log unless it may create it again.',
  ],
  [
    'aws_iam_policy_document > statement ListStreams > resources',
    'dynamodb:ListStreams takes no resource.',
  ],
  [
    'aws_iam_policy_document > statement ReadStreams > resources',
    "A stream's ARN ends with its time of creation: one that is yet to come has another. Its own policy names one.",
  ],
  [
    'aws_iam_policy_document > statement DecryptTable > resources',
    "The table's key has no ARN yet: the conditions and its own policy say which key it is.",
  ],
  [
    'aws_iam_policy_document > statement > condition > variable = "lambda:SourceFunctionArn"',
    "Every request of the function's code has this key: only Lambda itself may.",
  ],
  [
    'aws_iam_policy_document > statement > condition > variable = "s3:ResourceAccount"',
    'A bucket of the same name in another account never gets the data.',
  ],

  // The consumer.
  [
    'aws_s3_bucket_server_side_encryption_configuration > rule > apply_server_side_encryption_by_default > sse_algorithm = "AES256"',
    'SSE-S3: with a KMS key, Lambda and every reader would need rights on that as well.',
  ],
  [
    'aws_s3_bucket_lifecycle_configuration > rule > abort_incomplete_multipart_upload',
    'Parts of uploads that were never completed are billed, and no listing shows them.',
  ],
  [
    'terraform_data > provisioner "local-exec"',
    'A stream policy is refused while IAM has not propagated the role that it names.',
  ],
  [
    'output "role_arn" > value = terraform_data.',
    'Known only after the wait, so that no stream policy names the role earlier.',
  ],
  ['archive_file > output_file_mode', 'The same archive on every machine, whatever its umask.'],
  [
    'aws_lambda_function > depends_on',
    'Lambda would create the log group itself, and keep the log without end.',
  ],
  [
    'aws_sns_topic > kms_master_key_id',
    'CloudWatch cannot publish with the AWS managed key (alias/aws/sns).',
  ],
  [
    'aws_cloudwatch_metric_alarm > treat_missing_data = "notBreaching"',
    'Without data nothing has failed.',
  ],
  [
    'aws_cloudwatch_metric_alarm > treat_missing_data = "ignore"',
    'Without records there is no data, and how late the last batch was still holds.',
  ],
  [
    'aws_cloudwatch_metric_alarm > treat_missing_data = "missing"',
    'Here silence is what is wrong: INSUFFICIENT_DATA is sent as well.',
  ],

  // The lake.
  [
    'aws_glue_catalog_table > parameters > "storage.location.template"',
    '$${…} is a partition of Glue, not a reference of Terraform.',
  ],
  [
    'aws_glue_catalog_table > storage_descriptor > ser_de_info > name = "-"',
    'Of no use to a view, but Athena refuses to read one without.',
  ],
  [
    'aws_athena_workgroup > configuration > bytes_scanned_cutoff_per_query',
    'Athena bills what a query scans, and stops one that scans more.',
  ],

  // The producer.
  [
    'aws_dynamodb_table > deletion_protection_enabled = false',
    'As the topology says: the table can be deleted, with all its items.',
  ],
  [
    'aws_dynamodb_table > server_side_encryption > enabled = false',
    'Encrypted with the AWS owned key. The AWS managed key would not work across accounts.',
  ],
  [
    'aws_dynamodb_table > lifecycle > prevent_destroy',
    "DynamoDB would refuse as well, but only after the stream's policy is gone.",
  ],
  [
    'aws_dynamodb_table > lifecycle > ignore_changes',
    'Set at creation only: a key cannot change, and what the topology does not say stays as it is.',
  ],
  ['aws_dynamodb_tag', 'Not in the table, whose tags are ignored: those that others set stay.'],
  [
    'aws_kms_key > lifecycle > create_before_destroy',
    'What gets another key leaves this one before it is deleted.',
  ],

  // The subscription.
  [
    'aws_lambda_event_source_mapping > maximum_record_age_in_seconds = 82800',
    'DynamoDB keeps a record for an hour longer, so a failed batch is stored with its records.',
  ],
  [
    'aws_lambda_event_source_mapping > starting_position = "LATEST"',
    'What is written before the mapping reads is not processed.',
  ],
  [
    'aws_lambda_event_source_mapping > destination_config > on_failure > destination_arn',
    'Of the possible destinations only S3 gets the records themselves.',
  ],
];
