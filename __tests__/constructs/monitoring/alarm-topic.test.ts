import { AlarmTopic } from '../../../constructs/monitoring/alarm-topic';
import { alarmKeyPolicy, alarmTopicPolicy } from '../../../policies/alarm-topic';
import { EmptyStack } from '../../helpers/empty-stack';
import { jsonOf } from '../../helpers/synth-app';

const ACCOUNT = { id: '111122223333', region: 'us-east-1', partition: 'aws' };
const ARN = '${aws_sns_topic.my_topic.arn}';
const KEY_ID = '${aws_kms_key.my_topic_key.key_id}';

test('a topic has a key that rotates, an alias of the key, and the policies of both', () => {
  const stack = new EmptyStack();
  const { arn } = new AlarmTopic(stack, 'my-topic', {
    name: 'Orders-alarms',
    account: ACCOUNT,
  });
  stack.publish({ arn });
  stack.prepareStack();
  const { resource, data, output } = jsonOf(stack);
  const provider = 'aws.consumer';

  expect(resource).toEqual({
    aws_kms_key: {
      my_topic_key: {
        provider,
        description: 'SNS topic Orders-alarms',
        enable_key_rotation: true,
        policy: '${data.aws_iam_policy_document.my_topic_key_policy.json}',
      },
    },
    aws_kms_alias: {
      my_topic_key_alias: {
        provider,
        name: 'alias/sns/Orders-alarms',
        target_key_id: KEY_ID,
      },
    },
    aws_sns_topic: {
      my_topic: { provider, name: 'Orders-alarms', kms_master_key_id: KEY_ID },
    },
    aws_sns_topic_policy: {
      my_topic_policy: {
        provider,
        arn: ARN,
        policy: '${data.aws_iam_policy_document.my_topic_policy_document.json}',
      },
    },
  });
  expect(data).toEqual({
    aws_iam_policy_document: {
      my_topic_key_policy: { provider, statement: alarmKeyPolicy(ACCOUNT) },
      my_topic_policy_document: { provider, statement: alarmTopicPolicy(ARN, ACCOUNT) },
    },
  });
  expect(output).toEqual({ arn: { description: 'arn', value: ARN } });
});
