import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { keyPolicy } from '../policies/resource-policies';
import { names } from '../topology/names';
import type { ResolvedProducer } from '../topology/resolve';
import { policyDocument } from './terraform/policy-document';

/** The ARN of the customer managed key of a table, if it has one. One that the stack makes rotates every year. */
export function tableKey(
  stack: Construct,
  producer: ResolvedProducer,
  roleArns: readonly string[],
): string | undefined {
  const { encryption, name: table } = producer.source;
  if (encryption === 'aws-owned') return undefined;
  if (encryption !== 'customer-managed') return encryption.kmsKeyArn;
  const scope = new Construct(stack, 'key');
  const key = new KmsKey(scope, 'resource', {
    description: `DynamoDB table ${table}`,
    enableKeyRotation: true,
    policy: policyDocument(scope, 'policy', keyPolicy(producer, roleArns)),
    // A table that gets another key leaves this one before it is deleted.
    lifecycle: { createBeforeDestroy: true },
  });
  new KmsAlias(scope, 'alias', { name: names.tableKeyAlias(table), targetKeyId: key.keyId });
  return key.arn;
}
