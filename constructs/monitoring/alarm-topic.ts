import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Construct } from 'constructs';
import { alarmKeyPolicy, alarmTopicPolicy } from '../../policies/alarm-topic';
import { names } from '../../topology/names';
import type { Account } from '../../topology/resolve';
import { policyDocument } from '../terraform/policy-document';

/** A topic that only the account's alarms publish to, encrypted with its own key. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, name: string, account: Account) {
    super(scope, 'topic');
    const key = new KmsKey(this, 'key', {
      description: `SNS topic ${name}`,
      enableKeyRotation: true,
      policy: policyDocument(this, 'key_policy', alarmKeyPolicy(account)),
    });
    new KmsAlias(this, 'key_alias', { name: names.topicKeyAlias(name), targetKeyId: key.keyId });
    const topic = new SnsTopic(this, 'resource', { name, kmsMasterKeyId: key.keyId });
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument(this, 'policy_document', alarmTopicPolicy(topic.arn, account)),
    });
    this.arn = topic.arn;
  }
}
