import type { App } from 'cdktf';
import type { ResolvedTopology } from '../topology/resolve';
import { ConsumerStack } from './consumer-stack';
import { ProducerStack } from './producer-stack';
import { StateBucketStack } from './state-bucket-stack';
import { SubscriptionStack } from './subscription-stack';

/** Every stack of a topology, in the order of deployment; the state bucket is deployed by itself. */
export function buildStacks(app: App, topology: ResolvedTopology): void {
  if (topology.state.manage) new StateBucketStack(app, topology);
  for (const consumer of [...topology.consumers, ...(topology.otherReaders ?? [])])
    new ConsumerStack(app, topology, consumer);
  for (const producer of topology.producers) new ProducerStack(app, topology, producer);
  for (const subscription of topology.subscriptions)
    new SubscriptionStack(app, topology, subscription);
}
