import { createHash } from 'node:crypto';
import { BUCKET } from './limits';
import type { Account } from './resolve';

/** Beginnings that S3 keeps for itself, and a hyphen, with which no bucket's name may begin. */
const RESERVED_BEGINNINGS = /^(?:xn--|sthree-|amzn-s3-demo-|-)+/;

/**
 * Name of a bucket that belongs to a consumer, such as `process-orders-failed-batches-1a2b3c4d5e6f`.
 * Names of buckets are shared by all accounts: a hash of account, Region, topology and consumer makes this
 * one unique, and anyone with the topology can tell it. Nothing of it changes with the function.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function consumerBucketName(
  purpose: 'failed-batches' | 'changes',
  topologyName: string,
  consumer: { readonly name: string; readonly account: Account },
): string {
  const { id, region } = consumer.account;
  const hash = createHash('sha256')
    .update(`${id}/${region}/${topologyName}/${consumer.name}`)
    .digest('hex')
    .slice(0, 12);
  const room = BUCKET.nameLength.max - `-${purpose}-${hash}`.length;
  const name = consumer.name.replace(RESERVED_BEGINNINGS, '').slice(0, room).replace(/-+$/, '');
  return [name, purpose, hash].filter(Boolean).join('-');
}
