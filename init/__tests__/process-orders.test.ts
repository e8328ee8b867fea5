import { type Change, type DeliveryOptions, deliver } from 'dynamodb-cross-account-streams/testing';
import handler from '../functions/process-orders';

const keys = { OrderId: 'order-1' };
const open = { ...keys, Status: 'open' };
const paid = { ...keys, Status: 'paid' };

/** The order before and after. */
const modify = (oldImage: object, newImage: object): Change => ({
  eventName: 'MODIFY',
  keys,
  oldImage,
  newImage,
});

/** Delivers changes as Lambda does. `logged` is what the function writes to its log. */
async function deliverTo(changes: readonly Change[], options?: DeliveryOptions) {
  const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const delivery = await deliver(handler, changes, options);
  const logged = written.mock.calls
    .map(([line]) => JSON.parse(String(line)))
    .filter(({ message }) => message === 'Status changed');
  written.mockRestore();
  return { ...delivery, logged };
}

test('a new status is logged', async () => {
  expect((await deliverTo([modify(open, paid)])).logged).toEqual([
    expect.objectContaining({
      changeId: 'change-0',
      orderId: 'order-1',
      before: 'open',
      after: 'paid',
    }),
  ]);
});

test('an order whose status stays is not logged', async () => {
  expect((await deliverTo([modify(open, open)])).logged).toEqual([]);
});

test('an order whose status is not text is discarded in the end, and the others are processed', async () => {
  const [pay, broken, reopen] = [
    modify(open, paid),
    modify(paid, { ...keys, Status: 5 }),
    modify(paid, open),
  ];
  const { processed, discarded } = await deliverTo([pay, broken, reopen]);
  expect({ processed, discarded }).toEqual({ processed: [pay, reopen], discarded: [broken] });
});

test('a change that is delivered again has the same id', async () => {
  const { logged } = await deliverTo([modify(open, paid)], { faults: ['time-out'] });
  expect(logged.map(({ changeId }) => changeId)).toEqual(['change-0', 'change-0']);
});
