import { STATE_BUCKET_STACK_ID } from '../topology/names';
import { didYouMean, UserError } from '../topology/problem';
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
  readonly after: readonly string[];
}

/** The stacks of a topology in the order of deployment. */
export function stacksOf(topology: ResolvedTopology): Stack[] {
  const stacks = [...consumers(topology), ...producers(topology), ...subscriptions(topology)];
  if (!topology.state.manage) return stacks;
  const first: Stack = { id: STATE_BUCKET_STACK_ID, kind: 'state-bucket', after: [] };
  return [first, ...stacks.map((stack) => ({ ...stack, after: [first.id, ...stack.after] }))];
}

function consumers(topology: ResolvedTopology): Stack[] {
  return topology.consumers.map(({ stackId, account: { id } }) => {
    return { id: stackId, kind: 'consumer', account: id, tenant: id, after: [] };
  });
}

function producers(topology: ResolvedTopology): Stack[] {
  return topology.producers.map(({ stackId, account: { id }, streamPolicy, readers }) => {
    const after = namesRoles(streamPolicy) ? readers.map((reader) => reader.stackId) : [];
    return { id: stackId, kind: 'producer', account: id, tenant: id, after };
  });
}

function subscriptions(topology: ResolvedTopology): Stack[] {
  return topology.subscriptions.map((subscription) => {
    const { stackId, account, source, producerStackId, consumerStackId } = subscription;
    const after = [consumerStackId, producerStackId];
    return {
      id: stackId,
      kind: 'subscription',
      account: account.id,
      tenant: source.account.id,
      after,
    };
  });
}

/**
 * The stacks with one of these ids, or that match one of these patterns, in which `*` is any text.
 *
 * @param patterns Default: all stacks
 * @throws UserError of a pattern without a stack
 */
export function select(stacks: readonly Stack[], patterns: readonly string[]): Stack[] {
  const ids = stacks.map(({ id }) => id);
  const wanted = patterns.map((pattern) => {
    const text = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    const matches = new RegExp(`^${text}$`);
    if (ids.some((id) => matches.test(id))) return matches;
    throw new UserError(
      `no stack is ${pattern}; ${didYouMean(pattern, ids)}npm run stacks lists them`,
    );
  });
  return wanted.length === 0
    ? [...stacks]
    : stacks.filter(({ id }) => wanted.some((matches) => matches.test(id)));
}

/**
 * Those that runner `i` of `n` deploys: accounts are dealt one by one in the order of the topology, so that a new
 * one at its end moves no other.
 *
 * @param shard such as `1/4`
 * @throws UserError if it has another form
 */
export function shardOf(stacks: readonly Stack[], shard: string): Stack[] {
  const [, part = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number);
  if (part < 1 || part > count) {
    throw new UserError(`--shard must be a runner and their number, such as 1/4, got ${shard}`);
  }
  const tenants = [...new Set(stacks.map(({ tenant }) => tenant))];
  return stacks.filter(({ tenant }) => tenants.indexOf(tenant) % count === part - 1);
}
