import path from 'node:path';
import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import { plural } from '../review/report/words';
import { parseArn } from '../topology/arns';
import { type Access, sayRefusals } from './access';
import { writeFailedBatch } from './failed-batches';
import { matchesFilter } from './filters';
import type { InjectedFault } from './function/function';
import type { Functions } from './functions';
import { type Batch, deliverRecords, inWords } from './mapping';
import type { SubscriptionPart } from './parts';
import type { Place, Say } from './step';
import type { Table } from './table';

/** What goes wrong with a record, by its event ID. */
export type Faults = Map<string, InjectedFault>;

export interface Delivery {
  readonly subscription: SubscriptionPart;
  readonly table: Table;
  access(): Access;
  readonly functions: Functions;
  readonly faults: Faults;
  /** Of the buckets. */
  readonly folder: string;
  readonly now: () => Date;
  readonly say: Say;
}

/** Delivers what a subscription has not read yet, if its function's role may read it. */
export async function deliverTo(delivery: Delivery): Promise<void> {
  const { subscription, table, access, say } = delivery;
  const { place, mapping, consumer } = subscription;
  const unread = table.unread(place.stack);
  if (unread.length === 0) return;
  if (!mapping.enabled) {
    say(place, 'skipped', `enabled is false: ${plural(unread.length, 'record')} wait`, 'note');
    return;
  }
  const { refusals, by } = access().reading(consumer.roleArn, subscription.table.source);
  sayRefusals(refusals, place, say);
  if (refusals.length > 0) return;
  say(place, 'allowed', `to read, by ${by.join('; ')}`, 'ok', { by });
  const isMatching = (record: StreamRecord) =>
    mapping.filters.length === 0 || mapping.filters.some((one) => matchesFilter(one, record));
  const matching = unread.filter(isMatching);
  const others = unread.filter((record) => !isMatching(record));
  if (others.length > 0) {
    say(place, 'filtered', `${inWords(others)}: no filter matches`, 'note', { records: others });
  }
  const done = await deliverRecords(matching, mapping, receiverOf(delivery), say);
  const next = matching[done];
  table.advance(place.stack, next ? unread.indexOf(next) : unread.length);
}

function receiverOf({
  subscription,
  table,
  access,
  functions,
  faults,
  folder,
  now,
  say,
}: Delivery) {
  const { place, mapping, consumer } = subscription;
  const failedBatches: Place = { ...consumer.place, part: 'failed batches' };
  return {
    mapping: place,
    function: consumer.place,
    invoke(batch: Batch) {
      const faulty = batch.find(({ eventID = '' }) => faults.has(eventID));
      const fault = faults.get(faulty?.eventID ?? '');
      // An answer is lost once.
      if (fault === 'duplicate') faults.delete(faulty?.eventID ?? '');
      return functions.invoke(consumer, batch, fault);
    },
    discard(batch: Batch, invocations: number, answered: boolean) {
      say(place, 'discarded', `${inWords(batch)}: RetryAttemptsExhausted`, 'problem', {
        records: batch,
      });
      const { destination } = mapping;
      if (destination === undefined) {
        say(failedBatches, 'lost', 'the mapping has no destination for failed batches', 'problem');
        return;
      }
      const refusals = access().keeping(consumer.roleArn, destination);
      sayRefusals(refusals, failedBatches, say);
      if (refusals.length > 0) return;
      const bucket = parseArn(destination).resource;
      const key = writeFailedBatch(path.join(folder, bucket), {
        ...{ records: batch, invocations, answered, now: now() },
        ...{ uuid: mapping.uuid, streamArn: table.schema.streamArn },
        functionArn: consumer.setUp.arn,
      });
      const file = `${bucket}/${key}`;
      say(failedBatches, 'kept', file, 'ok', { file });
    },
  };
}
