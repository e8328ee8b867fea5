import { handler } from '../../lambda-src';
import { record, sequenceNumber } from '../helpers/records';

const written: string[] = [];

beforeEach(() => {
  written.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

const lineOf = (number: number) =>
  `{"level":"INFO","message":"INSERT Orders","change":{"id":"event-${number}","eventName":"INSERT","account":"444455556666","region":"us-east-1","table":"Orders","sequenceNumber":"${sequenceNumber(number)}","time":"2026-01-02T03:04:05.000Z","expired":false,"keys":{"OrderId":"order-${number}"},"newImage":{"OrderId":"order-${number}","Total":19.99}}}\n`;

test('the function writes one line of JSON per record', async () => {
  expect(await handler({ Records: [record(1), record(2), record(3)] })).toEqual({
    batchItemFailures: [],
  });
  expect(written).toEqual([lineOf(1), lineOf(2), lineOf(3)]);
});

test('the function writes sets, binaries and long numbers', async () => {
  const NewImage = {
    Tags: { SS: ['a', 'b'] },
    Photo: { B: 'AP8Q' },
    Total: { N: '12345678901234567890.12' },
  };
  await handler({ Records: [record(1, { dynamodb: { ...record(1).dynamodb, NewImage } })] });
  expect(written.map((line) => JSON.parse(line).change.newImage)).toEqual([
    { Tags: ['a', 'b'], Photo: 'AP8Q', Total: '12345678901234567890.12' },
  ]);
});

test('the function reports the first record that fails, and leaves what follows', async () => {
  const broken = record(2, { eventName: undefined });
  expect(await handler({ Records: [record(1), broken, record(3)] })).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }],
  });
  expect(written).toEqual([lineOf(1), expect.any(String)]);
  expect(JSON.parse(written[1] ?? '')).toEqual({
    level: 'ERROR',
    message: 'Change failed; Lambda will deliver it and what follows again',
    sequenceNumber: sequenceNumber(2),
    eventId: 'event-2',
    error: expect.stringMatching(/^TypeError: not a record of a DynamoDB stream: /),
  });
});
