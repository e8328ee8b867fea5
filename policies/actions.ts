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

/** Writes to a log group that exists. */
export const WRITE_LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * What a reader of a stream needs on the customer managed key of its table.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export const DECRYPT = ['kms:Decrypt'];

/** All of a key's administration and use, for the account that owns it. */
export const ADMINISTER_KEY = ['kms:*'];

export const ASSUME_ROLE = ['sts:AssumeRole'];
