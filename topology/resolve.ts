import { arns, type Place, partitionOf, type TableName } from './arns';
import {
  consumerBucketName,
  consumerStackId,
  producerAccounts,
  producerStackId,
  subscriptionStackId,
} from './names';
import type { Topology } from './schema';
import type { Code } from './schema/function';
import type { Encryption, ExistingTable, StreamPolicySettings, Table } from './schema/producer';
import { entryOf, type ResolvedSink, sinkKind } from './sinks';

type Consumer = Topology['consumers'][string];
type Producer = Topology['producers'][string];
type Subscription = Topology['subscriptions'][number];

/** A topology with every default filled in and one entry per stack: what the stacks are made from. */
export interface ResolvedTopology {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly awsProviderVersion: string;
  readonly state: State;
  /** By name. */
  readonly accounts: Topology['accounts'];
  readonly consumers: readonly ResolvedConsumer[];
  readonly producers: readonly ResolvedProducer[];
  readonly subscriptions: readonly ResolvedSubscription[];
}

export type State = Topology['state'] & { readonly keyPrefix: string };

export type Account = Topology['accounts'][string] & Place;

export interface ResolvedConsumer {
  readonly name: string;
  readonly stackId: string;
  readonly account: Account;
  readonly role: Consumer['role'] & { readonly arn: string };
  readonly function: ResolvedFunction;
  readonly sink: ResolvedSink;
  readonly failedBatches: Consumer['failedBatches'] & { readonly bucket: string };
  readonly alarms: Consumer['alarms'];
  /** Tables whose streams the consumer reads, in the order of the file. */
  readonly sources: readonly TableReference[];
  /** Whether a producer that it reads names its role as a principal. */
  readonly waitsForRole: boolean;
}

export type ResolvedFunction = Omit<Consumer['function'], 'entry' | 'files' | 'code'> & {
  readonly code: Entry | ({ readonly type: 'folder' } & Code);
};

/** A TypeScript file to bundle. */
export interface Entry {
  readonly type: 'entry';
  readonly entry: string;
  /** Files and folders that are copied into the package. */
  readonly files: readonly string[];
  /** Folder of the topology file, where its files may be. */
  readonly folder: string;
}

export interface TableReference extends TableName {
  readonly account: Account;
  readonly encryption: Encryption;
}

export interface ResolvedProducer {
  readonly name: string;
  readonly stackId: string;
  readonly account: Account;
  /** The table that the stack creates, or the one that it finds. */
  readonly table:
    | ({ readonly type: 'created' } & Table)
    | ({ readonly type: 'existing' } & ExistingTable);
  readonly source: TableReference;
  readonly streamPolicy: StreamPolicy;
  /** The consumers subscribed to the stream. */
  readonly readers: readonly Reader[];
}

export type StreamPolicy = Pick<StreamPolicySettings, 'principal' | 'conditions'> & {
  /** Whether the stack sets the policy; others do otherwise, and it shows them the statement. */
  readonly managed: boolean;
};

/** A consumer as a stream policy sees it. */
export interface Reader {
  readonly stackId: string;
  readonly account: Account;
  readonly roleArn: string;
}

export type ResolvedSubscription = Omit<Subscription, 'producer' | 'consumer'> & {
  readonly stackId: string;
  readonly producerStackId: string;
  readonly consumerStackId: string;
  /** Account of the consumer, where the event source mapping is. */
  readonly account: Account;
  /** The table whose stream is read. */
  readonly source: TableReference;
  readonly functionName: string;
  readonly failedBatchesBucket: string;
  readonly alarms: Consumer['alarms'];
};

/**
 * @param topology one that `validate` found nothing wrong with
 * @param folder of the topology file
 */
export function resolve(topology: Topology, folder = '.'): ResolvedTopology {
  const accounts = mapValues(topology.accounts, (account) => ({
    ...account,
    partition: partitionOf(account.region),
  }));
  const consumers = mapValues(topology.consumers, (consumer, name) => ({
    stackId: consumerStackId(name),
    account: get(accounts, consumer.account),
    roleArn: arns.role(get(accounts, consumer.account), consumer.role),
  }));
  const failedBatchesBucket = (name: string) =>
    consumerBucketName('failed-batches', topology.name, {
      name,
      account: get(consumers, name).account,
    });
  const pairs = topology.subscriptions.flatMap((subscription) => {
    const producer = get(topology.producers, subscription.producer);
    return producerAccounts(producer).map(({ account, idPart }) => ({
      subscription,
      waitsForRole: namesRoles(resolveStreamPolicy(producer)),
      idPart,
      source: tableReference(producer, get(accounts, account)),
    }));
  });
  const pairsOf = grouped(pairs, ({ subscription }) => subscription.consumer);
  const readersOf = grouped(topology.subscriptions, ({ producer }) => producer);

  return {
    name: topology.name,
    tags: topology.tags,
    awsProviderVersion: topology.awsProviderVersion,
    accounts: topology.accounts,
    state: { ...topology.state, keyPrefix: topology.state.keyPrefix ?? topology.name },
    consumers: Object.entries(topology.consumers).map(([name, consumer]) => {
      const { stackId, account, roleArn: arn } = get(consumers, name);
      const sink = sinkKind(consumer.sink).resolve(consumer.sink, {
        topologyName: topology.name,
        name,
        account,
      });
      const subscribed = pairsOf.get(name) ?? [];
      return {
        name,
        stackId,
        account,
        role: { ...consumer.role, arn },
        function: resolveFunction(consumer, folder),
        sink,
        failedBatches: {
          ...consumer.failedBatches,
          bucket: failedBatchesBucket(name),
        },
        alarms: consumer.alarms,
        sources: subscribed.map(({ source }) => source),
        waitsForRole: subscribed.some(({ waitsForRole }) => waitsForRole),
      };
    }),
    producers: Object.entries(topology.producers).flatMap(([name, producer]) =>
      producerAccounts(producer).map(({ account, idPart }) => ({
        name,
        stackId: producerStackId(name, idPart),
        account: get(accounts, account),
        table: resolveTable(producer),
        source: tableReference(producer, get(accounts, account)),
        streamPolicy: resolveStreamPolicy(producer),
        readers: (readersOf.get(name) ?? []).map(({ consumer }) => get(consumers, consumer)),
      })),
    ),
    subscriptions: pairs.map(({ subscription, idPart, source }) => {
      const { producer, consumer, ...settings } = subscription;
      return {
        ...settings,
        stackId: subscriptionStackId(producer, idPart, consumer),
        producerStackId: producerStackId(producer, idPart),
        consumerStackId: consumerStackId(consumer),
        account: get(consumers, consumer).account,
        source,
        functionName: get(topology.consumers, consumer).function.name,
        failedBatchesBucket: failedBatchesBucket(consumer),
        alarms: get(topology.consumers, consumer).alarms,
      };
    }),
  };
}

function resolveTable({ table, existingTable }: Producer): ResolvedProducer['table'] {
  return table ? { type: 'created', ...table } : { type: 'existing', ...existingTable };
}

function tableReference(producer: Producer, account: Account): TableReference {
  const { name, encryption } = resolveTable(producer);
  return { account, name, encryption };
}

function resolveStreamPolicy({ streamPolicy }: Producer): StreamPolicy {
  if (streamPolicy === 'none') return { principal: 'role', conditions: [], managed: false };
  const { principal, conditions } = streamPolicy;
  return { principal, conditions, managed: true };
}

/** Whether a producer's stack writes the roles as principals, which IAM must have propagated by then. */
export function namesRoles({ managed, principal }: StreamPolicy): boolean {
  return managed && principal === 'role';
}

function resolveFunction(
  { function: { entry, files, code, ...settings }, sink }: Consumer,
  folder: string,
): ResolvedFunction {
  return {
    ...settings,
    code: code
      ? { type: 'folder', ...code }
      : { type: 'entry', entry: entryOf(entry, sink), files, folder },
  };
}

function get<T>(record: Readonly<Record<string, T>>, name: string): T {
  const value = record[name];
  if (value === undefined) throw new Error(`${name} is not in the topology`);
  return value;
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function grouped<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}
