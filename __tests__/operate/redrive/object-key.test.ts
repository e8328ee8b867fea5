import { NotAFailedBatchError, parseKey, shardFolder } from '../../../operate/redrive/object-key';

const MAPPING = '14b5e4a2-8c57-4a3f-9d6e-1f0c3b7a9e21';
const ID = '8d5a1f6c-0b1e-4f0d-8f43-2b8f0c8f9a10';
const KEY = `aws/lambda/${MAPPING}/shardId-00000001573689847184-864758bb/2026/01/02/2026-01-02T10.00.05-${ID}`;

test('the key of a failed batch says of which shard it is and when it was written', () => {
  expect(parseKey(KEY)).toEqual({
    shardId: 'shardId-00000001573689847184-864758bb',
    writtenAt: new Date('2026-01-02T10:00:05Z'),
  });
});

test.each([
  ['that is empty', ''],
  ['of another prefix', KEY.replace('aws/lambda', 'aws/sqs')],
  ['below a prefix', `copies/${KEY}`],
  ['without a mapping', KEY.replace(MAPPING, 'mapping')],
  ['without a shard', KEY.replace(/shardId[^/]*/, '')],
  ['with a shard of two parts', KEY.replace('shardId-', 'shardId/')],
  ['with a line break in its shard', KEY.replace('shardId-', 'shardId\n')],
  ['with a line break at its end', `${KEY}\n`],
  ['with two days', KEY.replace('/02/', '/03/')],
  ['with a month of 13', KEY.replaceAll('01-02', '13-02').replace('01/02', '13/02')],
  ['with an hour of 25', KEY.replace('T10', 'T25')],
  ['with something after it', `${KEY}.json`],
])('refuses a key %s', (_, key) => {
  expect(() => parseKey(key)).toThrow(
    new NotAFailedBatchError('its key is not one that Lambda gives a failed batch'),
  );
});

test.each([
  [KEY, `aws/lambda/${MAPPING}/shardId-00000001573689847184-864758bb/`],
  ['aws/lambda/a/b/c', 'aws/lambda/a/b/'],
  ['aws/lambda/a/b', undefined],
  ['notes.txt', undefined],
])('the folder of the shard of %s', (key, folder) => {
  expect(shardFolder(key)).toBe(folder);
});
