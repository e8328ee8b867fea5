import type { Account } from '../topology/resolve';
import { PUBLISH, PUBLISH_ENCRYPTED } from './actions';
import { administeredBy } from './key-policy';
import { condition, type Statement } from './statement';

/**
 * The alarms of the account may publish; whoever else may is up to the account's own IAM policies.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmTopicPolicy(topicArn: string, account: Account): Statement[] {
  return [allowAlarms(account, PUBLISH, topicArn)];
}

/**
 * Alarms reach a topic through its key as well, which the AWS managed key (alias/aws/sns) does not
 * allow.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function alarmKeyPolicy(account: Account): Statement[] {
  return [administeredBy(account), allowAlarms(account, PUBLISH_ENCRYPTED, '*')];
}

function allowAlarms({ id }: Account, actions: string[], resource: string): Statement {
  return {
    sid: 'AllowAlarms',
    principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }],
    actions,
    resources: [resource],
    condition: [condition('StringEquals', 'aws:SourceAccount', id)],
  };
}
