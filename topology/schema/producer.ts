import { z } from 'zod';
import { READERS_PER_STREAM } from '../limits';
import { kmsKeyArn, roleArn, streamArn } from './aws';
import { condition } from './condition';
import { existingTable, table } from './table';
import { tagsSchema } from './tags';
import { choice, exclusive, flag, list, nameReference, object } from './values';

const existingStream = object({
  arn: streamArn.describe('ARN of the stream, which holds its account, Region and table.'),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe('ARN of the customer managed key of its table. Left out: the AWS owned key.'),
});

const streamPolicySettings = object({
  principal: choice(['role', 'account'])
    .default('role')
    .describe(
      'role names the execution role; account names its account with the condition aws:PrincipalArn, so that the policy can be deployed before the role exists.',
    ),
  readers: list(roleArn)
    .max(READERS_PER_STREAM.max, {
      error: `must be at most ${READERS_PER_STREAM.max} roles, since DynamoDB serves ${READERS_PER_STREAM.max} readers of a shard`,
    })
    .default([])
    .describe(
      'ARNs of roles of other teams that may read the stream. The output consumer_statement has what their own policies need.',
    ),
  conditions: list(condition).default([]).describe('Further conditions of the stream policy.'),
  replacesExisting: flag()
    .optional()
    .describe(
      'For existingTable: true if this topology owns the policy of the stream. One that is there already is replaced.',
    ),
});

const streamPolicy = z.union([z.literal('none'), streamPolicySettings], {
  error: 'must be none or { principal?: …, readers?: …, conditions?: …, replacesExisting?: true }',
});

const settings = object({
  account: nameReference('an account').optional().describe('Account of the table.'),
  accounts: list(nameReference('an account'))
    .min(1, { error: 'must name at least one account' })
    .optional()
    .describe('Instead of account: the same table in each of these, one stack per account.'),
  table: table.optional().describe('A table that the stack creates.'),
  existingTable: existingTable.optional().describe('Instead of table: a table that exists.'),
  existingStream: existingStream
    .optional()
    .describe(
      'Instead of a table and its accounts: a stream that others own. No stack is deployed there; the output producer_statement of the consumer shows what its owner must add to the policies of stream and key.',
    ),
  streamPolicy: streamPolicy
    .optional()
    .describe(
      'Resource-based policy of the stream. none, for existingTable: the policy belongs to others, who add the statement that the review and the output stream_policy_statement show.',
    ),
  tags: tagsSchema
    .optional()
    .describe('Tags of the resources of the producer; they win over those of its account.'),
});

export const producerSchema = exclusive(
  settings,
  { keys: ['existingStream', 'account', 'accounts'], missing: 'account or accounts' },
  { keys: ['existingStream', 'table', 'existingTable'], missing: 'table or existingTable' },
  { keys: ['existingStream', 'streamPolicy'] },
  { keys: ['existingStream', 'tags'] },
).transform(({ streamPolicy = streamPolicySettings.parse({}), ...others }) => {
  return { ...others, streamPolicy };
});
