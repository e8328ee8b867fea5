import { STATE_BUCKET_STACK_ID } from '../topology/names';
import { namesRoles, type ResolvedTopology } from '../topology/resolve';

/** A stack, before it is synthesized. */
export interface Stack {
  readonly id: string;
  readonly kind: 'state-bucket' | 'consumer' | 'producer' | 'subscription';
  /** ID of the account that it is deployed to; none where the credentials decide. */
  readonly account?: string;
  /** ID of the account by which it is dealt to runners: of a subscription the table's. */
  readonly tenant?: string;
  /** Stacks that are deployed before it, and destroyed after it. */
  readonly dependsOn: readonly string[];
}

/** The stacks of a topology in the order of deployment. */
export function stacksOf(topology: ResolvedTopology): Stack[] {
  const stacks = [...consumers(topology), ...producers(topology), ...subscriptions(topology)];
  if (!topology.state.manage) return stacks;
  const first: Stack = { id: STATE_BUCKET_STACK_ID, kind: 'state-bucket', dependsOn: [] };
  return [
    first,
    ...stacks.map((stack) => ({ ...stack, dependsOn: [first.id, ...stack.dependsOn] })),
  ];
}

function consumers(topology: ResolvedTopology): Stack[] {
  return topology.consumers.map(({ stackId, account: { id } }) => {
    return { id: stackId, kind: 'consumer', account: id, tenant: id, dependsOn: [] };
  });
}

function producers(topology: ResolvedTopology): Stack[] {
  return topology.producers.map(({ stackId, account: { id }, streamPolicy, readers }) => {
    const dependsOn = namesRoles(streamPolicy) ? readers.map((reader) => reader.stackId) : [];
    return { id: stackId, kind: 'producer', account: id, tenant: id, dependsOn };
  });
}

function subscriptions(topology: ResolvedTopology): Stack[] {
  return topology.subscriptions.map(({ stackId: id, account, source, ...others }) => {
    const dependsOn = [others.consumerStackId, others.producerStackId];
    const tenant = source.account.id;
    return { id, kind: 'subscription', account: account.id, tenant, dependsOn };
  });
}
