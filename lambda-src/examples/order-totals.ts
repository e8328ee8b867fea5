import { type ChangeEvent, defineProcessor } from 'dynamodb-cross-account-streams/processor';

/** The attributes of an item that this function reads. */
interface Order {
  OrderId: string;
  /** ISO 4217, e.g. EUR. */
  Currency: string;
  /** A whole number. */
  TotalCents: number;
}

/**
 * Writes by how much each change of an order changes the sum of all orders, a line per currency.
 *
 * Delivery is at least once, so each line has the change's id. A query counts it once:
 *
 *     filter message = "Total changed" | dedup changeId, currency | stats sum(cents) by currency
 */
export default defineProcessor<Order>((change, { log }) => {
  const { id: changeId, account, eventName, keys } = change;
  for (const [currency, cents] of toDifferences(change)) {
    if (cents === 0) continue;
    const fields = { changeId, account, eventName, orderId: keys.OrderId, currency, cents };
    log.info('Total changed', fields);
  }
});

/**
 * By currency.
 *
 * @throws TypeError if an order has no total: the change is kept in the failed batches, and the sum stays right
 */
function toDifferences({ expired, oldImage, newImage }: ChangeEvent<Order>): Map<string, number> {
  const cents = new Map<string, number>();
  // Time to Live removes finished orders, which stay in the sum.
  if (expired) return cents;
  const add = (order: Order | undefined, sign: 1 | -1) => {
    if (!order) return;
    cents.set(order.Currency, (cents.get(order.Currency) ?? 0) + sign * totalOf(order));
  };
  add(oldImage, -1);
  add(newImage, 1);
  return cents;
}

function totalOf({ OrderId, TotalCents }: Order): number {
  if (Number.isSafeInteger(TotalCents)) return TotalCents;
  throw new TypeError(`TotalCents of ${OrderId} must be a whole number, got ${TotalCents}`);
}
