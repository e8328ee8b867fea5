import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BatchProcessor } from '../processor';
import { toLakeObjects } from './lake-format';

export interface S3SinkProps {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /**
   * What every key begins with, e.g. `changes/`.
   *
   * @default ''
   */
  readonly prefix?: string;
  /**
   * ID of the account that must own the bucket: S3 refuses to write to another's.
   *
   * @default whoever owns it
   */
  readonly bucketOwner?: string;
}

/**
 * Writes the changes of a batch to S3, as gzipped lines of JSON. A batch that is repeated writes the
 * same bytes to the same keys. What S3 refuses fails the batch.
 */
export function s3Sink({ client, bucket, prefix = '', bucketOwner }: S3SinkProps): BatchProcessor {
  return async (changes) => {
    for (const { key, text } of toLakeObjects(changes)) {
      const object = {
        Bucket: bucket,
        ExpectedBucketOwner: bucketOwner,
        Key: `${prefix}${key}`,
        Body: await promisify(gzip)(text),
        // No ContentEncoding: Athena goes by the suffix .gz, and clients would unpack by themselves.
        // https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
        ContentType: 'application/x-ndjson',
      };
      await client.send(new PutObjectCommand(object));
    }
  };
}
