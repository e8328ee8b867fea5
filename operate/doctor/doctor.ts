import { Stacks } from '../../review/read/resources';
import { stacksOf } from '../../review/read/stacks';
import { otherApp } from '../../topology/other-app';
import type { Account, ResolvedTopology } from '../../topology/resolve';
import { stacksOf as stackIds } from '../../topology/stacks';
import type { Cause } from './cause';
import { causesOf } from './causes';
import { type Facts, linked } from './facts';
import { pointed, withoutHidden } from './following';
import { Accounts } from './read/accounts';
import { readConsumer } from './read/consumer';
import { readNamedKeys } from './read/named-keys';
import { readProducer } from './read/producer';
import type { Reader } from './read/reader';
import { readStates } from './read/states';

export interface Examination {
  readonly facts: Facts;
  readonly causes: readonly Cause[];
}

/**
 * Reads the accounts, and finds why subscriptions do not work.
 *
 * @param topology what to look at
 * @param progress is called with what was read, and how much there is
 */
export async function examine(
  topology: ResolvedTopology,
  now: Date,
  progress: (read: number, of: number) => void,
): Promise<Examination> {
  const { consumers, producers, subscriptions } = topology;
  const stacks = new Stacks(stacksOf(topology));
  const accounts = new Accounts(topology);
  const total = consumers.length + producers.length;
  let read = 0;
  const readEach = <T extends { readonly account: Account }, Live>(
    all: readonly T[],
    readOne: (reader: Reader, one: T) => Promise<Live>,
  ) =>
    Promise.all(
      all.map(async (one) => {
        const live = await readOne(await accounts.of(one.account), one);
        read += 1;
        progress(read, total);
        return live;
      }),
    );
  const states = readStates(topology, [...consumers, ...producers, ...subscriptions], accounts);
  const [ofConsumers, ofProducers, namedKeys] = await Promise.all([
    readEach(consumers, (reader, consumer) => {
      const own = subscriptions.filter((each) => each.consumerStackId === consumer.stackId);
      return readConsumer(reader, consumer, own, states, now);
    }),
    readEach(producers, readProducer),
    states.then((read) => readNamedKeys(topology, stacks, read, accounts)),
  ]);
  const facts = linked({
    topology,
    stacks,
    now,
    hasOtherApp: otherApp() !== undefined,
    states: await states,
    namedKeys,
    consumers: ofConsumers,
    producers: ofProducers,
  });
  const all = withoutHidden([...(await accounts.causes()), ...causesOf(facts)]);
  return { facts, causes: inOrder(pointed(all, facts), topology) };
}

/** Those of accounts first, then those of stacks in the order of deployment. */
function inOrder(causes: readonly Cause[], topology: ResolvedTopology): Cause[] {
  const ids = ['', ...stackIds(topology).map(({ id }) => id)];
  const orders = new Map(ids.map((id, order) => [id, order]));
  const orderOf = ({ stack }: Cause) => orders.get(stack) ?? 0;
  return [...causes].sort((a, b) => orderOf(a) - orderOf(b));
}
