/**
 * Fails of what an item asks for by its attribute `Poison`, until POISON is `harmless`, and logs each batch as it
 * came. Bundled as the functions of `local.test.ts`: one writes whole batches to its sink, the other takes each change.
 */
import { S3Client } from '@aws-sdk/client-s3';
import {
  type ChangeEvent,
  defineBatchProcessor,
  defineProcessor,
} from '../../../lambda-src/processor';
import { s3Sink } from '../../../lambda-src/sinks/s3';

type StreamHandler = ReturnType<typeof defineProcessor>;

const { POISON, SINK_BUCKET, SINK_PREFIX, SINK_BUCKET_OWNER } = process.env;

function requireHarmless({ newImage }: ChangeEvent): void {
  if (newImage?.Poison && POISON !== 'harmless') throw new Error('poison');
}

function processorOf(bucket: string | undefined): StreamHandler {
  if (bucket === undefined) return defineProcessor(requireHarmless);
  const write = s3Sink({
    client: new S3Client({}),
    bucket,
    prefix: SINK_PREFIX,
    bucketOwner: SINK_BUCKET_OWNER,
  });
  return defineBatchProcessor(
    async (changes, context) => {
      changes.forEach(requireHarmless);
      await write(changes, context);
    },
    { repeatWhole: true },
  );
}

const processor = processorOf(SINK_BUCKET);

export const handler: StreamHandler = (event, context) => {
  console.log(JSON.stringify({ batch: event.Records }));
  return processor(event, context);
};
