import { DescribeKeyCommand, GetKeyPolicyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { parseArn } from '../../../topology/arns';
import type { Account } from '../../../topology/resolve';
import { parsePolicy } from '../policy';
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
  const about = { stack, part: 'key' };
  const found = await reader.ask({ action: 'kms:DescribeKey', ...about }, ({ kms }, options) =>
    kms.send(new DescribeKeyCommand({ KeyId }), options),
  );
  if (!isFound(found)) return found;
  const metadata = found.KeyMetadata as KeyMetadata;
  if (metadata.KeyManager === 'AWS') return { metadata, policy: 'unknown' };
  const policy = await reader.ask(
    { action: 'kms:GetKeyPolicy', ...about },
    async ({ kms }, options) => {
      const asked = new GetKeyPolicyCommand({ KeyId: metadata.Arn, PolicyName: 'default' });
      return parsePolicy((await kms.send(asked, options)).Policy ?? '');
    },
  );
  return { metadata, policy };
}
