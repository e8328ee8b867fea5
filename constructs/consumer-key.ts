import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { Construct } from 'constructs';
import { consumerKeyPolicy } from '../policies/consumer-key';
import { names } from '../topology/names';
import type { ResolvedConsumer } from '../topology/resolve';
import { customerKey } from './customer-key';

/** The ARN of the customer managed key of what a consumer keeps, if there is one. */
export function consumerKey(stack: Construct, consumer: ResolvedConsumer): string | undefined {
  const scope = new Construct(stack, 'consumer');
  const { encryption, function: lambda } = consumer;
  if (typeof encryption === 'object') return findKey(scope, encryption.kmsKeyArn);
  return customerKey(scope, encryption, {
    description: `Lambda function ${lambda.name}`,
    alias: names.functionKeyAlias(lambda.name),
    policy: consumerKeyPolicy(consumer),
  });
}

/** CloudWatch Logs takes no other key, and loses what it wrote with one that is disabled. */
function findKey(scope: Construct, keyId: string): string {
  const isUsable = {
    condition:
      '${self.enabled && self.key_manager == "CUSTOMER" && self.key_spec == "SYMMETRIC_DEFAULT"}',
    errorMessage: `Key ${keyId} must be a customer managed, symmetric key that is enabled. Write such a key as encryption: { kmsKeyArn: ... } of the consumer, or customer-managed.`,
  };
  const lifecycle = { postcondition: [isUsable] };
  return new DataAwsKmsKey(scope, 'key', { keyId, lifecycle }).arn;
}
