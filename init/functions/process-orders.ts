import { defineProcessor } from 'dynamodb-cross-account-streams/processor';

/** The attributes of an order that this function reads. */
interface Order {
  OrderId: string;
  /** An order may have none yet. */
  Status?: string;
}

/**
 * Logs each change of an order's status.
 *
 * Changes arrive at least once and in order. One that throws is delivered again, and in the end kept in the
 * bucket of failed batches.
 */
export default defineProcessor<Order>((change, { log }) => {
  const { id: changeId, keys, oldImage, newImage } = change;
  const before = oldImage?.Status;
  const after = newImage?.Status;
  if (after !== undefined && typeof after !== 'string') {
    throw new TypeError(`Status of ${keys.OrderId} must be text, got ${after}`);
  }
  if (before === after) return;
  log.info('Status changed', { changeId, orderId: keys.OrderId, before, after });
});
