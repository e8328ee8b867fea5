import { Stacks } from '../../review/read/resources';
import { stacksOf } from '../../review/read/stacks';
import { otherApp } from '../../topology/other-app';
import type { ResolvedTopology } from '../../topology/resolve';
import { stacksOf as stackIds } from '../../topology/stacks';
import type { Cause } from './cause';
import { CAUSES } from './causes';
import type { Facts } from './facts';
import { withoutHidden } from './hidden';
import { pointed } from './pointed';
import { Accounts, nameOf } from './read/accounts';
import { readConsumer } from './read/consumer';
import { readProducer } from './read/producer';
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
  const accounts = new Accounts(topology);
  const { consumers, producers, subscriptions } = topology;
  const stacks = new Stacks(stacksOf(topology));
  const total = consumers.length + producers.length;
  let read = 0;
  const counted = async <T>(reading: Promise<T>) => {
    const result = await reading;
    read += 1;
    progress(read, total);
    return result;
  };
  const states = readStates(topology, [...consumers, ...producers, ...subscriptions], accounts);
  const [ofConsumers, ofProducers] = await Promise.all([
    Promise.all(
      consumers.map(async (consumer) => {
        const reader = await accounts.of(consumer.account);
        const own = subscriptions.filter((each) => each.consumerStackId === consumer.stackId);
        const live = await counted(readConsumer(reader, consumer, own, states, now));
        return { consumer, account: nameOf(topology, consumer.account), ...live };
      }),
    ),
    Promise.all(
      producers.map(async (producer) => {
        const reader = await accounts.of(producer.account);
        const live = await counted(readProducer(reader, producer));
        return { producer, account: nameOf(topology, producer.account), ...live };
      }),
    ),
  ]);
  const facts = linked({
    topology,
    stacks,
    now,
    hasOtherApp: otherApp() !== undefined,
    states: await states,
    consumers: ofConsumers,
    producers: ofProducers,
  });
  const found = CAUSES.flatMap((find) => find(facts));
  const all = withoutHidden([...(await accounts.causes()), ...found]);
  return { facts, causes: inOrder(pointed(all, facts), topology) };
}

/** Those of accounts first, then those of stacks in the order of deployment. */
function inOrder(causes: readonly Cause[], topology: ResolvedTopology): Cause[] {
  const ids = ['', ...stackIds(topology).map(({ id }) => id)];
  const orders = new Map(ids.map((id, order) => [id, order]));
  const orderOf = ({ stack }: Cause) => orders.get(stack) ?? 0;
  return [...causes].sort((a, b) => orderOf(a) - orderOf(b));
}

/** With the subscriptions, each with what it belongs to. */
export function linked(facts: Omit<Facts, 'subscriptions'>): Facts {
  const { topology, consumers, producers } = facts;
  const consumerOf = new Map(consumers.map((each) => [each.consumer.stackId, each]));
  const producerOf = new Map(producers.map((each) => [each.producer.stackId, each]));
  return {
    ...facts,
    subscriptions: topology.subscriptions.flatMap((subscription) => {
      const { stream, consumerStackId, account } = subscription;
      const consumer = consumerOf.get(consumerStackId);
      const producer = 'arn' in stream ? undefined : producerOf.get(stream.producerStackId);
      if (!consumer) return [];
      const mapping = consumer.mappings.get(subscription.stackId) ?? 'unknown';
      return { subscription, account: nameOf(topology, account), consumer, mapping, producer };
    }),
  };
}
