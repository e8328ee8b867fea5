import handler from '../../lambda-src';
import { invoke } from '../helpers/invoke';
import { batch, record, sequenceNumber } from '../helpers/records';

/** The line of an order, as `JSON.parse` gives it. */
const lineOf = (number: number, coldStart = false) => ({
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  level: 'INFO',
  message: 'INSERT Orders',
  requestId: 'request-1',
  functionName: 'ProcessOrders',
  coldStart,
  change: {
    id: `event-${number}`,
    eventName: 'INSERT',
    account: '444455556666',
    region: 'us-east-1',
    table: 'Orders',
    sequenceNumber: sequenceNumber(number),
    position: `2026-01-02T03:04:05.678/000000000000${sequenceNumber(number)}`,
    time: '2026-01-02T03:04:05.000Z',
    expired: false,
    keys: { OrderId: `order-${number}` },
    newImage: { OrderId: `order-${number}`, Total: 19.99 },
  },
});

test('the function writes one line of JSON per record, and the metrics', async () => {
  const { response, lines, metrics } = await invoke(handler, batch(3));
  expect(response).toEqual({ batchItemFailures: [] });
  expect(lines).toEqual([1, 2, 3].map((number) => lineOf(number, true)));
  expect(metrics.map(({ ChangesProcessed }) => ChangesProcessed)).toEqual([3]);
});

test('the function reports the first record that fails, and leaves what follows', async () => {
  const broken = record(2, { eventName: undefined });
  const { response, lines } = await invoke(handler, [record(1), broken, record(3)]);
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }] });
  expect(lines).toEqual([
    lineOf(1),
    {
      ...lineOf(2),
      change: undefined,
      level: 'ERROR',
      message: 'Change failed; Lambda will deliver it and what follows again',
      sequenceNumber: sequenceNumber(2),
      eventId: 'event-2',
      error: {
        name: 'TypeError',
        message: expect.stringMatching(/^not a record of a DynamoDB stream: /),
        stack: expect.any(String),
      },
    },
  ]);
});
