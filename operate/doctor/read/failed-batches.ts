import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { parseKey } from '../../redrive/failed-batch';
import { type Found, isFound, type Reader } from './reader';

/** Failed batches of one event source mapping. */
export interface Waiting {
  readonly count: number;
  /** When Lambda wrote the first of them. */
  readonly since: Date;
}

/** Objects of a bucket that are counted: S3 lists 1,000 at a time, one list after the other. */
const MOST = 20_000;

/** What waits to be delivered again, by the UUID of the mapping. */
export async function readFailedBatches(
  reader: Reader,
  { stackId: stack, account, failedBatches }: ResolvedConsumer,
): Promise<Found<ReadonlyMap<string, Waiting>>> {
  const { bucket: Bucket } = failedBatches;
  // Bucket names are global.
  const input = { Bucket, Prefix: 'aws/lambda/', ExpectedBucketOwner: account.id };
  const keys = await reader.list(
    { action: 's3:ListBucket', stack, part: 'failed batches' },
    ({ s3 }, options) => paginateListObjectsV2({ client: s3 }, input, options),
    ({ Contents }) => Contents?.map(({ Key = '' }) => Key),
    MOST,
  );
  return isFound(keys) ? waiting(keys) : keys;
}

/** Objects of another purpose are left out: `npm run redrive` shows them. */
export function waiting(keys: readonly string[]): ReadonlyMap<string, Waiting> {
  const found = new Map<string, Waiting>();
  for (const key of keys) {
    const writtenAt = timeOf(key);
    const [, , uuid = ''] = key.split('/');
    if (!writtenAt) continue;
    const { count = 0, since = writtenAt } = found.get(uuid) ?? {};
    found.set(uuid, { count: count + 1, since: since < writtenAt ? since : writtenAt });
  }
  return found;
}

function timeOf(key: string): Date | undefined {
  try {
    return parseKey(key).writtenAt;
  } catch {
    return undefined;
  }
}
