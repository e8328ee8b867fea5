import { z } from 'zod';
import { TABLE } from '../limits';
import { insteadOfAwsManagedKey, kmsKeyArn, tableName } from './aws';
import {
  choice,
  exclusive,
  flag,
  integer,
  list,
  nameReference,
  object,
  sized,
  text,
} from './values';

const keyAttribute = object({
  name: sized(
    /^/,
    TABLE.attributeNameLength,
    (length) => `must be an attribute name of ${length} characters`,
  ).describe('Name of the key attribute.'),
  type: choice(['S', 'N', 'B']).describe('S string, N number, B binary.'),
});

const encryption = z.union(
  [
    z.literal('aws-owned'),
    z.literal('customer-managed'),
    object({ kmsKeyArn: kmsKeyArn.describe('ARN of a key that exists.') }),
  ],
  {
    error: ({ input }) =>
      insteadOfAwsManagedKey(input) ??
      'must be aws-owned, customer-managed or { kmsKeyArn: <ARN of a KMS key> }',
  },
);

const table = object({
  name: tableName.describe('Name of the table.'),
  partitionKey: keyAttribute.describe('Partition key.'),
  sortKey: keyAttribute.optional().describe('Sort key.'),
  streamViewType: choice(['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'])
    .default('NEW_AND_OLD_IMAGES')
    .describe('What a stream record holds. A change makes a new stream.'),
  billingMode: choice(['PAY_PER_REQUEST', 'PROVISIONED'])
    .default('PAY_PER_REQUEST')
    .describe('On demand, or provisioned with readCapacity and writeCapacity.'),
  readCapacity: integer(TABLE.capacity)
    .optional()
    .describe(
      'Read capacity units, with PROVISIONED: those of a new table, and the least of one that Application Auto Scaling changes.',
    ),
  writeCapacity: integer(TABLE.capacity)
    .optional()
    .describe('Write capacity units, with PROVISIONED: as readCapacity.'),
  pointInTimeRecovery: flag().default(true).describe('Continuous backups.'),
  deletionProtection: flag()
    .default(true)
    .describe(
      'The table cannot be deleted, or replaced for another name: destroy and deploy fail until this is false and deployed.',
    ),
  encryption: encryption
    .default('aws-owned')
    .describe('Key of the table. The AWS managed key does not work across accounts.'),
});

const existingTable = object({
  name: tableName.describe('Name of a table that exists, with a stream.'),
  encryption: encryption
    .default('aws-owned')
    .describe('Key that the table has: aws-owned or { kmsKeyArn: … }.'),
});

const condition = object({
  test: text(
    /^((ForAllValues|ForAnyValue):)?((String|Arn)(Not)?(Equals|Like)|String(Not)?EqualsIgnoreCase|(Numeric|Date)(Not)?Equals|(Numeric|Date)(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress)(IfExists)?$|^Null$/,
    'must be a condition operator, such as StringEquals',
  ).describe('Condition operator of IAM.'),
  variable: text(/^[\w:/.+=@-]+$/, 'must be a condition key, such as aws:PrincipalOrgID').describe(
    'Condition key of IAM.',
  ),
  values: list(z.string({ error: 'must be a string' }))
    .min(1, { error: 'must have at least one value' })
    .describe('Values, one of which must match.'),
});

const streamPolicySettings = object({
  principal: choice(['role', 'account'])
    .default('role')
    .describe(
      'role names the execution role; account names its account with the condition aws:PrincipalArn, so that the policy can stand before the role does.',
    ),
  conditions: list(condition).default([]).describe('Further conditions of the stream policy.'),
  replacesExisting: flag()
    .optional()
    .describe(
      'For existingTable: true if this topology owns the policy of the stream. One that is there already is replaced.',
    ),
});

const streamPolicy = z.union([z.literal('none'), streamPolicySettings], {
  error: 'must be none or { principal?: …, conditions?: …, replacesExisting?: true }',
});

const settings = object({
  account: nameReference('an account').optional().describe('Account of the table.'),
  accounts: list(nameReference('an account'))
    .min(1, { error: 'must name at least one account' })
    .optional()
    .describe('Instead of account: the same table in each of these, one stack per account.'),
  table: table.optional().describe('A table that the stack creates.'),
  existingTable: existingTable.optional().describe('Instead of table: a table that exists.'),
  streamPolicy: streamPolicy
    .prefault({})
    .describe(
      'Resource-based policy of the stream. none, for existingTable: the policy belongs to others, who add the statement that the review and the output stream_policy_statement show.',
    ),
});

export const producerSchema = exclusive(
  settings,
  { keys: ['account', 'accounts'], required: true },
  { keys: ['table', 'existingTable'], required: true },
);

export type Encryption = z.output<typeof encryption>;
export type ExistingTable = z.output<typeof existingTable>;
export type StreamPolicySettings = z.output<typeof streamPolicySettings>;
export type Table = z.output<typeof table>;
