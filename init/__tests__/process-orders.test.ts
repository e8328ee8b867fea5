import handler from '../functions/process-orders';

type Event = Parameters<typeof handler>[0];
type Context = Parameters<typeof handler>[1];

const ORDER = { OrderId: { S: 'order-1' } };
const open = { ...ORDER, Status: { S: 'open' } };
const paid = { ...ORDER, Status: { S: 'paid' } };

/** A change of the order as Lambda delivers it: the item before and after, in DynamoDB JSON. */
function change(OldImage: typeof ORDER, NewImage: typeof ORDER): Event {
  const eventSourceARN =
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678';
  const SequenceNumber = '100000000000000000001';
  const dynamodb = { SequenceNumber, Keys: ORDER, OldImage, NewImage };
  return { Records: [{ eventID: 'change-1', eventName: 'MODIFY', eventSourceARN, dynamodb }] };
}

const context = { functionName: 'ProcessOrders', awsRequestId: 'request-1' } as Context;

/** What the function writes to its log. */
let written: jest.SpiedFunction<typeof process.stdout.write>;
beforeEach(() => {
  written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => written.mockRestore());

test('a new status is logged', async () => {
  expect(await handler(change(open, paid), context)).toEqual({ batchItemFailures: [] });
  const [[line] = []] = written.mock.calls;
  expect(JSON.parse(String(line))).toMatchObject({
    message: 'Status changed',
    changeId: 'change-1',
    orderId: 'order-1',
    before: 'open',
    after: 'paid',
  });
});

test('an order whose status stays is not logged', async () => {
  await handler(change(open, open), context);
  expect(written.mock.calls.join()).not.toContain('Status changed');
});

test('an order without a status fails, so that Lambda delivers it again', async () => {
  const failure = 'Status of order-1 must be text, got undefined';
  await expect(handler(change(open, ORDER), context)).rejects.toThrow(failure);
});
