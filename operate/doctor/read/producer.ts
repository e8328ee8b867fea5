import {
  DescribeTableCommand,
  GetResourcePolicyCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { arns } from '../../../topology/arns';
import type { ResolvedProducer } from '../../../topology/resolve';
import { parsePolicy } from '../policy';
import { readKey } from './key';
import { type Found, isFound, type Reader } from './reader';

export type LiveProducer = Awaited<ReturnType<typeof readProducer>>;

/** What the producer's account has of it. What need not be read is `unknown`. */
export async function readProducer(reader: Reader, producer: ResolvedProducer) {
  const table = await readTable(reader, producer);
  const { LatestStreamArn, TableArn, SSEDescription } = isFound(table) ? table : {};
  const keyArn = SSEDescription?.KMSMasterKeyArn;
  const isRead = producer.readers.some(({ readTable }) => readTable);
  const [streamPolicy, tablePolicy, key] = await Promise.all([
    LatestStreamArn ? readPolicy(reader, producer, 'stream policy', LatestStreamArn) : 'unknown',
    TableArn && isRead ? readPolicy(reader, producer, 'table policy', TableArn) : 'unknown',
    keyArn ? readKey(reader, producer, keyArn) : 'unknown',
  ] as const);
  return { producer, table, streamPolicy, tablePolicy, key };
}

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
function readPolicy(
  reader: Reader,
  { stackId: stack }: ResolvedProducer,
  part: 'stream policy' | 'table policy',
  ResourceArn: string,
): Promise<Found<PolicyDocument>> {
  const question = { action: 'dynamodb:GetResourcePolicy', stack, part };
  return reader.ask(question, async ({ dynamodb }, options) => {
    const { Policy } = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn }), options);
    return parsePolicy(Policy ?? '{"Statement":[]}');
  });
}
