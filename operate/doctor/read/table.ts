import {
  DescribeTableCommand,
  GetResourcePolicyCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { arns } from '../../../topology/arns';
import type { ResolvedProducer } from '../../../topology/resolve';
import { parsePolicy } from '../policy';
import { type Found, isFound, type Reader } from './reader';

export async function readTable(
  reader: Reader,
  { stackId: stack, source }: ResolvedProducer,
): Promise<Found<TableDescription>> {
  const question = { action: 'dynamodb:DescribeTable', stack, part: 'table' };
  const found = await reader.ask(question, ({ dynamodb }, options) =>
    // By its ARN, so that another account's table of this name is not taken for it.
    dynamodb.send(new DescribeTableCommand({ TableName: arns.table(source) }), options),
  );
  return isFound(found) ? (found.Table ?? 'absent') : found;
}

/** The policy of the stream, or of the table. */
export function readResourcePolicy(
  reader: Reader,
  { stackId: stack }: ResolvedProducer,
  part: 'stream policy' | 'table policy',
  ResourceArn: string,
): Promise<Found<PolicyDocument>> {
  const question = { action: 'dynamodb:GetResourcePolicy', stack, part };
  return reader.ask(question, async ({ dynamodb }, options) => {
    const { Policy } = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }), options);
    return parsePolicy(Policy ?? NONE);
  });
}

const NONE = '{"Statement":[]}';
