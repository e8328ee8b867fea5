import { TerraformStack } from 'cdktf';
import { loadTopology } from '../../load/load';
import { buildStacks } from '../../stacks/build-stacks';
import type { ResolvedTopology } from '../../topology/resolve';
import { jsonApp, jsonOf, type StackJson } from './synth-app';

export interface SynthesizedTopology {
  readonly topology: ResolvedTopology;
  /** Configurations by stack id. */
  readonly stacks: ReadonlyMap<string, StackJson>;
}

/** By name and not as found: users keep drafts of their own in topologies/, right and wrong ones. */
export const SHIPPED = [
  'analytics-lake.yaml',
  'order-totals.yaml',
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
  const app = jsonApp();
  buildStacks(app, topology);
  const stacks = app.node.findAll().filter((node) => TerraformStack.isStack(node));
  return { topology, stacks: new Map(stacks.map((stack) => [stack.node.id, jsonOf(stack)])) };
}
