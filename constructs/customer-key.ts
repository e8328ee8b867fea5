import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import type { Statement } from '../policies/statement';
import type { Encryption } from '../topology/schema/encryption';
import { policyDocument } from './terraform/policy-document';

export interface CustomerKeyProps {
  readonly description: string;
  readonly alias: string;
  readonly policy: readonly Statement[];
}

/** The ARN of a customer managed key, if there is one. One that the stack makes rotates every year. */
export function customerKey(
  stack: Construct,
  encryption: Encryption,
  { description, alias, policy }: CustomerKeyProps,
): string | undefined {
  if (encryption === 'aws-owned') return undefined;
  if (encryption !== 'customer-managed') return encryption.kmsKeyArn;
  const scope = new Construct(stack, 'key');
  const key = new KmsKey(scope, 'resource', {
    description,
    enableKeyRotation: true,
    policy: policyDocument(scope, 'policy', policy),
    // What gets another key leaves this one before it is deleted.
    lifecycle: { createBeforeDestroy: true },
  });
  new KmsAlias(scope, 'alias', { name: alias, targetKeyId: key.keyId });
  return key.arn;
}
