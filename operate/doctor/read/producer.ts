import type { ResolvedProducer } from '../../../topology/resolve';
import { readKey } from './key';
import { isFound, type Reader } from './reader';
import { readResourcePolicy, readTable } from './table';

export type LiveProducer = Awaited<ReturnType<typeof readProducer>>;

/** What the producer's account has of it. What need not be read is `unknown`. */
export async function readProducer(reader: Reader, producer: ResolvedProducer) {
  const table = await readTable(reader, producer);
  const { LatestStreamArn, TableArn, SSEDescription } = isFound(table) ? table : {};
  const keyArn = SSEDescription?.KMSMasterKeyArn;
  const isRead = producer.readers.some(({ readTable }) => readTable);
  const [streamPolicy, tablePolicy, key] = await Promise.all([
    LatestStreamArn
      ? readResourcePolicy(reader, producer, 'stream policy', LatestStreamArn)
      : 'unknown',
    TableArn && isRead ? readResourcePolicy(reader, producer, 'table policy', TableArn) : 'unknown',
    keyArn ? readKey(reader, producer, keyArn) : 'unknown',
  ] as const);
  return { producer, table, streamPolicy, tablePolicy, key };
}
