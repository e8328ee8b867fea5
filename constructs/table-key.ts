import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { keyPolicy } from '../policies/key-policy';
import { names } from '../topology/names';
import type { ResolvedProducer } from '../topology/resolve';
import { policyDocument } from './terraform/policy-document';

/** The ARN of a customer managed key for one table, which rotates every year. */
export function createTableKey(
  stack: Construct,
  producer: ResolvedProducer,
  roleArns: readonly string[],
): string {
  const scope = new Construct(stack, 'key');
  const key = new KmsKey(scope, 'resource', {
    description: `DynamoDB table ${producer.source.name}`,
    enableKeyRotation: true,
    policy: policyDocument(scope, 'policy', keyPolicy(producer, roleArns)),
    // A table that gets another key leaves this one before it is deleted.
    lifecycle: { createBeforeDestroy: true },
  });
  const name = names.tableKeyAlias(producer.source.name);
  new KmsAlias(scope, 'alias', { name, targetKeyId: key.keyId });
  return key.arn;
}
