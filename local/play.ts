import path from 'node:path';
import type { ResolvedTopology } from '../topology/resolve';
import type { InjectedFault } from './function/function';
import { Functions } from './functions';
import { keyInWords, storedImage } from './item';
import { inWords } from './mapping';
import { placed, producerNamed } from './producers';
import { redriveBatches } from './redrive';
import { type Print, saying } from './step';
import { deliverTo, type Faults } from './subscription';
import { readSynthesis } from './synthesis';
import { Tables } from './tables';

/** A change of an item. */
export interface Action {
  /** Name of a producer; with `-<account>` where it is in several. */
  readonly producer: string;
  readonly kind: 'put' | 'update' | 'delete';
  /** Plain JSON, or DynamoDB JSON. `parseItem` reads it with all digits of its numbers. */
  readonly item: object;
}

/** `denied`: at the next delivery the stream's policy allows nothing; the others happen at the handler's call. */
export type Fault = InjectedFault | 'denied';

export interface PlayOptions {
  /** Where tables, buckets and sinks are files: `local.out`. */
  readonly folder: string;
  readonly print: Print;
  /** `kept`: in files of the folder between runs; `empty`: in memory. */
  readonly tables: 'kept' | 'empty';
  /** Synthesized stacks, such as `cdktf.out`. Default: they are synthesized from the topology. */
  readonly from?: string;
  /** Default: the time. */
  readonly now?: () => Date;
}

export interface Play {
  /** @throws UserError of a producer or an item that there cannot be; it has changed nothing */
  apply(action: Action, fault?: Fault): Promise<void>;
  /** All records that are not delivered yet, to every subscription. */
  deliver(): Promise<void>;
  /** All failed batches. */
  redrive(): Promise<void>;
  /** Ends the functions, and keeps the tables: all but the wait for their ends at once, without it. */
  close(): Promise<void>;
}

/**
 * Plays a topology as it is synthesized: tables and their streams, who may read them, event source mappings, functions
 * and failed batches.
 *
 * @throws UserError of stacks that cannot be synthesized or read
 */
export async function openPlay(topology: ResolvedTopology, options: PlayOptions): Promise<Play> {
  const { folder, print, from, now = () => new Date() } = options;
  const say = saying(print);
  const tables = new Tables(
    options.tables === 'kept' ? path.join(folder, 'tables') : undefined,
    now,
  );
  const faults: Faults = new Map();
  /** Tables whose streams' policies allow nothing, until the next delivery. */
  const denied = new Set<string>();

  const parts = readSynthesis(topology, from);
  const functions = new Functions(parts.functions, parts.access, folder, say);
  for (const { place, skipped } of parts.skipped) {
    say(place, 'skipped', `not played, nor are its mappings and filters: ${skipped}`, 'note');
  }
  for (const { place, table, mapping } of parts.subscriptions) {
    tables.get(table).subscribe(place.stack, mapping.startingPosition);
  }

  return {
    async apply({ producer, kind, item }, fault) {
      const part = producerNamed(producer, parts.tables);
      const table = tables.get(part);
      const hadKey = table.state.key !== undefined;
      const image = storedImage(item);
      const { keys, record } = placed(`${producer}:`, () => table[kind](image));
      if (!hadKey) {
        const [{ name, type } = {}] = table.state.key ?? [];
        const text = `the topology does not have its key: taken is ${name} (${type}), the first attribute`;
        say(part.place, 'assumed', text, 'note');
      }
      say(part.place, kind, keyInWords(keys), 'ok', { item: image });
      const stream = { ...part.place, part: 'stream' };
      if (!record) {
        say(stream, 'record', 'none, since nothing changed', 'note');
        return;
      }
      say(stream, 'record', inWords([record]), 'ok', { record });
      if (fault === 'denied') denied.add(part.name);
      else if (fault) faults.set(record.eventID ?? '', fault);
    },

    async deliver() {
      for (const subscription of parts.subscriptions) {
        const { name, source } = subscription.table;
        const table = tables.get(subscription.table);
        const access = () => parts.access(denied.has(name) ? source : undefined);
        await deliverTo({ subscription, table, access, functions, faults, folder, now, say });
      }
      denied.clear();
      tables.save();
    },

    async redrive() {
      for (const part of parts.functions) await redriveBatches(part, functions, folder, say);
    },

    async close() {
      const ended = functions.end();
      parts.remove();
      tables.save();
      await ended;
    },
  };
}
