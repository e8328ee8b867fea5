import { loadTopology } from '../../load/load';
import type { ResolvedTopology } from '../../topology/resolve';
import { jsonOf, type StackJson, stacksOf } from './synth-app';

export interface SynthesizedTopology {
  readonly topology: ResolvedTopology;
  /** Configurations by stack id. */
  readonly stacks: ReadonlyMap<string, StackJson>;
}

/** By name and not as found: users keep drafts of their own in topologies/, right and wrong ones. */
export const SHIPPED = [
  'analytics-lake.yaml',
  'order-service.yaml',
  'order-totals.yaml',
  'orders-consumer.yaml',
  'orders-producer.yaml',
  'orders-python.yaml',
  'orders.yaml',
  'saas-tenants.yaml',
  'shared-table.yaml',
] as const;

/** The topologies of the project, synthesized. */
export function shippedTopologies(): SynthesizedTopology[] {
  return SHIPPED.map((file) => withStacks(loadTopology(`topologies/${file}`)));
}

export function withStacks(topology: ResolvedTopology): SynthesizedTopology {
  const stacks = [...stacksOf(topology)].map(([id, stack]) => [id, jsonOf(stack)] as const);
  return { topology, stacks: new Map(stacks) };
}
