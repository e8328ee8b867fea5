import {
  DescribeTableCommand,
  GetResourcePolicyCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { arns } from '../../../topology/arns';
import type { ResolvedProducer } from '../../../topology/resolve';
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

/** The policy of the stream, as JSON. */
export async function readResourcePolicy(
  reader: Reader,
  { stackId: stack }: ResolvedProducer,
  ResourceArn: string,
): Promise<Found<string>> {
  const question = { action: 'dynamodb:GetResourcePolicy', stack, part: 'stream policy' };
  const found = await reader.ask(question, ({ dynamodb }, options) =>
    dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }), options),
  );
  return isFound(found) ? (found.Policy ?? 'absent') : found;
}
