import { names } from '../../../topology/names';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { readKey } from './key';
import { readLogGroup } from './log-group';
import type { Reader } from './reader';
import { readRole, readRolePolicies } from './role';

export type LiveConsumer = Awaited<ReturnType<typeof readConsumer>>;

/** What the consumer's account has of it. What need not be read is `unknown`. */
export async function readConsumer(reader: Reader, consumer: ResolvedConsumer) {
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
