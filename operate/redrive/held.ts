import { type FailedBatch, tableArnOf } from './failed-batch';
import { shardFolder } from './object-key';

/** What a run must not deliver any more, since an earlier batch stays in the bucket. */
export class Held {
  /** Why, by shard, by item, or by table where the items are not known. */
  readonly #reasons = new Map<string, string>();

  /** @param what what became of the batch, such as `failed` */
  add(batch: FailedBatch, items: readonly string[], what: string): void {
    this.#hold(shardOf(batch), `an earlier batch of the shard ${what}`);
    // DynamoDB replaces shards every few hours: later changes of an item are in another one.
    for (const item of items) {
      this.#hold(item, `an earlier batch with a change of one of its items ${what}`);
    }
  }

  /** A batch that cannot be read: it may have a change of any item of the table. */
  addUnread({ streamArn }: FailedBatch): void {
    this.#hold(tableArnOf(streamArn), 'an earlier batch of the table could not be read');
  }

  /** An object whose content is not known. Its key names the shard that it may belong to. */
  addUnknown(key: string, what: string): void {
    const folder = shardFolder(key);
    if (folder !== undefined) this.#hold(folder, `an object of the shard ${what}`);
  }

  /** Why a batch has to wait, or `undefined` if it has not. */
  reason(batch: FailedBatch, items: readonly string[]): string | undefined {
    const places = [shardOf(batch), tableArnOf(batch.streamArn), shardFolder(batch.key), ...items];
    return places.map((place = '') => this.#reasons.get(place)).find((reason) => reason);
  }

  #hold(what: string, reason: string): void {
    if (!this.#reasons.has(what)) this.#reasons.set(what, reason);
  }
}

function shardOf({ streamArn, shardId }: FailedBatch): string {
  return `${streamArn}/${shardId}`;
}
