import { DescribeKeyCommand, GetKeyPolicyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { parseArn } from '../../../topology/arns';
import type { Account } from '../../../topology/resolve';
import { parsePolicy } from './policy-text';
import { type Found, isFound, type Reader } from './reader';

export interface Key {
  readonly metadata: KeyMetadata;
  readonly policy: Found<PolicyDocument>;
}

/**
 * A key and its policy. One of another account is not read, since the roles of the bootstrap may not.
 *
 * @param KeyId ARN or alias
 */
export async function readKey(
  reader: Reader,
  { stackId: stack, account }: { readonly stackId: string; readonly account: Account },
  KeyId: string,
): Promise<Found<Key>> {
  if (KeyId.startsWith('arn:') && parseArn(KeyId).id !== account.id) return 'unknown';
  const part = 'key';
  const metadata = await reader.ask(
    { action: 'kms:DescribeKey', stack, part },
    async ({ kms }, options) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }), options);
      return KeyMetadata as KeyMetadata;
    },
  );
  if (!isFound(metadata)) return metadata;
  const { Arn, KeyManager } = metadata;
  if (KeyManager === 'AWS') return { metadata, policy: 'unknown' };
  const policy = await reader.ask(
    { action: 'kms:GetKeyPolicy', stack, part },
    async ({ kms }, options) => {
      const asked = new GetKeyPolicyCommand({ KeyId: Arn, PolicyName: 'default' });
      return parsePolicy((await kms.send(asked, options)).Policy ?? '');
    },
  );
  return { metadata, policy };
}
