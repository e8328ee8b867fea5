import { parseArn, partitionOf } from '../arns';
import { subscriptionStackId } from '../names';
import type { Topology } from '../schema';
import { type ResolvedConsumer, resolveConsumer } from './consumer';
import {
  type Account,
  type AccountOf,
  type ResolvedProducer,
  type Source,
  sourcesOf,
} from './source';

export type * from './consumer';
export { makesFunction } from './consumer';
export type * from './source';
export { namesRoles } from './source';

type Subscription = Topology['subscriptions'][number];

/** A topology with every default filled in and one entry per stack: what the stacks are made from. */
export interface ResolvedTopology
  extends Pick<Topology, 'name' | 'tags' | 'awsProviderVersion' | 'accounts'> {
  readonly state: State;
  readonly consumers: readonly ResolvedConsumer[];
  /** Consumers that are synthesized and nothing else, since policies of the producers name their roles. Default: none. */
  readonly otherReaders?: readonly ResolvedConsumer[];
  readonly producers: readonly ResolvedProducer[];
  readonly subscriptions: readonly ResolvedSubscription[];
}

export type State = Topology['state'] & { readonly keyPrefix: string };

export type ResolvedSubscription = ReturnType<typeof resolveSubscription>;

/**
 * @param topology one that `validate` found nothing wrong with
 * @param folder of the topology file
 */
export function resolve(topology: Topology, folder = '.'): ResolvedTopology {
  const accounts = byName(topology.accounts, (account): Account => {
    return { ...account, partition: partitionOf(account.region) };
  });
  // Tags of a consumer or a producer win.
  const accountOf: AccountOf = (name, { tags }) => {
    const account = get(accounts, name);
    return { ...account, tags: { ...account.tags, ...tags } };
  };
  const sources = Object.entries(topology.producers).flatMap(([name, producer]) =>
    sourcesOf(name, producer, accountOf),
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
    const account = accountOf(consumer.account, consumer);
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

/** A subscription to one stream of its producer. */
interface Pair extends Source {
  readonly subscription: Subscription;
}

function resolveSubscription(pair: Pair, consumer: ResolvedConsumer) {
  const { subscription, name, idPart, stream, table } = pair;
  const { producer: _, readTable: __, ...settings } = subscription;
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
