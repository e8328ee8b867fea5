import { type FailedBatch, type FailedBatchObject, itemsOf, shardOf } from './failed-batch';

/** What a run must not deliver any more, since an earlier batch of it stays in the bucket. */
export class Held {
  readonly #shards = new Set<string>();
  /** Items outlive their shard: DynamoDB replaces a shard by others every few hours. */
  readonly #items = new Set<string>();

  addShard(batch: FailedBatch): void {
    this.#shards.add(shardOf(batch));
  }

  add(object: FailedBatchObject): void {
    this.addShard(object.batch);
    for (const item of itemsOf(object)) this.#items.add(item);
  }

  /** Why a batch has to wait, or `undefined` if it has not. */
  reason(object: FailedBatchObject): string | undefined {
    if (this.#shards.has(shardOf(object.batch))) return 'an earlier batch of the shard failed';
    if (itemsOf(object).some((item) => this.#items.has(item))) {
      return 'an earlier batch with a change of one of its items failed';
    }
    return undefined;
  }
}
