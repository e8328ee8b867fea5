import type { Account } from '../topology/resolve';
import { ACTIONS } from './actions';
import { administeredBy } from './key-policy';
import { condition, type Statement } from './statement';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
export function alarmTopicPolicy(topicArn: string, account: Account): Statement[] {
  return [allowAlarms(account, ACTIONS.publish, topicArn)];
}

/** Alarms reach a topic through its key as well, which the AWS managed key (alias/aws/sns) does not allow. */
export function alarmKeyPolicy(account: Account): Statement[] {
  return [administeredBy(account), allowAlarms(account, ACTIONS.publishEncrypted, '*')];
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
