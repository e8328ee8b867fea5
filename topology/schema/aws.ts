/** Names and ARNs of AWS that several sections have. */
import { BUCKET, IAM, TABLE } from '../limits';
import { sized, text } from './values';

const ARN = 'arn:aws[a-z-]*';

export const region = text(
  /^[a-z]{2,4}(-[a-z]+)+-\d+$/,
  'must be an AWS Region, such as us-east-1',
);

export const accountId = text(
  /^\d{12}$/,
  'must be an AWS account ID of 12 digits in quotes, such as "111122223333"',
  (value) => {
    if (typeof value === 'number') {
      return 'must be an AWS account ID of 12 digits in quotes, since YAML reads digits as a number';
    }
    return typeof value === 'string'
      ? 'must be an AWS account ID of 12 digits, such as "111122223333"'
      : undefined;
  },
);

const inPath = (longest: number) => `/([\\w+=,.@-]+/)*[\\w+=,.@-]{1,${longest}}$`;

export const roleArn = text(
  new RegExp(`^${ARN}:iam::\\d{12}:role${inPath(IAM.roleNameLength.max)}`),
  'must be the ARN of an IAM role, such as arn:aws:iam::111122223333:role/Deploy',
);

/** Of a function: nobody but its service assumes a service-linked role, or changes its policies. */
export const executionRoleArn = roleArn.regex(/^(?!.*:role\/aws-service-role\/)/, {
  error: 'must not be a service-linked role, which no function can have',
});

export const policyArn = text(
  new RegExp(`^${ARN}:iam::(\\d{12}|aws):policy${inPath(IAM.policyNameLength.max)}`),
  'must be the ARN of an IAM policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess',
);

export const topicArn = text(
  new RegExp(`^${ARN}:sns:[a-z0-9-]+:\\d{12}:[\\w-]+$`),
  'must be the ARN of an SNS topic, such as arn:aws:sns:us-east-1:111122223333:alarms',
);

/** What to say of the key that no other account can use. */
export function insteadOfAwsManagedKey(value: unknown): string | undefined {
  const isMeant = typeof value === 'string' && /^aws-managed$|alias\/aws\/dynamodb/.test(value);
  return isMeant
    ? 'must not be the AWS managed key (alias/aws/dynamodb), with which a stream cannot be read from another account; the table needs the AWS owned key or a customer managed one'
    : undefined;
}

export const kmsKeyArn = text(
  new RegExp(`^${ARN}:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$`),
  'must be the ARN of a KMS key (not of an alias), such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  insteadOfAwsManagedKey,
);

const TABLE_ARN = `${ARN}:dynamodb:[a-z0-9-]+:\\d{12}:table/[\\w.-]{${TABLE.nameLength.min},${TABLE.nameLength.max}}`;

export const streamArn = text(
  new RegExp(`^${TABLE_ARN}/stream/\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?$`),
  'must be the ARN of a DynamoDB stream, such as arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000',
  (value) =>
    new RegExp(`^${TABLE_ARN}(/stream)?/?$`).test(String(value))
      ? 'must be the ARN of a stream, and lacks /stream/<label> at its end; aws dynamodb describe-table shows it as LatestStreamArn'
      : undefined,
);

export const bucketName = sized(
  /^(?!.*(\.[.-]|-\.))(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
  BUCKET.nameLength,
  (length) =>
    `must be the name of an S3 bucket: ${length} lower-case letters, digits, hyphens and dots, and none that S3 reserves`,
);

const nameInDynamodb = (what: string) =>
  sized(
    /^[a-zA-Z0-9_.-]*$/,
    TABLE.nameLength,
    (length) => `must be ${what} name: ${length} letters, digits, underscores, hyphens and dots`,
  );

export const tableName = nameInDynamodb('a table');
export const indexName = nameInDynamodb('an index');
