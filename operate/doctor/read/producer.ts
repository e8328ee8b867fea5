import type { ResolvedProducer } from '../../../topology/resolve';
import { readKey } from './key';
import { isFound, type Reader } from './reader';
import { readResourcePolicy, readTable } from './table';

export type LiveProducer = Awaited<ReturnType<typeof readProducer>>;

/** What the producer's account has of it. */
export async function readProducer(reader: Reader, producer: ResolvedProducer) {
  const table = await readTable(reader, producer);
  const [streamPolicy, key] = await Promise.all([
    isFound(table) && table.LatestStreamArn
      ? readResourcePolicy(reader, producer, table.LatestStreamArn)
      : 'unknown',
    isFound(table) && table.SSEDescription?.KMSMasterKeyArn
      ? readKey(reader, producer, table.SSEDescription.KMSMasterKeyArn)
      : 'unknown',
  ] as const);
  return { table, streamPolicy, key };
}
