import path from 'node:path';
import { Manifest } from 'cdktf';
import { type Stack, stacksOf } from '../terraform/stacks';
import { STATE_BUCKET_STACK_ID } from '../topology/names';
import type { ResolvedTopology } from '../topology/resolve';

/** A stack as another tool needs it: in `stacks.json`. In `dependsOn` are those whose outputs it reads, the last one first. */
export interface ListedStack extends Omit<Stack, 'tenant'> {
  /** From the folder of `stacks.json`. */
  readonly folder: string;
}

/** The stacks of a topology, in the order of deployment. */
export function listStacks(topology: ResolvedTopology): ListedStack[] {
  return stacksOf(topology).map(({ id, kind, account, region, order, dependsOn }) => {
    const reads = dependsOn.filter((each) => each !== STATE_BUCKET_STACK_ID).reverse();
    const folder = path.posix.join(Manifest.stacksFolder, id);
    return { id, kind, account, region, order, dependsOn: reads, folder };
  });
}
