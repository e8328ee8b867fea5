import type { Report } from '../../topology/problem';
import type { Topology } from '../../topology/schema';

export type Entries<T> = Readonly<Record<string, T | undefined>>;
export type Account = Topology['accounts'][string];
export type Consumer = Topology['consumers'][string];
export type Producer = Topology['producers'][string];
export type Subscription = Topology['subscriptions'][number];

/** A topology in which an entry that is broken by itself keeps its name and place, as `undefined`. */
export interface Declared {
  /** Folder of the topology file. */
  readonly folder: string;
  /** Empty if it is broken by itself. */
  readonly name: string;
  readonly tags: Topology['tags'];
  readonly state: Topology['state'] | undefined;
  readonly accounts: Entries<Account>;
  readonly consumers: Entries<Consumer>;
  readonly producers: Entries<Producer>;
  readonly subscriptions: readonly (Subscription | undefined)[];
}

/** Checks one entry, which has this name in its section; the paths that it reports are below the entry. */
export type CheckOf<T> = (entry: T, report: Report, topology: Declared, name: string) => void;

/** The sound entry of a name; names such as `constructor` are nothing special. */
export function at<T>(entries: Entries<T>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** The sound entries, with their names. */
export function* sound<T>(entries: Entries<T>): Generator<[string, T]> {
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) yield [name, value];
}

/** The sound entries, with their places in the list. */
export function* soundList<T>(list: readonly (T | undefined)[]): Generator<[number, T]> {
  for (const [index, value] of list.entries()) if (value !== undefined) yield [index, value];
}
