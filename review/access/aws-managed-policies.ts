const WRITE_LOG = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Actions that AWS managed policies allow on everything, by the part of the ARN after `:policy/`. AWS can
 * change them.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaDynamoDBExecutionRole.html
 */
const AWS_MANAGED_POLICIES = new Map<string, readonly string[]>([
  ['AdministratorAccess', ['*']],
  ['service-role/AWSLambdaBasicExecutionRole', WRITE_LOG],
  [
    'service-role/AWSLambdaDynamoDBExecutionRole',
    [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...WRITE_LOG,
    ],
  ],
]);

/** Actions of an AWS managed policy, if the review knows it. */
export function awsManagedActions(arn: string): readonly string[] | undefined {
  return AWS_MANAGED_POLICIES.get(arn.split(':iam::aws:policy/')[1] ?? '');
}
