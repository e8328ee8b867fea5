import { arns, type Place, parseArn, partitionOf, type TableName, tableOfStream } from './arns';
import { IAM } from './limits';
import {
  consumerBucketName,
  consumerStackId,
  type Owner,
  producerAccounts,
  producerStackId,
  subscriptionStackId,
} from './names';
import { placeNamed } from './paths';
import type { Topology } from './schema';
import type { Encryption } from './schema/encryption';
import type { Code, ExistingFunction } from './schema/function';
import type { ExistingTable } from './schema/producer';
import type { CreatedRole as RoleSettings } from './schema/role';
import { entryOf, sinkKind } from './sinks';

type Consumer = Topology['consumers'][string];
type Producer = Topology['producers'][string];
type Subscription = Topology['subscriptions'][number];

/** A topology with every default filled in and one entry per stack: what the stacks are made from. */
export interface ResolvedTopology
  extends Pick<Topology, 'name' | 'tags' | 'awsProviderVersion' | 'accounts'> {
  readonly state: State;
  readonly consumers: readonly ResolvedConsumer[];
  readonly producers: readonly ResolvedProducer[];
  readonly subscriptions: readonly ResolvedSubscription[];
}

export type State = Topology['state'] & { readonly keyPrefix: string };

export type Account = Topology['accounts'][string] & Place;

export type ResolvedConsumer = ReturnType<typeof resolveConsumer>;

export type ResolvedFunction = ResolvedConsumer['function'];

export type CreatedRole = Extract<ResolvedConsumer['role'], { readonly type: 'created' }>;

/** A consumer whose function the stack makes, and does not only find. */
export interface FunctionMaker extends ResolvedConsumer {
  readonly function: Extract<ResolvedFunction, { readonly type: 'created' }>;
}

export function makesFunction(consumer: ResolvedConsumer): consumer is FunctionMaker {
  return consumer.function.type === 'created';
}

export interface Entry {
  readonly type: 'entry';
  /** Relative to the working directory, or absolute; so are the files. */
  readonly entry: string;
  /** Files and folders that are copied into the package. */
  readonly files: readonly string[];
  /** Folder of the topology file, where its files may be. */
  readonly folder: string;
}

/** A table as its readers see it. */
export interface TableReference extends TableName {
  readonly account: Account;
  readonly encryption: Encryption;
  /** Whether the reader's own code reads the table itself as well. */
  readonly readTable?: boolean;
}

/** A stream by the stack that publishes it, or by its ARN where others own it. */
export type Stream = { readonly producerStackId: string } | { readonly arn: string };

type Unread = ReturnType<typeof resolveProducer>;

export interface ResolvedProducer extends Unread {
  readonly readers: readonly Reader[];
}

/** A role as a stream policy sees it. */
export interface Reader {
  /** Of the role's consumer. The role of another team has none. */
  readonly stackId?: string;
  readonly account: Place;
  readonly roleArn: string;
  /** Whether it reads the table itself as well. */
  readonly readTable?: boolean;
}

export type ResolvedSubscription = ReturnType<typeof resolveSubscription>;

/**
 * @param topology one that `validate` found nothing wrong with
 * @param folder of the topology file
 */
export function resolve(topology: Topology, folder = '.'): ResolvedTopology {
  const accounts = byName(topology.accounts, (account): Account => {
    return { ...account, partition: partitionOf(account.region) };
  });
  const sources = Object.entries(topology.producers).flatMap(([name, producer]) =>
    sourcesOf(name, producer, accounts),
  );
  const producers = sources.flatMap(({ producer }) => producer ?? []);
  const pairs = topology.subscriptions.flatMap((subscription) =>
    sources
      .filter(({ name }) => name === subscription.producer)
      .map((source): Pair => {
        const table = { ...source.table, readTable: subscription.readTable };
        return { ...source, table, subscription };
      }),
  );
  const consumers = byName(topology.consumers, (consumer, name) => {
    const read = pairs.filter(({ subscription }) => subscription.consumer === name);
    const account = tagged(get(accounts, consumer.account), consumer);
    return resolveConsumer(consumer, { topologyName: topology.name, name, account }, read, folder);
  });
  return {
    ...topology,
    state: { ...topology.state, keyPrefix: topology.state.keyPrefix ?? topology.name },
    consumers: [...consumers.values()],
    producers: producers.map((producer) => ({
      ...producer,
      readers: [
        ...topology.subscriptions
          .filter((subscription) => subscription.producer === producer.name)
          .map(({ consumer, readTable }) => {
            const { stackId, account, role } = get(consumers, consumer);
            return { stackId, account, roleArn: role.arn, readTable };
          }),
        ...producer.streamPolicy.readers.map((roleArn) => ({
          account: parseArn(roleArn),
          roleArn,
        })),
      ],
    })),
    subscriptions: pairs.map((pair) =>
      resolveSubscription(pair, get(consumers, pair.subscription.consumer)),
    ),
  };
}

/** An account with the tags of what is in it: those of a consumer or a producer win. */
function tagged(account: Account, { tags }: Pick<Account, 'tags'>): Account {
  return { ...account, tags: { ...account.tags, ...tags } };
}

/** A stream of a producer of the file. */
interface Source {
  readonly name: string;
  /** What stack ids say of the account. */
  readonly idPart?: string;
  readonly table: TableReference;
  readonly stream: Stream;
  /** Left out where others own the stream. */
  readonly producer?: Unread;
}

/** A subscription to one stream of its producer. */
interface Pair extends Source {
  readonly subscription: Subscription;
}

/** The streams of a producer, one in each of its accounts. */
function sourcesOf(
  name: string,
  { existingStream, ...producer }: Producer,
  accounts: ReadonlyMap<string, Account>,
): Source[] {
  if (existingStream) {
    const { arn, kmsKeyArn } = existingStream;
    const encryption: Encryption = kmsKeyArn === undefined ? 'aws-owned' : { kmsKeyArn };
    return [{ name, table: { ...tableOfStream(arn), encryption }, stream: { arn } }];
  }
  return producerAccounts(producer).map(({ account, idPart }) => {
    const place = tagged(get(accounts, account), producer);
    const resolved = resolveProducer(name, producer, place, idPart);
    const { source: table, stackId: producerStackId } = resolved;
    return { name, idPart, table, stream: { producerStackId }, producer: resolved };
  });
}

function resolveProducer(name: string, producer: Producer, account: Account, idPart?: string) {
  const { table: created, existingTable, streamPolicy } = producer;
  /** The table that the stack creates, or the one that it finds. */
  const table = created
    ? { type: 'created' as const, ...created }
    : { type: 'existing' as const, ...(existingTable as ExistingTable) };
  const managed = streamPolicy !== 'none';
  const { principal, conditions, readers } = managed ? streamPolicy : OF_OTHERS;
  return {
    name,
    stackId: producerStackId(name, idPart),
    account,
    table,
    source: { account, name: table.name, encryption: table.encryption },
    /** `managed`: the stack sets the policy; others do otherwise, and it shows them the statement. */
    streamPolicy: { principal, conditions, readers, managed },
  };
}

const OF_OTHERS = { principal: 'role', conditions: [], readers: [] } as const;

/** Whether a producer's stack writes the roles as principals, which IAM must have propagated by then. */
export function namesRoles({ managed, principal }: Unread['streamPolicy']): boolean {
  return managed && principal === 'role';
}

function resolveConsumer(
  consumer: Consumer,
  owner: Owner & { readonly account: Account },
  pairs: readonly Pair[],
  folder: string,
) {
  const { sink, failedBatches, encryption, alarms, dashboard } = consumer;
  const { name, account } = owner;
  return {
    name,
    stackId: consumerStackId(name),
    account,
    role: resolveRole(consumer, account),
    function: resolveFunction(consumer, folder),
    sink: sinkKind(sink).resolve(sink, owner),
    failedBatches: { ...failedBatches, bucket: consumerBucketName('failed-batches', owner) },
    encryption,
    alarms,
    dashboard,
    /** Tables whose streams the consumer reads, in the order of the file. */
    sources: pairs.map(({ table }) => table),
    /** Streams among them that others own. */
    streamsOfOthers: pairs.flatMap(({ stream, table }) =>
      'arn' in stream ? { arn: stream.arn, table } : [],
    ),
    /** Whether a producer that it reads names its role as a principal. */
    waitsForRole: pairs.some(({ producer }) => producer && namesRoles(producer.streamPolicy)),
  };
}

/** The role that the stack makes, or one of others, which the stack leaves as it is. */
function resolveRole({ role, existingFunction }: Consumer, account: Account) {
  if (role && 'name' in role) {
    return { type: 'created' as const, ...role, arn: arns.role(account, role) };
  }
  const { existing: arn = existingFunction?.roleArn ?? '', ...settings } = role ?? {};
  return { type: 'existing' as const, ...NOTHING_ATTACHED, ...settings, arn };
}

const NOTHING_ATTACHED: Omit<RoleSettings, 'name' | 'path'> = {
  managedPolicyArns: [],
  acknowledgedPolicyArns: [],
  statements: [],
  managedPolicyQuota: IAM.managedPoliciesPerRole.default,
  pollerOnly: true,
};

/** The function that the stack makes, or the one that it finds. */
function resolveFunction({ function: created, existingFunction, sink }: Consumer, folder: string) {
  if (!created) return { type: 'existing' as const, ...(existingFunction as ExistingFunction) };
  const { entry, files, code, ...settings } = created;
  const placeOf = (file: string) => placeNamed(file, folder);
  const source: Entry | (Code & { readonly type: 'folder' }) = code
    ? { type: 'folder', ...code, directory: placeOf(code.directory) }
    : {
        type: 'entry',
        entry: entryOf(entry && placeOf(entry), sink),
        files: files.map(placeOf),
        folder,
      };
  return { type: 'created' as const, ...settings, code: source };
}

function resolveSubscription(pair: Pair, consumer: ResolvedConsumer) {
  const { subscription, name, idPart, stream, table } = pair;
  const { producer: _, consumer: __, readTable: ___, ...settings } = subscription;
  return {
    ...settings,
    stackId: subscriptionStackId(name, idPart, consumer.name),
    stream,
    consumerStackId: consumer.stackId,
    /** Where the event source mapping is. */
    account: consumer.account,
    source: table,
    functionName: consumer.function.name,
    failedBatchesBucket: consumer.failedBatches.bucket,
    alarms: consumer.alarms,
  };
}

function byName<T, U>(
  record: Readonly<Record<string, T>>,
  resolve: (value: T, name: string) => U,
): ReadonlyMap<string, U> {
  return new Map(Object.entries(record).map(([name, value]) => [name, resolve(value, name)]));
}

function get<T>(found: ReadonlyMap<string, T>, name: string): T {
  const value = found.get(name);
  if (value === undefined) throw new Error(`${name} is not in the topology`);
  return value;
}
