/**
 * The sink `s3` with faults that the items themselves ask for, by their attribute `Fault`, and batches that are halved.
 * Bundled as the function of `processing.test.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ChangeEvent, defineBatchProcessor } from '../../../lambda-src/processor';
import { s3Sink } from '../../../lambda-src/sinks/s3';

const client = new S3Client({});
const bucket = process.env.SINK_BUCKET ?? '';
const writeChanges = s3Sink({ client, bucket, prefix: process.env.SINK_PREFIX });

export default defineBatchProcessor(async (changes, context) => {
  for (const change of changes) await failBefore(change);
  await writeChanges(changes, context);
  for (const change of changes) await failAfter(change);
});

async function failBefore(change: ChangeEvent): Promise<void> {
  const fault = change.newImage?.Fault;
  if (fault === 'poison' && process.env.POISON !== 'harmless') throw new Error('poison');
  if (fault === 'error' && (await isFirst(change))) throw new Error('asked for');
  if (fault === 'exit' && (await isFirst(change))) process.exit(1);
  if (fault === 'timeout' && (await isFirst(change))) await sleep(60_000);
  if (fault === 'reads') await requireRefusal(change);
}

/** What Lambda has just read is not the code's to read, though both have the same role. */
async function requireRefusal({ record }: ChangeEvent): Promise<void> {
  const outcome = await new DynamoDBStreamsClient({})
    .send(new DescribeStreamCommand({ StreamArn: record.eventSourceARN }))
    .then(
      () => 'allowed',
      ({ name }: Error) => name,
    );
  if (outcome !== 'AccessDeniedException') throw new Error(`reading the stream: ${outcome}`);
}

/** The changes are written, and Lambda is told that they are not: it delivers them again. */
async function failAfter(change: ChangeEvent): Promise<void> {
  if (change.newImage?.Fault === 'duplicate' && (await isFirst(change))) {
    throw new Error('written all the same');
  }
}

/** Remembered in the bucket, since a function that times out or exits forgets. */
async function isFirst({ id }: ChangeEvent): Promise<boolean> {
  const object = { Bucket: bucket, Key: `faults/${id}` };
  try {
    await client.send(new HeadObjectCommand(object));
    return false;
  } catch {
    await client.send(new PutObjectCommand(object));
    return true;
  }
}
