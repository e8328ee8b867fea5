import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { parseKey } from '../../redrive/failed-batch';
import { type Found, isFound, type Reader } from './reader';

export interface FailedBatch {
  /** UUID of the event source mapping. */
  readonly mapping: string;
  readonly writtenAt: Date;
}

/** Objects of a bucket that are read: S3 lists 1,000 at a time, one list after the other. */
export const MOST = 20_000;

/** What waits to be delivered again. */
export async function readFailedBatches(
  reader: Reader,
  { stackId: stack, account, failedBatches }: ResolvedConsumer,
): Promise<Found<FailedBatch[]>> {
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
export function waiting(keys: readonly string[]): FailedBatch[] {
  return keys.flatMap((key) => {
    try {
      const [, , mapping = ''] = key.split('/');
      return { mapping, writtenAt: parseKey(key).writtenAt };
    } catch {
      return [];
    }
  });
}
