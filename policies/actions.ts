/** The actions the policies grant, each list once. */

/**
 * What Lambda needs on a stream in another account, on the role and in the stream's policy.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export const READ_STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
];

/**
 * Lists streams; takes no resource, and is refused in a stream's policy.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export const LIST_STREAMS = ['dynamodb:ListStreams'];

/**
 * Creates the function's log group again, should somebody delete it: without it Lambda discards the log,
 * and with it the metrics, and says nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-identity-based-access-control-cwl.html
 */
export const CREATE_LOG = ['logs:CreateLogGroup'];
export const WRITE_LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * What the bucket of an on-failure destination needs besides writing objects.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const LIST_OBJECTS = ['s3:ListBucket'];
export const WRITE_OBJECT = ['s3:PutObject'];

/**
 * What a reader of a stream needs on the customer managed key of its table.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export const DECRYPT = ['kms:Decrypt'];

/** All of a key's administration and use, for the account that owns it. */
export const ADMINISTER_KEY = ['kms:*'];

/**
 * What CloudWatch needs to send an alarm to a topic, and on the key that the topic is encrypted with.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export const PUBLISH = ['sns:Publish'];
export const PUBLISH_ENCRYPTED = ['kms:Decrypt', 'kms:GenerateDataKey*'];

export const ASSUME_ROLE = ['sts:AssumeRole'];
