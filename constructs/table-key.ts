import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { keyPolicy } from '../policies/key-policy';
import { names } from '../topology/names';
import type { ResolvedProducer } from '../topology/resolve';
import { policyDocument } from './terraform/policy-document';

/** A customer managed key for one table, which rotates every year. */
export class TableKey extends Construct {
  readonly arn: string;

  /** @param roleArns execution roles of the stream's readers */
  constructor(scope: Construct, producer: ResolvedProducer, roleArns: readonly string[]) {
    super(scope, 'key');
    const key = new KmsKey(this, 'resource', {
      description: `DynamoDB table ${producer.source.name}`,
      enableKeyRotation: true,
      policy: policyDocument(this, 'policy', keyPolicy(producer, roleArns)),
      // A table that gets another key leaves this one before it is deleted.
      lifecycle: { createBeforeDestroy: true },
    });
    const name = names.tableKeyAlias(producer.source.name);
    new KmsAlias(this, 'alias', { name, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
