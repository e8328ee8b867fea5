import { explain } from '../../commands/explain';

const PLACE = {
  program: 'terraform',
  folder: 'cdktf.out/stacks/consumer-process-orders',
  dependsOn: [],
};
const NOW = new Date('2026-01-08T12:00:00Z');
const text = (summary: string, detail = '', address?: string) =>
  explain({ severity: 'error', summary, detail, address }, PLACE, NOW);

test('a lock has its holder, its age and the command that removes it', () => {
  const detail = `Error message: operation error S3: PutObject, api error PreconditionFailed
Lock Info:
  ID:        0b5ebc0f-8a0c-3f7a-8f43-7d63e9a1f1f4
  Path:      example-terraform-state/orders/consumer-process-orders.tfstate.tflock
  Operation: OperationTypeApply
  Who:       ada@laptop
  Version:   1.11.4
  Created:   2026-01-08 11:15:00.123456 +0000 UTC
  Info:      


Terraform acquires a state lock to protect the state from being written
by multiple users at the same time.`;
  expect(text('Error acquiring the state lock', detail)).toBe(
    'the state is locked by ada@laptop since 2026-01-08 11:15:00.123456 +0000 UTC (45 minutes ago), for apply. If that run is over and left its lock: terraform -chdir=cdktf.out/stacks/consumer-process-orders force-unlock 0b5ebc0f-8a0c-3f7a-8f43-7d63e9a1f1f4',
  );
});

describe('what exists and is in no state has the command that imports it', () => {
  test.each([
    [
      'aws_dynamodb_table.table',
      'creating AWS DynamoDB Table (Orders): operation error DynamoDB: CreateTable, ResourceInUseException: Table already exists: Orders',
      'aws_dynamodb_table.table Orders',
    ],
    [
      'aws_lambda_function.processor',
      'creating Lambda Function (ProcessOrders): ResourceConflictException: Function already exist: ProcessOrders',
      'aws_lambda_function.processor ProcessOrders',
    ],
    [
      'aws_cloudwatch_log_group.log',
      'creating CloudWatch Logs Log Group (/aws/lambda/ProcessOrders): ResourceAlreadyExistsException: The specified log group already exists',
      'aws_cloudwatch_log_group.log /aws/lambda/ProcessOrders',
    ],
    [
      'aws_lambda_event_source_mapping.event_source_mapping',
      'creating Lambda Event Source Mapping (arn:aws:dynamodb:x): ResourceConflictException: The event source arn and function provided mapping already exists. Please update or delete the existing mapping with UUID 14e0db71-5a35-4eb9-8d2a-3c5f1a7c6b9d',
      'aws_lambda_event_source_mapping.event_source_mapping 14e0db71-5a35-4eb9-8d2a-3c5f1a7c6b9d',
    ],
  ])('%s', (address, summary, args) => {
    expect(text(summary, '', address)).toBe(
      `${address} exists in AWS and is not in the state; if it is the one of this stack: terraform -chdir=cdktf.out/stacks/consumer-process-orders import ${args} (${summary})`,
    );
  });

  test('or where to find the ID, if the message does not have it', () => {
    const summary =
      'creating IAM Policy (P): EntityAlreadyExists: A policy called P already exists';
    expect(text(summary, '', 'aws_iam_policy.streams')).toBe(
      `aws_iam_policy.streams exists in AWS and is not in the state; if it is the one of this stack, import it: docs/repair.md has the ID (${summary})`,
    );
  });
});

test.each([
  [
    'aws_dynamodb_resource_policy.stream_policy',
    'creating DynamoDB Resource Policy (arn:aws:dynamodb:x)',
    'Error: operation error DynamoDB: PutResourcePolicy, https response error StatusCode: 400, RequestID: 1, api error ValidationException: One or more parameter values were invalid: Invalid principal in policy document.',
    'ValidationException: One or more parameter values were invalid: Invalid principal in policy document',
  ],
  [
    'aws_kms_key.key',
    'creating KMS Key: operation error KMS: CreateKey, https response error StatusCode: 400, RequestID: 1, MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.',
    '',
    'MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals',
  ],
])('%s of a role that does not exist has what to write', (address, summary, detail, said) => {
  expect(text(summary, detail, address)).toBe(
    `${address} names a role that does not exist, or that was created seconds ago: deploy again when it exists; or write streamPolicy: { principal: account } for this producer, which waits for no role, only for its account (${said})`,
  );
});

const PROTECTED = (address: string) =>
  `Resource ${address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option.`;

test.each([
  [
    'Instance cannot be destroyed',
    PROTECTED('aws_dynamodb_table.table'),
    'aws_dynamodb_table.table would be destroyed, and deletionProtection: true (the default) protects it. To destroy it with its items: write deletionProtection: false for this producer, deploy that, then repeat this',
  ],
  [
    'Instance cannot be destroyed',
    PROTECTED('aws_s3_bucket.state_bucket'),
    `Instance cannot be destroyed: ${PROTECTED('aws_s3_bucket.state_bucket')}`,
  ],
  [
    'Failed to get existing workspaces: S3 bucket "states" does not exist. The referenced S3 bucket must have been previously created.',
    '',
    'the bucket states (state.bucket) does not exist: create it as step 3 of docs/first-deploy.md does, or with state.manage: true as docs/state.md says',
  ],
  [
    'Saved plan is stale',
    'The given plan file…',
    'the state moved on after the plan was made: plan again, and read what is different',
  ],
])('%s', (summary, detail, expected) => {
  expect(text(summary, detail)).toBe(expected);
});

test('other errors are Terraform’s own words, of several paragraphs the first', () => {
  expect(text('No valid credentials', 'Please see\n  https://x for more.\n\nMore words.')).toBe(
    'No valid credentials: Please see https://x for more.',
  );
  expect(text('creating IAM Role (X): AccessDenied', '', 'aws_iam_role.x')).toBe(
    'aws_iam_role.x: creating IAM Role (X): AccessDenied',
  );
});

test('a role that cannot be assumed has the reason of AWS, and no guesses', () => {
  const detail = `IAM Role (arn:aws:iam::444455556666:role/TerraformDeploy) cannot be assumed.

There are a number of possible causes of this - the most common are:
  * The credentials used in order to assume the role are invalid

Error: operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: User: u is not authorized to perform: sts:AssumeRole
`;
  const address = 'provider["registry.terraform.io/hashicorp/aws"].producer';
  expect(text('Cannot assume IAM Role', detail, address)).toBe(
    'Cannot assume IAM Role: IAM Role (arn:aws:iam::444455556666:role/TerraformDeploy) cannot be assumed: AccessDenied: User: u is not authorized to perform: sts:AssumeRole',
  );
});

describe('a mapping whose stream its role may not read yet', () => {
  const stream =
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';
  const summary = `creating Lambda Event Source Mapping (${stream}): operation error Lambda: CreateEventSourceMapping, https response error StatusCode: 400, RequestID: 1, InvalidParameterValueException: Cannot access stream ${stream}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`;
  const folder = 'cdktf.out/stacks/subscription-orders-process-orders';
  const explained = (...dependsOn: string[]) =>
    explain({ severity: 'error', summary, detail: '' }, { ...PLACE, folder, dependsOn }, NOW);

  test('has the command that prints what the owner of the stream must add', () => {
    expect(explained('state-bucket', 'consumer-process-orders')).toBe(
      `the role of consumer-process-orders may not read ${stream} yet; its owner must add what this prints, to the policies of the stream and of its key: terraform -chdir=cdktf.out/stacks/consumer-process-orders output -raw producer_statement; where the role belongs to others (existingFunction, role.existing), they must give it what this prints: terraform -chdir=cdktf.out/stacks/consumer-process-orders output -raw role_policy. Policies take a while to be propagated: then repeat this (${summary})`,
    );
  });

  test('of a table with a stack has that of its stack', () => {
    expect(explained('consumer-process-orders', 'producer-orders')).toBe(
      `the role of consumer-process-orders may not read ${stream} yet; where its policy belongs to others (streamPolicy: none), they must add what this prints: terraform -chdir=cdktf.out/stacks/producer-orders output -raw stream_policy_statement; where the role belongs to others (existingFunction, role.existing), they must give it what this prints: terraform -chdir=cdktf.out/stacks/consumer-process-orders output -raw role_policy. Policies take a while to be propagated: then repeat this (${summary})`,
    );
  });
});
