import { explain, hint } from '../../commands/explain';
import { validate } from '../../load/validate';
import type { ResolvedTopology } from '../../topology/resolve';
import { stacksOf } from '../../topology/stacks';
import {
  existingStream,
  existingTable,
  type Overrides,
  STREAM_OF_OTHERS,
  topology,
} from '../helpers/topology';

const PLACE = {
  program: 'terraform',
  folder: 'cdktf.out/stacks/consumer-process-orders',
  id: 'consumer-process-orders',
  account: '111122223333',
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
    'the state is locked by ada@laptop since 2026-01-08 11:15:00.123456 +0000 UTC (45 minutes ago), for apply. If that run is over and left its lock: npm run synth && terraform -chdir=cdktf.out/stacks/consumer-process-orders init -upgrade && terraform -chdir=cdktf.out/stacks/consumer-process-orders force-unlock 0b5ebc0f-8a0c-3f7a-8f43-7d63e9a1f1f4',
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

test('credentials of another account have the account of the stack and the key of its role', () => {
  const expected =
    'the credentials are of the account 444455556666, and consumer-process-orders belongs to 111122223333; write the role that Terraform assumes there as accounts.<name>.deployRole: { arn: … }, or deploy this stack with credentials of 111122223333';
  const address = 'provider["registry.terraform.io/hashicorp/aws"].consumer';
  expect(text('AWS account ID not allowed: 444455556666', '', address)).toBe(expected);
});

describe('a mapping whose stream its role may not read yet', () => {
  const stream = STREAM_OF_OTHERS;
  const summary = `creating Lambda Event Source Mapping (${stream}): operation error Lambda: CreateEventSourceMapping, https response error StatusCode: 400, RequestID: 1, InvalidParameterValueException: Cannot access stream ${stream}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`;
  const folder = 'cdktf.out/stacks/subscription-orders-process-orders';
  const subscriptionOf = (overrides: Overrides) => {
    const checked = validate(topology(overrides));
    expect(checked.problems).toEqual([]);
    return stacksOf(checked.topology as ResolvedTopology).find(
      ({ kind }) => kind === 'subscription',
    );
  };
  const explained = (overrides: Overrides, said: string) => {
    const place = { ...PLACE, ...subscriptionOf(overrides), folder };
    return explain({ severity: 'error', summary: said, detail: '' }, place, NOW);
  };

  const POLICY_OF_OTHERS = existingTable({ streamPolicy: 'none' });
  const ROLE_OF_OTHERS: Overrides = {
    'consumers.process-orders.role': { existing: 'arn:aws:iam::111122223333:role/Shared' },
  };
  const printed = (stack: string, output: string) =>
    `terraform -chdir=cdktf.out/stacks/${stack} output -raw ${output}; `;
  const ofStream = (stack: string, output: string) =>
    `the owner of the stream must add what this prints, to its policy and to that of a customer managed key: ${printed(stack, output)}`;
  const ofRole = `the owner of the role must give it what this prints: ${printed('consumer-process-orders', 'role_policy')}`;
  const byOwner = ofStream('consumer-process-orders', 'producer_statement');
  const both = { ...existingStream(), ...ROLE_OF_OTHERS };
  const noIdentity = `${summary} (because no identity-based policy allows the kms:Decrypt action)`;
  const noResource = `${summary} (because no resource-based policy allows it)`;

  test.each<[string, Overrides, string, string]>([
    ['of policies that are the topology’s own: none but to wait', {}, summary, ''],
    ['of a stream of others: what its owner must add', existingStream(), summary, byOwner],
    [
      'of a stream whose policy is of others: what they must add',
      POLICY_OF_OTHERS,
      summary,
      ofStream('producer-orders', 'stream_policy_statement'),
    ],
    ['of a role of others: what its owner must give it', ROLE_OF_OTHERS, summary, ofRole],
    ['of both: both', both, summary, byOwner + ofRole],
    ['of both, where AWS names the role: that', both, noIdentity, ofRole],
    ['of both, where AWS names the stream: that', both, noResource, byOwner],
    ['where AWS names the one that is ours: none but to wait', existingStream(), noIdentity, ''],
  ])('has the remedy %s', (_, overrides, said, remedy) => {
    expect(explained(overrides, said)).toBe(
      `the function's role may not read ${stream} yet; ${remedy}policies take a while to be propagated: then repeat this (${said})`,
    );
  });

  test('is said to wait for others while it takes long, if it can', () => {
    const line = 'aws_lambda_event_source_mapping.event_source_mapping is being added, 60 s';
    const hints = [{}, existingStream(), both].map((overrides) =>
      hint(line, { ...subscriptionOf(overrides) }),
    );
    expect(hints).toEqual([
      '',
      ': others may not have added producer_statement yet',
      ': others may not have added producer_statement or role_policy yet',
    ]);
    const done = 'aws_lambda_event_source_mapping.event_source_mapping added, 60 s';
    expect(hint(done, { ...subscriptionOf(both) })).toBe('');
  });
});
