import { S3Client } from '@aws-sdk/client-s3';
import { SINK_VARIABLES } from './contract';
import { defineBatchProcessor } from './processor';
import { s3Sink } from './sinks/s3';

/**
 * The default function, of the sink `s3`. An entry of its own, since reading the AWS SDK is the longest
 * part of bundling.
 */
export default defineBatchProcessor(
  s3Sink({
    client: new S3Client({}),
    bucket: required(SINK_VARIABLES.s3.bucket),
    prefix: process.env[SINK_VARIABLES.s3.prefix],
    bucketOwner: process.env[SINK_VARIABLES.s3.bucketOwner],
  }),
  // The names of the objects come from the batch.
  { repeatWhole: true },
);

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`the variable ${name} is not set, which the sink s3 needs`);
}
