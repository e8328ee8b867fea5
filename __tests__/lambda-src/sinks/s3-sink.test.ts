import { gunzipSync } from 'node:zlib';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { allAtOnce } from '../../../lambda-src/runtime/all-at-once';
import { toChangeEvent } from '../../../lambda-src/runtime/change-event';
import { toLakeObjects } from '../../../lambda-src/sinks/lake-format';
import { s3Sink } from '../../../lambda-src/sinks/s3-sink';
import { handlerOf } from '../../helpers/invoke';
import { batch, described, record, sequenceNumber, undecodable } from '../../helpers/records';

/** A client that keeps what is put, and fails as often as it is told. */
function fakeClient(failures = 0) {
  const put: PutObjectCommandInput[] = [];
  let left = failures;
  const send = async (command: unknown) => {
    if (!(command instanceof PutObjectCommand)) throw new Error('not a PutObject');
    if (left > 0) {
      left -= 1;
      throw new Error('SlowDown');
    }
    put.push(command.input);
  };
  return { put, client: { send } as Pick<S3Client, 'send'> };
}

function sinkWith(failures = 0, props: { prefix?: string; bucketOwner?: string } = {}) {
  const { put, client } = fakeClient(failures);
  const { invoke } = handlerOf(allAtOnce(s3Sink({ client, bucket: 'changes', ...props })));
  return { put, invoke };
}

const textOf = ({ Body }: PutObjectCommandInput) => gunzipSync(Body as Buffer).toString();
const midnight = [1, 2, 3].map((number) =>
  described(number, {
    ApproximateCreationDateTime: Date.parse('2026-01-02T23:59:57Z') / 1000 + number,
  }),
);

test.each([
  ['of one day', batch(3), 1],
  ['that spans midnight', midnight, 2],
])('a batch %s is written as the objects of the lake', async (_, records, count) => {
  const { put, invoke } = sinkWith();
  expect((await invoke(records)).response).toEqual({ batchItemFailures: [] });
  const expected = toLakeObjects(records.map((one) => toChangeEvent(one)));
  expect(expected).toHaveLength(count);
  expect(put.map((object) => ({ key: object.Key, text: textOf(object) }))).toEqual(expected);
});

test('an object has its type, and no encoding', async () => {
  const { put, invoke } = sinkWith(0, { prefix: 'changes/', bucketOwner: '111122223333' });
  await invoke(batch(1));
  expect(put).toEqual([
    {
      Bucket: 'changes',
      ExpectedBucketOwner: '111122223333',
      Key: expect.stringMatching(
        /^changes\/date=2026-01-02\/account=444455556666\/table=Orders\/\d+-[0-9a-f]{16}\.json\.gz$/,
      ),
      Body: expect.any(Buffer),
      ContentType: 'application/x-ndjson',
    },
  ]);
});

test('a repeated batch writes the same bytes to the same keys', async () => {
  const { put, invoke } = sinkWith();
  await invoke(midnight);
  jest.useFakeTimers({ now: Date.now() + 3_600_000, doNotFake: ['nextTick', 'setImmediate'] });
  await invoke(structuredClone(midnight));
  jest.useRealTimers();
  const written = put.map(({ Key, Body }) => [Key, Buffer.from(Body as Buffer).toString('hex')]);
  expect(written).toHaveLength(4);
  expect(written.slice(2)).toEqual(written.slice(0, 2));
});

describe('what S3 refuses', () => {
  test('fails the batch, which is repeated as it is', async () => {
    const { put, invoke } = sinkWith(1);
    const { response, lines } = await invoke(batch(3));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }] });
    expect(lines.map(({ level, error }) => [level, error])).toEqual([
      ['ERROR', { name: 'Error', message: 'SlowDown', stack: expect.any(String) }],
    ]);
    expect(put).toEqual([]);
    expect((await invoke(batch(3))).response).toEqual({ batchItemFailures: [] });
    expect(put).toHaveLength(1);
  });

  test('of one of two objects fails the batch', async () => {
    const { client, put } = fakeClient();
    const send = jest
      .fn()
      .mockImplementationOnce(client.send)
      .mockRejectedValueOnce(new Error('SlowDown'));
    const { invoke } = handlerOf(allAtOnce(s3Sink({ client: { send }, bucket: 'changes' })));
    expect((await invoke(midnight)).response).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }],
    });
    expect(put).toHaveLength(1);
  });
});

test('a record that cannot be decoded leaves what is before it in the lake', async () => {
  const { put, invoke } = sinkWith();
  const { response } = await invoke([record(1), record(2), undecodable(3), record(4)]);
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(3) }] });
  expect(put.map(textOf)).toEqual(
    toLakeObjects(batch(2).map((one) => toChangeEvent(one))).map(({ text }) => text),
  );
});
