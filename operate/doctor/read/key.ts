import { DescribeKeyCommand, GetKeyPolicyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import type { ResolvedProducer } from '../../../topology/resolve';
import { type Found, isFound, mapFound, type Reader } from './reader';

export interface Key {
  readonly metadata: KeyMetadata;
  /** As JSON. */
  readonly policy: Found<string>;
}

/** A table's key. The policy of one of another account is not read, since only that account may. */
export async function readKey(
  reader: Reader,
  { stackId: stack, account }: ResolvedProducer,
  KeyId: string,
): Promise<Found<Key>> {
  const part = 'key';
  const described = await reader.ask(
    { action: 'kms:DescribeKey', stack, part },
    ({ kms }, options) => kms.send(new DescribeKeyCommand({ KeyId }), options),
  );
  if (!isFound(described)) return described;
  const { KeyMetadata: metadata } = described;
  if (!metadata) return 'absent';
  if (metadata.AWSAccountId !== account.id) return { metadata, policy: 'unknown' };
  const policy = await reader.ask({ action: 'kms:GetKeyPolicy', stack, part }, ({ kms }, options) =>
    kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }), options),
  );
  return { metadata, policy: mapFound(policy, ({ Policy = '' }) => Policy) };
}
