import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Stacks } from '../../review/read/resources';
import type {
  ResolvedConsumer,
  ResolvedProducer,
  ResolvedSubscription,
  ResolvedTopology,
} from '../../topology/resolve';
import type { LiveConsumer } from './read/consumer';
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
  /** By the ID of the stack. */
  readonly states: ReadonlyMap<string, StackState>;
  readonly consumers: readonly ConsumerFacts[];
  readonly producers: readonly ProducerFacts[];
  readonly subscriptions: readonly SubscriptionFacts[];
}

export interface ConsumerFacts extends LiveConsumer {
  readonly consumer: ResolvedConsumer;
  /** Name in the topology. */
  readonly account: string;
}

export interface ProducerFacts extends LiveProducer {
  readonly producer: ResolvedProducer;
  readonly account: string;
}

export interface SubscriptionFacts {
  readonly subscription: ResolvedSubscription;
  /** The consumer's. */
  readonly account: string;
  readonly consumer: ConsumerFacts;
  readonly mapping: Found<EventSourceMappingConfiguration>;
  /** Left out where others own the stream. */
  readonly producer?: ProducerFacts;
}
