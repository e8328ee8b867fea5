import { defineProcessor } from 'dynamodb-cross-account-streams/processor';

/** The attributes of an order that this function reads. */
interface Order {
  OrderId: string;
  Status: string;
}

/**
 * Logs each change of an order's status.
 *
 * Changes arrive at least once and in order. One that throws is delivered again, and in the end kept in the
 * bucket of failed batches.
 */
export default defineProcessor<Order>((change, { log }) => {
  const { id: changeId, keys, oldImage, newImage } = change;
  if (newImage && typeof newImage.Status !== 'string') {
    throw new TypeError(`Status of ${keys.OrderId} must be text, got ${newImage.Status}`);
  }
  const before = oldImage?.Status;
  const after = newImage?.Status;
  if (before === after) return;
  log.info('Status changed', { changeId, orderId: keys.OrderId, before, after });
});
