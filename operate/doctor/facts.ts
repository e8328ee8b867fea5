import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Stacks } from '../../review/read/resources';
import type { ResolvedSubscription, ResolvedTopology } from '../../topology/resolve';
import type { LiveConsumer } from './read/consumer';
import type { NamedKey } from './read/named-keys';
import type { LiveProducer } from './read/producer';
import type { Found } from './read/reader';
import type { StackState } from './read/states';

/** What causes are found in: what AWS has, and what the topology synthesizes. */
export interface Facts {
  readonly topology: ResolvedTopology;
  /** What the topology synthesizes. */
  readonly stacks: Stacks;
  readonly now: Date;
  /** Whether cdktf.json has an app that may add to the stacks. */
  readonly hasOtherApp: boolean;
  /** Of all consumers, producers and subscriptions, by the ID of the stack. */
  readonly states: ReadonlyMap<string, StackState>;
  /** Keys and aliases of which a state lacks one. */
  readonly namedKeys: readonly NamedKey[];
  readonly consumers: readonly ConsumerFacts[];
  readonly producers: readonly ProducerFacts[];
  readonly subscriptions: readonly SubscriptionFacts[];
}

export interface ConsumerFacts extends StackState, LiveConsumer {}

export interface ProducerFacts extends StackState, LiveProducer {}

export interface SubscriptionFacts extends StackState {
  readonly subscription: ResolvedSubscription;
  readonly consumer: ConsumerFacts;
  readonly mapping: Found<EventSourceMappingConfiguration>;
  /** Left out where others own the stream. */
  readonly producer?: ProducerFacts;
}

/** What was read, by the stacks that it is of. */
interface Read
  extends Pick<Facts, 'topology' | 'stacks' | 'now' | 'hasOtherApp' | 'states' | 'namedKeys'> {
  readonly consumers: readonly LiveConsumer[];
  readonly producers: readonly LiveProducer[];
}

/** With the state of each, and the subscriptions with what they belong to. */
export function linked(read: Read): Facts {
  const { topology, states } = read;
  const withState = <T>(stackId: string, live: T) => {
    return { ...(states.get(stackId) as StackState), ...live };
  };
  const consumers = read.consumers.map((each) => withState(each.consumer.stackId, each));
  const producers = read.producers.map((each) => withState(each.producer.stackId, each));
  const consumerOf = new Map(consumers.map((each) => [each.stack, each]));
  const producerOf = new Map(producers.map((each) => [each.stack, each]));
  const subscriptions = topology.subscriptions.flatMap((subscription) => {
    const { stackId, stream, consumerStackId } = subscription;
    const consumer = consumerOf.get(consumerStackId);
    const producer = 'arn' in stream ? undefined : producerOf.get(stream.producerStackId);
    if (!consumer) return [];
    const mapping = consumer.mappings.get(stackId) ?? 'unknown';
    return withState(stackId, { subscription, consumer, mapping, producer });
  });
  return { ...read, consumers, producers, subscriptions };
}
