import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import { type Branch, branchesOf } from '../load/checks/filters/agreement';
import { formatValue } from '../topology/problem';
import { matchesFilter } from './filters';
import { itemFor, type Name } from './items';
import type { Action, Fault, Play } from './play';
import { type Producer, UNKNOWN_KEY } from './producers';
import { Table } from './table';

/** What a scene plays of a producer. */
export interface Plan {
  /** What the items that are put, changed and deleted are made for: a filter, or none. */
  readonly items: readonly Branch[];
  /** Items of which some change reaches a function, and how many changes that takes. */
  readonly batch?: { readonly item: Branch; readonly changes: number };
  /** Filters that none of the changes passes. */
  readonly unmet: readonly OfSubscription[];
}

interface OfSubscription {
  readonly stackId: string;
  readonly filter: object;
}

/** Producers that are played where none are asked for: more would not fit on a screen. */
const MOST = 3;

/** One producer of each name, and of these the first few; those whose changes reach a function, if any does. */
export function castOf(producers: readonly Producer[]): Producer[] {
  const read = producers.filter(({ played }) => played.length > 0);
  const candidates = read.length > 0 ? read : producers;
  const isFirst = ({ kind }: Producer, at: number) =>
    candidates.findIndex((other) => other.kind === kind) === at;
  return candidates.filter(isFirst).slice(0, MOST);
}

const NOTHING: Branch = [];

/** Changes with which each filter of a producer's subscriptions is passed once, as far as they can be made. */
export function planOf(producer: Producer): Plan {
  const { played } = producer;
  let unmet: readonly OfSubscription[] = played.flatMap(({ stackId, filters }) =>
    filters.map((filter) => ({ stackId, filter })),
  );
  const takesAll = played.some(({ filters }) => filters.length === 0);
  const wanted = unmet.flatMap(({ filter }) => branchesOf(filter, [], []));
  const items = [NOTHING, ...wanted].filter((item) => {
    const records = recordsOf(producer, item);
    const left = unmet.filter(
      ({ filter }) => !records.some((record) => matchesFilter(filter, record)),
    );
    const isNeeded = left.length < unmet.length || (item === NOTHING && takesAll);
    unmet = left;
    return isNeeded;
  });
  const batches = items.flatMap((item) => {
    const reaching = recordsOf(producer, item).findIndex((record) => reaches(producer, record));
    return reaching < 0 ? [] : [{ item, changes: reaching + 1 }];
  });
  return { items: items.length > 0 ? items : [NOTHING], batch: batches[0], unmet };
}

function reaches({ played }: Producer, record: StreamRecord): boolean {
  return played.some(
    ({ filters }) =>
      filters.length === 0 || filters.some((filter) => matchesFilter(filter, record)),
  );
}

function recordsOf(producer: Producer, item: Branch): StreamRecord[] {
  const table = new Table(producer.schema);
  const changes = changesOf(producer, THREE, item);
  return changes.flatMap(({ kind, item }) => table[kind](item).record ?? []);
}

/** An item is put, changed and deleted. */
function changesOf(of: Producer, name: Name, item: Branch): Action[] {
  const producer = of.name;
  const key = of.schema.key ?? UNKNOWN_KEY;
  const { before, after } = itemFor(key, name, item, of.attributes);
  const keys = Object.fromEntries(key.map(({ name }) => [name, after[name]]));
  // An update leaves the attributes that it does not name.
  const isUpdate = Object.keys(before).every((attribute) => attribute in after);
  return [
    { producer, kind: 'put', item: before },
    { producer, kind: isUpdate ? 'update' : 'put', item: after },
    { producer, kind: 'delete', item: keys },
  ];
}

const THREE: Name = { text: 'three-changes', number: 1 };

const GOOD = ['good-1', 'good-2', 'good-3'];

/** The item with the fault, and what is said before it is played, and before what follows it. */
const FAULTY: Readonly<Record<Fault, readonly [item: string, before: string, after?: string]>> = {
  poison: [
    'poison',
    'The function fails with one item whenever it gets it.',
    'The function is corrected, and its failed batches are delivered again, as by npm run redrive.',
  ],
  timeout: [
    'too-slow',
    'The function does not answer in time whenever it gets one item.',
    'The function is quicker, and its failed batches are delivered again, as by npm run redrive.',
  ],
  duplicate: ['repeated', 'The answer of the function is lost on its way to Lambda.'],
  denied: [
    'unread',
    'The role may not read the stream: its statement is taken out, in memory.',
    'The statement is there again.',
  ],
};

/** What a scene is written with. */
export interface Stage {
  readonly play: Play;
  /** A sentence between steps. */
  say(sentence: string): void;
  /** Whether problems are meant to be from now on. */
  expectProblems(areMeant: boolean): void;
  /** Whether there was one that is not meant to be, and whether a failed batch is kept. */
  readonly seen: { readonly problems: number; readonly kept: boolean };
}

/** Plays changes that arrive, then one with a fault among good ones. */
export async function playScene(producer: Producer, fault: Fault, stage: Stage): Promise<void> {
  const { play, say, expectProblems, seen } = stage;
  const { items, batch, unmet } = planOf(producer);
  say(`${producer.source.name}: an item is put, changed and deleted.`);
  for (const [index, item] of items.entries()) {
    const text = index === 0 ? THREE.text : `${THREE.text}-${index + 1}`;
    const actions = changesOf(producer, { text, number: index + 1 }, item);
    for (const action of actions) await play.apply(action);
  }
  await play.deliver();
  for (const { stackId, filter } of unmet) {
    say(`${stackId}: no change of this scene passes the filter ${formatValue(filter)}`);
  }
  if (!batch || seen.problems > 0) {
    const reason = batch ? 'something went wrong before' : 'no change reaches a function';
    say(`${producer.source.name}: ${fault} is left out, since ${reason}.`);
    return;
  }

  const [faulty, sentence, afterwards] = FAULTY[fault];
  say(`${producer.source.name}: ${sentence}`);
  expectProblems(true);
  const [first = '', ...others] = GOOD;
  for (const [index, text] of [first, faulty, ...others].entries()) {
    const name = { text, number: items.length + index + 1 };
    const actions = changesOf(producer, name, batch.item).slice(0, batch.changes);
    for (const [at, action] of actions.entries()) {
      const isLast = at === actions.length - 1;
      await play.apply(action, text === faulty && isLast ? fault : undefined);
    }
  }
  await play.deliver();
  expectProblems(false);
  if (afterwards === undefined || (fault !== 'denied' && !seen.kept)) return;
  say(`${producer.source.name}: ${afterwards}`);
  await (fault === 'denied' ? play.deliver() : play.redrive());
}
