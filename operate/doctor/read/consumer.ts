import { names } from '../../../topology/names';
import type { ResolvedConsumer, ResolvedSubscription } from '../../../topology/resolve';
import { readKey } from './key';
import { readLogGroup } from './log-group';
import { readProcessing } from './processing';
import type { Reader } from './reader';
import { readRole, readRolePolicies } from './role';
import type { StackState } from './states';

export type LiveConsumer = Awaited<ReturnType<typeof readConsumer>>;

/** What the consumer's account has of it and its subscriptions. What need not be read is `unknown`. */
export async function readConsumer(
  reader: Reader,
  consumer: ResolvedConsumer,
  subscriptions: readonly ResolvedSubscription[],
  states: Promise<ReadonlyMap<string, StackState>>,
  now: Date,
) {
  const [access, processing] = await Promise.all([
    readAccess(reader, consumer),
    readProcessing(reader, consumer, subscriptions, states, now),
  ]);
  return { ...access, ...processing };
}

async function readAccess(reader: Reader, consumer: ResolvedConsumer) {
  const { encryption } = consumer;
  const key =
    typeof encryption === 'object'
      ? encryption.kmsKeyArn
      : names.functionKeyAlias(consumer.function.name);
  const [role, rolePolicies, logGroup, ownKey] = await Promise.all([
    readRole(reader, consumer),
    readRolePolicies(reader, consumer),
    readLogGroup(reader, consumer),
    encryption === 'aws-owned' ? 'unknown' : readKey(reader, consumer, key),
  ] as const);
  return { role, rolePolicies, logGroup, key: ownKey };
}
