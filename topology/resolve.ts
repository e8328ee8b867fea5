import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { SINK_VARIABLES } from '../lambda-src/contract';
import { arns } from './arns';
import { consumerBucketName } from './bucket-name';
import { partitionOf } from './partition';
import type {
  Code,
  Encryption,
  ExistingTable,
  S3Sink,
  Sink,
  StreamPolicySettings,
  Table,
  Topology,
} from './schema';
import {
  consumerStackId,
  producerAccounts,
  producerStackId,
  subscriptionStackId,
} from './stack-ids';

type Consumer = Topology['consumers'][string];
type Producer = Topology['producers'][string];
type Subscription = Topology['subscriptions'][number];

/** A topology with every default filled in and one entry per stack: what the stacks are made from. */
export interface ResolvedTopology {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly awsProviderVersion: string;
  readonly state: State;
  readonly consumers: readonly ResolvedConsumer[];
  readonly producers: readonly ResolvedProducer[];
  readonly subscriptions: readonly ResolvedSubscription[];
}

export type State = Topology['state'] & { readonly keyPrefix: string };

export type Account = Topology['accounts'][string] & {
  /** Partition of the account's Region, such as `aws`. */
  readonly partition: string;
};

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

export type ResolvedFunction = Omit<
  Consumer['function'],
  'entry' | 'files' | 'code' | 'environment'
> & {
  readonly code: Entry | ({ readonly type: 'folder' } & Code);
  /** All variables; those of the file win over those of the sink. */
  readonly environment: Readonly<Record<string, string>>;
};

export type ResolvedSink = Exclude<Sink, S3Sink> | Lake;

/** The bucket that the sink `s3` writes to, and how it is queried. */
export type Lake = S3Sink & {
  readonly bucket: string;
  /** Whether the stack makes the bucket. */
  readonly managed: boolean;
  /** Name of the Glue database. */
  readonly database: string;
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

export interface TableReference {
  readonly account: Account;
  readonly name: string;
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

/** The default function of each sink; an entry that names the first means the sink's. */
const DEFAULT_ENTRIES = {
  log: 'lambda-src/index.ts',
  s3: 'lambda-src/s3.ts',
} satisfies Record<Sink['type'], string>;

/** Whether an entry is the default function of a sink. */
export function isDefaultEntry(entry: string): boolean {
  return Object.values(DEFAULT_ENTRIES).map(placeOf).includes(placeOf(entry));
}

/** Whether an entry is the default function of the sink `log`, by whatever path or link. */
export function isLogEntry(entry: string): boolean {
  return placeOf(entry) === placeOf(DEFAULT_ENTRIES.log);
}

function placeOf(file: string): string {
  return existsSync(file) ? realpathSync.native(file) : path.resolve(file);
}

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
    state: { ...topology.state, keyPrefix: topology.state.keyPrefix ?? topology.name },
    consumers: Object.entries(topology.consumers).map(([name, consumer]) => {
      const { stackId, account, roleArn: arn } = get(consumers, name);
      const sink = resolveSink({ ...consumer, name, account }, topology.name);
      const subscribed = pairsOf.get(name) ?? [];
      return {
        name,
        stackId,
        account,
        role: { ...consumer.role, arn },
        function: resolveFunction(consumer, sink, account, folder),
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
  { function: settings }: Consumer,
  sink: ResolvedSink,
  account: Account,
  folder: string,
): ResolvedFunction {
  const { entry = DEFAULT_ENTRIES.log, files, code, environment, ...rest } = settings;
  const ofSink = isLogEntry(entry) ? DEFAULT_ENTRIES[sink.type] : entry;
  return {
    ...rest,
    code: code ? { type: 'folder', ...code } : { type: 'entry', entry: ofSink, files, folder },
    environment: {
      ...(sink.type === 's3' ? sinkVariables(sink, account) : {}),
      ...environment,
    },
  };
}

/** What `lambda-src/s3.ts` reads, or a function of one's own that writes to the lake. */
function sinkVariables({ bucket, prefix }: Lake, account: Account): Record<string, string> {
  return {
    [SINK_VARIABLES.bucket]: bucket,
    [SINK_VARIABLES.prefix]: prefix,
    [SINK_VARIABLES.bucketOwner]: account.id,
  };
}

function resolveSink(
  consumer: Omit<Consumer, 'account'> & { name: string; account: Account },
  topologyName: string,
): ResolvedSink {
  const { name, sink } = consumer;
  if (sink.type !== 's3') return sink;
  return {
    ...sink,
    bucket: sink.bucket ?? consumerBucketName('changes', topologyName, consumer),
    managed: sink.bucket === undefined,
    database: `${topologyName}__${name}`.replaceAll('-', '_'),
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
