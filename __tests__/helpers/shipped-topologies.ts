import { readdirSync } from 'node:fs';
import { TerraformStack } from 'cdktf';
import { buildStacks } from '../../stacks/build-stacks';
import { loadTopology } from '../../topology/load';
import type { ResolvedTopology } from '../../topology/resolve';
import { jsonApp, jsonOf, type StackJson } from './synth-app';

export interface ShippedTopology {
  readonly topology: ResolvedTopology;
  /** Configurations by stack id. */
  readonly stacks: ReadonlyMap<string, StackJson>;
}

/** Every file of topologies/, synthesized. */
export function shippedTopologies(): ShippedTopology[] {
  const files = readdirSync('topologies').filter((file) => file.endsWith('.yaml'));
  return files.map((file) => {
    const topology = loadTopology(`topologies/${file}`);
    const app = jsonApp();
    buildStacks(app, topology);
    const stacks = app.node.findAll().filter((node) => TerraformStack.isStack(node));
    return { topology, stacks: new Map(stacks.map((stack) => [stack.node.id, jsonOf(stack)])) };
  });
}
