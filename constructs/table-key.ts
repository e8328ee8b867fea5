import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { keyPolicy } from '../policies/key-policy';
import { tableKeyAlias } from '../topology/names';
import type { ResolvedProducer } from '../topology/resolve';
import { policyDocument } from './terraform/policy-document';

export interface TableKeyProps {
  readonly producer: ResolvedProducer;
  /** Execution roles of the stream's readers. */
  readonly roleArns: readonly string[];
}

/** A customer managed key for one table, which rotates every year. */
export class TableKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { producer, roleArns }: TableKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, 'resource', {
      description: `DynamoDB table ${producer.source.name}`,
      enableKeyRotation: true,
      policy: policyDocument(this, 'policy', keyPolicy(producer, roleArns)),
      // A table that gets another key leaves this one before it is deleted.
      lifecycle: { createBeforeDestroy: true },
    });
    new KmsAlias(this, 'alias', {
      name: tableKeyAlias(producer.source.name),
      targetKeyId: key.keyId,
    });
    this.arn = key.arn;
  }
}
