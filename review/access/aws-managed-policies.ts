import type { PolicyDocument } from '../read/policy-document';

/**
 * AWS managed policies whose documents the review knows, by the part of the ARN after `:policy/`. AWS
 * can change them; the page is where to look.
 */
const AWS_MANAGED_POLICIES: Readonly<
  Record<string, { readonly source: string; readonly document: PolicyDocument }>
> = {
  AdministratorAccess: {
    source:
      'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html',
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    },
  },
  'service-role/AWSLambdaDynamoDBExecutionRole': {
    source:
      'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaDynamoDBExecutionRole.html',
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'dynamodb:DescribeStream',
            'dynamodb:GetRecords',
            'dynamodb:GetShardIterator',
            'dynamodb:ListStreams',
            'logs:CreateLogGroup',
            'logs:CreateLogStream',
            'logs:PutLogEvents',
          ],
          Resource: '*',
        },
      ],
    },
  },
  'service-role/AWSLambdaBasicExecutionRole': {
    source:
      'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html',
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: '*',
        },
      ],
    },
  },
};

/** The document of an AWS managed policy, if the review knows it. */
export function awsManagedPolicy(arn: string): PolicyDocument | undefined {
  const [, name = ''] = arn.split(':iam::aws:policy/');
  return AWS_MANAGED_POLICIES[name]?.document;
}
