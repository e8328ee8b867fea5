/**
 * What AWSLambdaVPCAccessExecutionRole allows besides the log.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

export const ACTIONS = {
  assumeRole: ['sts:AssumeRole'],

  /**
   * The function creates its log group again if somebody deletes it: without it Lambda discards the log, and with it
   * the metrics, and says nothing.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-identity-based-access-control-cwl.html
   */
  createLog: ['logs:CreateLogGroup'],
  writeLog: ['logs:CreateLogStream', 'logs:PutLogEvents'],

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html */
  readStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],

  /** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html */
  readTable: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],

  /** Takes no resource, and is refused in a stream's policy. */
  listStreams: ['dynamodb:ListStreams'],

  /** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
  decrypt: ['kms:Decrypt'],

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
  listObjects: ['s3:ListBucket'],
  writeObject: ['s3:PutObject'],

  /** @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
  publish: ['sns:Publish'],
  publishEncrypted: ['kms:Decrypt', 'kms:GenerateDataKey*'],

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
  encryptLog: [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey*',
    'kms:ReEncrypt*',
  ],

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
  encryptData: ['kms:Decrypt', 'kms:GenerateDataKey'],
  manageNetworkInterfaces: NETWORK_INTERFACES,
  denyNetworkInterfaces: [...NETWORK_INTERFACES, 'ec2:DetachNetworkInterface'],

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
  writeTraces: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],

  administerKey: ['kms:*'],
  useKey: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
  grantToServices: ['kms:CreateGrant'],
};
