import { parseArn } from './arns';
import { STATE_BUCKET_STACK_ID } from './names';
import { namesRoles, type ResolvedTopology } from './resolve';

/** A stack, before it is synthesized. */
export interface Stack {
  readonly id: string;
  readonly kind: 'state-bucket' | 'consumer' | 'producer' | 'subscription';
  /** ID of the only account that it can be deployed to; without it the credentials decide. */
  readonly account?: string;
  readonly region: string;
  /** ID of the account by which it is dealt to runners: of a subscription the table's. */
  readonly tenant?: string;
  /** Those of a lower number are deployed first; those of the same can be deployed at once. */
  readonly order: number;
  /** Stacks that are deployed before it, and destroyed after it. */
  readonly dependsOn: readonly string[];
  /** Of a subscription, what others add to their policies before it can be deployed. */
  readonly ofOthers?: readonly OfOthers[];
}

/** An output that prints what a policy of others needs: that of the stream, or of the role. */
export interface OfOthers {
  readonly policy: 'stream' | 'role';
  /** ID of the stack that has the output. */
  readonly stack: string;
  readonly output: 'producer_statement' | 'stream_policy_statement' | 'role_policy';
}

type Unordered = Omit<Stack, 'order'>;

/** The stacks of a topology in the order of deployment. */
export function stacksOf(topology: ResolvedTopology): Stack[] {
  const first = stateBucket(topology);
  const orders = new Map<string, number>();
  const others = [...consumers(topology), ...producers(topology), ...subscriptions(topology)];
  const ordered = others.map((stack) => {
    const order = 1 + Math.max(0, ...stack.dependsOn.map((id) => orders.get(id) ?? 0));
    orders.set(stack.id, order);
    return { ...stack, order, dependsOn: [...first.map(({ id }) => id), ...stack.dependsOn] };
  });
  return [...first, ...ordered];
}

function stateBucket({ state: { manage, region, roleArn } }: ResolvedTopology): Stack[] {
  const account = roleArn === undefined ? undefined : parseArn(roleArn).id;
  const id = STATE_BUCKET_STACK_ID;
  return manage ? [{ id, kind: 'state-bucket', account, region, order: 0, dependsOn: [] }] : [];
}

function consumers(topology: ResolvedTopology): Unordered[] {
  return topology.consumers.map(({ stackId, account: { id, region } }) => {
    return { id: stackId, kind: 'consumer', account: id, region, tenant: id, dependsOn: [] };
  });
}

function producers(topology: ResolvedTopology): Unordered[] {
  return topology.producers.map(({ stackId, account: { id, region }, streamPolicy, readers }) => {
    const dependsOn = namesRoles(streamPolicy)
      ? readers.flatMap(({ stackId }) => stackId ?? [])
      : [];
    return { id: stackId, kind: 'producer', account: id, region, tenant: id, dependsOn };
  });
}

function subscriptions({ subscriptions, ...topology }: ResolvedTopology): Unordered[] {
  const unmanaged = idsOf(topology.producers.filter(({ streamPolicy }) => !streamPolicy.managed));
  const withoutRole = idsOf(topology.consumers.filter(({ role }) => role.type === 'existing'));
  return subscriptions.map(({ stackId: id, account, source, stream, consumerStackId }) => {
    const producer = 'arn' in stream ? undefined : stream.producerStackId;
    const ofOthers: OfOthers[] = [];
    if (producer === undefined) {
      ofOthers.push({ policy: 'stream', stack: consumerStackId, output: 'producer_statement' });
    } else if (unmanaged.has(producer)) {
      ofOthers.push({ policy: 'stream', stack: producer, output: 'stream_policy_statement' });
    }
    if (withoutRole.has(consumerStackId)) {
      ofOthers.push({ policy: 'role', stack: consumerStackId, output: 'role_policy' });
    }
    const dependsOn = [consumerStackId, ...(producer === undefined ? [] : [producer])];
    const { id: accountId, region } = account;
    const tenant = source.account.id;
    return { id, kind: 'subscription', account: accountId, region, tenant, dependsOn, ofOthers };
  });
}

function idsOf(all: readonly { readonly stackId: string }[]): ReadonlySet<string> {
  return new Set(all.map(({ stackId }) => stackId));
}
