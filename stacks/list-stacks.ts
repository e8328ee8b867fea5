import path from 'node:path';
import { Manifest, type TerraformStack } from 'cdktf';
import type { AccountStack } from './account-stack';
import { StateBucketStack } from './state-bucket-stack';

/** A stack as another tool needs it: in `stacks.json`. */
export interface ListedStack {
  readonly id: string;
  readonly kind: string;
  /** ID of the only account that the stack can be deployed to; without it the credentials decide. */
  readonly account?: string;
  readonly region: string;
  /** Those of a lower number are deployed first; those of the same can be deployed at once. */
  readonly order: number;
  /** Ids of the stacks whose outputs it reads. */
  readonly dependsOn: readonly string[];
  /** From the folder of `stacks.json`. */
  readonly folder: string;
}

/** @param stacks all of a topology, in the order of deployment, which stays */
export function listStacks(stacks: readonly AccountStack[]): ListedStack[] {
  const orders = new Map<TerraformStack, number>();
  return stacks.map((stack) => {
    const { account, dependencies, kind, node } = stack;
    const before = dependencies.map((dependency) => orders.get(dependency) ?? 0);
    // The state bucket is deployed by itself, before all others, which do not read its outputs.
    const order = stack instanceof StateBucketStack ? 0 : 1 + Math.max(0, ...before);
    orders.set(stack, order);
    return {
      id: node.id,
      kind,
      account: account.id,
      region: account.region,
      order,
      dependsOn: dependencies.map((dependency) => dependency.node.id),
      folder: path.posix.join(Manifest.stacksFolder, node.id),
    };
  });
}
