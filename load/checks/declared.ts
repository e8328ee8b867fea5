import { arns, type Place, partitionOf, type TableName, tableOfStream } from '../../topology/arns';
import { producerAccounts } from '../../topology/names';
import { didYouMean, type Problem, type Report } from '../../topology/problem';
import type { Topology } from '../../topology/schema';
import type { CreatedRole } from '../../topology/schema/role';

export type Entries<T> = Readonly<Record<string, T | undefined>>;
export type Account = Topology['accounts'][string];
export type Consumer = Topology['consumers'][string];
export type Producer = Topology['producers'][string];
export type Subscription = Topology['subscriptions'][number];

/** A topology in which an entry that is broken by itself keeps its name and place, as `undefined`. */
export interface Declared {
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

/** Consumers whose function, or whose role, the stack makes, and does not only find. */
export type WithFunction = Consumer & Required<Pick<Consumer, 'function'>>;
export type WithRole = Consumer & { readonly role: CreatedRole };

export const ofFunction =
  (check: CheckOf<WithFunction>): CheckOf<Consumer> =>
  ({ function: created, ...consumer }, ...rest) => {
    if (created) check({ ...consumer, function: created }, ...rest);
  };

export const ofRole =
  (check: CheckOf<WithRole>): CheckOf<Consumer> =>
  ({ role, ...consumer }, ...rest) => {
    if (role && 'name' in role) check({ ...consumer, role }, ...rest);
  };

export function functionOf({ function: created, existingFunction }: Consumer) {
  const place = created ? 'function' : 'existingFunction';
  return { place, name: (created ?? existingFunction)?.name ?? '' };
}

/** Undefined where the account is broken, or what the ARN is made of. */
export function roleArnOf({ role, existingFunction }: Consumer, account: Account | undefined) {
  if (!role || !('name' in role)) return role?.existing ?? existingFunction?.roleArn;
  return account && arns.role(placeOf(account), role);
}

/** An account as ARNs name it. */
export function placeOf(account: Account): Place {
  return { ...account, partition: partitionOf(account.region) };
}

/** The sound entry of a name; names such as `constructor` are nothing special. */
export function at<T>(entries: Entries<T>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** The sound entries, with their names. */
export function* sound<T>(entries: Entries<T>): Generator<[string, T]> {
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) yield [name, value];
}

export function* soundList<T>(list: readonly (T | undefined)[]): Generator<[number, T]> {
  for (const [index, value] of list.entries()) if (value !== undefined) yield [index, value];
}

/** A table of a producer, as far as its account is sound. */
export interface ProducerTable {
  /** Name of its account in the file, or the id of one that the file does not have. */
  readonly owner: string;
  readonly idPart?: string;
  readonly table?: TableName;
}

/** The tables of a producer, one in each of its accounts. */
export function tablesOf(
  { existingStream, existingTable, ...producer }: Producer,
  accounts: Entries<Account>,
): ProducerTable[] {
  if (existingStream) {
    const table = tableOfStream(existingStream.arn);
    return [{ owner: table.account.id, table }];
  }
  const name = (producer.table ?? existingTable)?.name ?? '';
  return producerAccounts(producer).map(({ account: owner, idPart }) => {
    const account = at(accounts, owner);
    return { owner, idPart, table: account && { account: placeOf(account), name } };
  });
}

/** Names that are listed before "and others". */
const LISTED = 20;

export function refer(
  entries: Entries<unknown>,
  what: string,
  path: Problem['path'],
  name: string,
  report: Report,
): void {
  if (Object.hasOwn(entries, name)) return;
  const names = Object.keys(entries);
  const listed = names.slice(0, LISTED).join(', ') || 'none';
  const others = names.length > LISTED ? ' and others' : '';
  const meant = names.length > 1 ? didYouMean(name, names).trim() : '';
  const known = [listed + others, meant].filter(Boolean).join('; ');
  report(path, `must be the name of ${what} in this file (${known})`, name);
}

/** What a list names again. */
export function distinct(list: readonly string[], path: Problem['path'], report: Report): void {
  for (const [index, name] of list.entries()) {
    if (list.indexOf(name) !== index) report([...path, index], 'must be named once', name);
  }
}
