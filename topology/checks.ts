/**
 * What one value alone can't tell: references, accounts and ARNs that must agree, names that must
 * differ, and AWS's limits on what several entries make together.
 */
import { existsSync, statSync } from 'node:fs';
import { streamPolicies } from '../policies/execution-role';
import { streamPolicySize } from '../policies/stream-policy';
import {
  ENVIRONMENT,
  FILTERS,
  IAM,
  READERS_PER_STREAM,
  RESERVED_ENVIRONMENT_VARIABLES,
  STREAM_POLICY,
  TAGS,
} from './limits';
import { partitionOf } from './partition';
import { formatPath, type Problem } from './problem';
import type { ResolvedTopology } from './resolve';
import type { Topology } from './schema';
import {
  consumerStackId,
  producerAccounts,
  producerStackId,
  subscriptionStackId,
} from './stack-ids';

/** Names a folder of the output and, with more, an object of the state. */
const STACK_ID_LENGTH = 200;

type Entries<T> = Readonly<Record<string, T | undefined>>;
type Account = Topology['accounts'][string];
type Consumer = Topology['consumers'][string];
type Producer = Topology['producers'][string];
type Subscription = Topology['subscriptions'][number];

/** A topology in which an entry that is broken by itself keeps its name and place, as `undefined`. */
export interface Declared {
  readonly tags: Topology['tags'];
  readonly accounts: Entries<Account>;
  readonly consumers: Entries<Consumer>;
  readonly producers: Entries<Producer>;
  readonly subscriptions: readonly (Subscription | undefined)[];
}

export type Report = (path: Problem['path'], message: string, received?: unknown) => void;
type Check = (topology: Declared, report: Report) => void;

export const CHECKS: readonly Check[] = [
  notSupportedYet,
  tags,
  references,
  accountOrAccounts,
  tableOrExistingTable,
  functionCode,
  environment,
  arnsOfTheAccount,
  tableSettings,
  tableKey,
  streamPolicyConditions,
  subscriptionPairs,
  sameRegion,
  readersPerStream,
  filters,
  distinctNames,
];

function notSupportedYet({ consumers }: Declared, report: Report): void {
  for (const [name, { sink, alarms }] of sound(consumers)) {
    const path = ['consumers', name];
    if (sink !== 'log') report([...path, 'sink'], 'is not supported yet; write log', sink);
    if (alarms) report([...path, 'alarms'], 'is not supported yet; write false', alarms);
  }
}

function tags({ tags }: Declared, report: Report): void {
  const own = 'Topology';
  const most = TAGS.count - 1;
  if (Object.keys(tags).length > most) {
    report(
      ['tags'],
      `must be at most ${most} tags, since ${own} is one of the ${TAGS.count} AWS allows`,
    );
  }
  const seen = new Set([own.toLowerCase()]);
  for (const [key, value] of Object.entries(tags)) {
    const refuse = (message: string) => report(['tags', key], message, value);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+@-]+$/u.test(key)) {
      refuse('must have a key of letters, digits, spaces and _.:/=+-@');
    }
    if (/^aws:/i.test(key)) refuse('must not begin with aws:, which AWS reserves');
    if (key.length > TAGS.keyLength.max) {
      refuse(`must have at most ${TAGS.keyLength.max} characters in its key`);
    }
    if (value.length > TAGS.valueLength.max) {
      refuse(`must be at most ${TAGS.valueLength.max} characters`);
    }
    // IAM does not tell tag keys by case.
    if (seen.has(key.toLowerCase()))
      refuse(`must differ from the other tags and from ${own}, whatever the case`);
    seen.add(key.toLowerCase());
  }
}

function references(
  { accounts, consumers, producers, subscriptions }: Declared,
  report: Report,
): void {
  const known = (entries: Entries<unknown>, what: string, path: Problem['path'], name: string) => {
    if (Object.hasOwn(entries, name)) return;
    const names = Object.keys(entries).join(', ') || 'none';
    report(path, `must be the name of ${what} in this file (${names})`, name);
  };
  for (const [name, { account }] of sound(consumers)) {
    known(accounts, 'an account', ['consumers', name, 'account'], account);
  }
  for (const [name, producer] of sound(producers)) {
    if (producer.account !== undefined) {
      known(accounts, 'an account', ['producers', name, 'account'], producer.account);
    }
    for (const [index, account] of (producer.accounts ?? []).entries()) {
      known(accounts, 'an account', ['producers', name, 'accounts', index], account);
    }
  }
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    known(producers, 'a producer', ['subscriptions', index, 'producer'], producer);
    known(consumers, 'a consumer', ['subscriptions', index, 'consumer'], consumer);
  }
}

function accountOrAccounts({ producers }: Declared, report: Report): void {
  for (const [name, { account, accounts }] of sound(producers)) {
    const path = ['producers', name];
    if (account === undefined && accounts === undefined)
      report(path, 'is missing account or accounts');
    if (account !== undefined && accounts !== undefined) {
      report([...path, 'accounts'], 'must not stand beside account; leave one of them out');
    }
    for (const [index, entry] of (accounts ?? []).entries()) {
      if (accounts?.indexOf(entry) !== index) {
        report([...path, 'accounts', index], 'must be named once', entry);
      }
    }
  }
}

function tableOrExistingTable({ producers }: Declared, report: Report): void {
  for (const [name, { table, existingTable }] of sound(producers)) {
    const path = ['producers', name];
    if (!table && !existingTable) report(path, 'is missing table (or existingTable)');
    if (table && existingTable) {
      report([...path, 'existingTable'], 'must not stand beside table; leave one of them out');
    }
  }
}

function functionCode({ consumers }: Declared, report: Report): void {
  for (const [name, { function: settings }] of sound(consumers)) {
    const { entry, code, runtime } = settings;
    const path = ['consumers', name, 'function'];
    if (entry !== undefined && code) {
      report([...path, 'code'], 'must not stand beside entry; leave one of them out');
    }
    if (entry !== undefined && !isFile(entry)) {
      report(
        [...path, 'entry'],
        'must be a file that exists, relative to the working directory',
        entry,
      );
    }
    if (code && !isDirectory(code.directory)) {
      const message = 'must be a folder that exists, relative to the working directory';
      report([...path, 'code', 'directory'], message, code.directory);
    }
    if (!code && !/^nodejs\d+\.x$/.test(runtime)) {
      const message =
        'must be a Node.js runtime such as nodejs22.x, since entry is bundled for Node.js; for another language write code: { directory: …, handler: … }';
      report([...path, 'runtime'], message, runtime);
    }
  }
}

function environment({ consumers }: Declared, report: Report): void {
  const reserved: readonly string[] = RESERVED_ENVIRONMENT_VARIABLES.names;
  for (const [name, { function: settings }] of sound(consumers)) {
    const path = ['consumers', name, 'function', 'environment'];
    for (const variable of Object.keys(settings.environment)) {
      if (reserved.includes(variable)) {
        report([...path, variable], 'is set by Lambda itself; choose another name');
      } else if (!/^[a-zA-Z]\w+$/.test(variable)) {
        report(
          [...path, variable],
          'must be named with two or more letters, digits and underscores, a letter first',
        );
      }
    }
    const size = Object.entries(settings.environment).reduce(
      (sum, pair) => sum + Buffer.byteLength(pair.join('')),
      0,
    );
    if (size > ENVIRONMENT.totalSize) {
      report(
        path,
        `must be at most ${ENVIRONMENT.totalSize} bytes of names and values together, got ${size}`,
      );
    }
  }
}

function arnsOfTheAccount({ accounts, consumers }: Declared, report: Report): void {
  const agree = (path: Problem['path'], arn: string | undefined, account: Account | undefined) => {
    if (arn === undefined || account === undefined) return;
    const [, partition, , , owner] = arn.split(':');
    if (partition !== partitionOf(account.region)) {
      report(
        path,
        `must be in the partition ${partitionOf(account.region)} of the Region ${account.region}`,
        arn,
      );
    }
    if (owner !== account.id && owner !== 'aws') {
      report(path, `must be an ARN of the account ${account.id}`, arn);
    }
  };
  for (const [name, account] of sound(accounts)) {
    agree(['accounts', name, 'deployRole', 'arn'], account.deployRole?.arn, account);
  }
  for (const [name, { account, role }] of sound(consumers)) {
    const path = ['consumers', name, 'role'];
    agree([...path, 'permissionsBoundary'], role.permissionsBoundary, at(accounts, account));
    for (const [index, arn] of role.managedPolicyArns.entries()) {
      if (role.managedPolicyArns.indexOf(arn) !== index) {
        report([...path, 'managedPolicyArns', index], 'must be named once', arn);
      }
      agree([...path, 'managedPolicyArns', index], arn, at(accounts, account));
    }
  }
}

function tableSettings({ producers }: Declared, report: Report): void {
  for (const [name, { table }] of sound(producers)) {
    if (!table) continue;
    const path = ['producers', name, 'table'];
    if (table.sortKey?.name === table.partitionKey.name) {
      report(
        [...path, 'sortKey', 'name'],
        'must differ from the name of the partition key',
        table.sortKey.name,
      );
    }
    for (const key of ['readCapacity', 'writeCapacity'] as const) {
      if (table.billingMode === 'PROVISIONED' && table[key] === undefined) {
        report([...path, key], 'is missing; PROVISIONED needs capacity units');
      }
      if (table.billingMode === 'PAY_PER_REQUEST' && table[key] !== undefined) {
        report([...path, key], 'must be left out, or billingMode be PROVISIONED', table[key]);
      }
    }
  }
}

function tableKey({ accounts, producers }: Declared, report: Report): void {
  for (const [name, producer] of sound(producers)) {
    const { table, existingTable } = producer;
    const encryption = (table ?? existingTable)?.encryption;
    const path = ['producers', name, table ? 'table' : 'existingTable', 'encryption'];
    if (existingTable && encryption === 'customer-managed') {
      const message = 'must be aws-owned or { kmsKeyArn: … } for a table that has its key already';
      report(path, message, encryption);
    }
    if (typeof encryption !== 'object') continue;
    const [, partition, , region] = encryption.kmsKeyArn.split(':');
    for (const { account: accountName } of producerAccounts(producer)) {
      const account = at(accounts, accountName);
      if (!account) continue;
      if (region !== account.region || partition !== partitionOf(account.region)) {
        const message = `must be a key in ${account.region}, where the table of ${accountName} is`;
        report([...path, 'kmsKeyArn'], message, encryption.kmsKeyArn);
      }
    }
  }
}

function streamPolicyConditions({ producers }: Declared, report: Report): void {
  for (const [name, { streamPolicy }] of sound(producers)) {
    const seen = new Set<string>();
    for (const [index, { test, variable }] of streamPolicy.conditions.entries()) {
      const path = ['producers', name, 'streamPolicy', 'conditions', index, 'variable'];
      // A second condition on the same key would be an alternative, not a restriction.
      if (streamPolicy.principal === 'account' && variable.toLowerCase() === 'aws:principalarn') {
        const message =
          'must not be aws:PrincipalArn with principal: account, which sets it to the role';
        report(path, message, variable);
      }
      const condition = `${test} ${variable}`.toLowerCase();
      if (seen.has(condition)) {
        report(path, `must stand once with ${test}; put all values into one condition`, variable);
      }
      seen.add(condition);
    }
  }
}

function subscriptionPairs({ subscriptions }: Declared, report: Report): void {
  const seen = new Map<string, number>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const pair = `${producer} ${consumer}`;
    const first = seen.get(pair);
    if (first !== undefined) {
      report(
        ['subscriptions', index],
        `must be subscribed once; subscriptions[${first}] is the same pair`,
        {
          producer,
          consumer,
        },
      );
    }
    seen.set(pair, first ?? index);
  }
}

function sameRegion(
  { accounts, consumers, producers, subscriptions }: Declared,
  report: Report,
): void {
  for (const [index, subscription] of soundList(subscriptions)) {
    const producer = at(producers, subscription.producer);
    const consumer = at(consumers, subscription.consumer);
    const to = consumer && at(accounts, consumer.account);
    if (!producer || !to) continue;
    for (const { account } of producerAccounts(producer)) {
      const from = at(accounts, account);
      if (from && from.region !== to.region) {
        report(
          ['subscriptions', index],
          `must join accounts of one Region, since Lambda reads streams of its own Region only: ${account} is in ${from.region}, ${consumer.account} in ${to.region}`,
        );
      }
    }
  }
}

function readersPerStream({ subscriptions }: Declared, report: Report): void {
  const readers = new Map<string, Set<string>>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const consumers = readers.get(producer) ?? new Set();
    const known = consumers.has(consumer);
    readers.set(producer, consumers.add(consumer));
    if (!known && consumers.size > READERS_PER_STREAM.max) {
      const message = `must be one of at most ${READERS_PER_STREAM.max} subscriptions of ${producer}, since DynamoDB serves ${READERS_PER_STREAM.max} readers of a shard; let one consumer pass the changes on`;
      report(['subscriptions', index], message, { producer, consumer });
    }
  }
}

/** Stream records hold these images, by stream view type. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  NEW_AND_OLD_IMAGES: ['NewImage', 'OldImage'],
  NEW_IMAGE: ['NewImage'],
  OLD_IMAGE: ['OldImage'],
  KEYS_ONLY: [],
};

function filters({ producers, subscriptions }: Declared, report: Report): void {
  for (const [index, subscription] of soundList(subscriptions)) {
    const viewType = at(producers, subscription.producer)?.table?.streamViewType;
    for (const [position, filter] of subscription.filters.entries()) {
      const path = ['subscriptions', index, 'filters', position];
      const length = JSON.stringify(filter).length;
      if (length > FILTERS.patternLength) {
        report(path, `must be at most ${FILTERS.patternLength} characters as JSON, got ${length}`);
      }
      const images = Object.keys(Object(filter.dynamodb)).filter((key) => key.endsWith('Image'));
      for (const image of images) {
        if (viewType && !IMAGES[viewType]?.includes(image)) {
          const message = `must not ask for ${image}, which records of a stream with ${viewType} do not hold; change streamViewType or the filter`;
          report([...path, 'dynamodb', image], message);
        }
      }
    }
  }
}

function distinctNames(
  { accounts, consumers, producers, subscriptions }: Declared,
  report: Report,
): void {
  const taken = new Map<string, string>();
  /** Reports a key that another place has claimed. */
  const claim = (key: string, path: Problem['path'], message: string, received?: string) => {
    const owner = taken.get(key);
    if (owner !== undefined) report(path, `${message}, which ${owner} has`, received);
    else taken.set(key, formatPath(path));
  };
  const claimStack = (id: string, path: Problem['path']) => {
    claim(`stack ${id}`, path, `must have a name that does not make the stack id ${id}`);
    if (id.length > STACK_ID_LENGTH) {
      report(
        path,
        `must have a shorter name; the stack id ${id} has over ${STACK_ID_LENGTH} characters`,
      );
    }
  };

  for (const [name, consumer] of sound(consumers)) {
    const { role, function: settings } = consumer;
    const path = ['consumers', name];
    claimStack(consumerStackId(name), path);
    const account = at(accounts, consumer.account);
    if (!account) continue;
    // IAM does not tell names by case.
    const roleKey = `role ${account.id} ${role.name.toLowerCase()}`;
    claim(roleKey, [...path, 'role', 'name'], 'must be another name in the account', role.name);
    const functionKey = `function ${account.id} ${account.region} ${settings.name}`;
    claim(
      functionKey,
      [...path, 'function', 'name'],
      'must be another name in the account',
      settings.name,
    );
  }
  for (const [name, producer] of sound(producers)) {
    for (const { account: accountName, idPart } of producerAccounts(producer)) {
      const path = ['producers', name];
      claimStack(producerStackId(name, idPart), path);
      const account = at(accounts, accountName);
      const table = (producer.table ?? producer.existingTable)?.name;
      if (!account || !table) continue;
      const message = `must have a table of its own in ${accountName}, since a stream has one policy; ${table} is the table`;
      claim(`table ${account.id} ${account.region} ${table}`, path, message);
    }
  }
  const pairs = new Set<string>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const settings = at(producers, producer);
    if (!settings || pairs.has(`${producer} ${consumer}`)) continue; // subscriptionPairs reports those
    pairs.add(`${producer} ${consumer}`);
    for (const { idPart } of producerAccounts(settings)) {
      claimStack(subscriptionStackId(producer, idPart, consumer), ['subscriptions', index]);
    }
  }
}

/** AWS's limits on the policies that the entries of a sound topology make together. */
export function policySizes(topology: ResolvedTopology, report: Report): void {
  for (const producer of topology.producers) {
    const size = producer.readers.length > 0 ? streamPolicySize(producer) : 0;
    if (size > STREAM_POLICY.size) {
      const message = `must make a stream policy of at most ${STREAM_POLICY.size} bytes, got ${size}; shorten the conditions`;
      report(['producers', producer.name, 'streamPolicy'], message);
    }
  }
  for (const { name, role, sources } of topology.consumers) {
    const managed = Math.max(0, IAM.managedPoliciesPerRole - role.managedPolicyArns.length);
    const policies = streamPolicies(sources);
    if (policies.length > 1 + managed) {
      const fitting = policies
        .slice(0, 1 + managed)
        .flatMap((statements) => statements[0]?.resources ?? []);
      const message = `must read at most ${fitting.length} streams, got ${sources.length}, since IAM limits the policies of a role; add a second consumer for the rest`;
      report(['consumers', name], message);
    }
  }
}

/** The sound entry of a name; names such as `constructor` are nothing special. */
function at<T>(entries: Entries<T>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function* sound<T>(entries: Entries<T>): Generator<[string, T]> {
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) yield [name, value];
}

function* soundList<T>(list: readonly (T | undefined)[]): Generator<[number, T]> {
  for (const [index, value] of list.entries()) if (value !== undefined) yield [index, value];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
