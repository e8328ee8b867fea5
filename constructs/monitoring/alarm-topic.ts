import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Construct } from 'constructs';
import { alarmKeyPolicy, alarmTopicPolicy } from '../../policies/resource-policies';
import { names } from '../../topology/names';
import type { Account } from '../../topology/resolve';
import { policyDocument } from '../terraform/policy-document';

/** The ARN of a topic that only the account's alarms publish to, encrypted with its own key. */
export function createAlarmTopic(alarms: Construct, name: string, account: Account): string {
  const scope = new Construct(alarms, 'topic');
  const key = new KmsKey(scope, 'key', {
    description: `SNS topic ${name}`,
    enableKeyRotation: true,
    policy: policyDocument(scope, 'key_policy', alarmKeyPolicy(account)),
  });
  new KmsAlias(scope, 'key_alias', { name: names.topicKeyAlias(name), targetKeyId: key.keyId });
  const { arn } = new SnsTopic(scope, 'resource', { name, kmsMasterKeyId: key.keyId });
  const policy = policyDocument(scope, 'policy_document', alarmTopicPolicy(arn, account));
  new SnsTopicPolicy(scope, 'policy', { arn, policy });
  return arn;
}
