import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Construct } from 'constructs';
import { alarmKeyPolicy, alarmTopicPolicy } from '../../policies/alarm-topic';
import type { Account } from '../../topology/resolve';
import { policyDocument } from '../terraform/policy-document';

export interface AlarmTopicProps {
  readonly name: string;
  readonly account: Account;
  readonly provider: AwsProvider;
}

/** A topic that only the account's alarms publish to, encrypted with a key of its own. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, account, provider }: AlarmTopicProps) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      provider,
      description: `SNS topic ${name}`,
      enableKeyRotation: true,
      policy: policyDocument(this, 'key_policy', alarmKeyPolicy(account), provider),
    });
    new KmsAlias(this, 'key_alias', {
      provider,
      name: `alias/sns/${name}`,
      targetKeyId: key.keyId,
    });
    const topic = new SnsTopic(this, 'resource', { provider, name, kmsMasterKeyId: key.keyId });
    new SnsTopicPolicy(this, 'policy', {
      provider,
      arn: topic.arn,
      policy: policyDocument(
        this,
        'policy_document',
        alarmTopicPolicy(topic.arn, account),
        provider,
      ),
    });
    this.arn = topic.arn;
  }
}
