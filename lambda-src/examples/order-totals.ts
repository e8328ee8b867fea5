import { type ChangeEvent, defineProcessor } from '../processor';

/** The attributes of an item that this function reads. */
interface Order {
  OrderId: string;
  /** ISO 4217, e.g. EUR. */
  Currency: string;
  /** A whole number. */
  TotalCents: number;
}

interface Difference {
  readonly currency: string;
  readonly cents: number;
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
  for (const { currency, cents } of toDifferences(change)) {
    const fields = { changeId, account, eventName, orderId: keys.OrderId, currency, cents };
    log.info('Total changed', fields);
  }
});

/**
 * By currency; none if nothing changed.
 *
 * @throws TypeError if an order has no total: the change is kept in the failed batches, and the sum stays right
 */
function toDifferences({ expired, oldImage, newImage }: ChangeEvent<Order>): Difference[] {
  // Time to Live removes finished orders, which stay in the sum.
  if (expired) return [];
  const cents = new Map<string, number>();
  const add = (order: Order | undefined, sign: 1 | -1) => {
    if (!order) return;
    cents.set(order.Currency, (cents.get(order.Currency) ?? 0) + sign * totalOf(order));
  };
  add(oldImage, -1);
  add(newImage, 1);
  return [...cents]
    .map(([currency, difference]) => ({ currency, cents: difference }))
    .filter((difference) => difference.cents !== 0);
}

function totalOf({ OrderId, TotalCents }: Order): number {
  if (Number.isSafeInteger(TotalCents)) return TotalCents;
  throw new TypeError(`TotalCents of ${OrderId} must be a whole number, got ${TotalCents}`);
}
