import type { Account } from '../topology/resolve';
import { PUBLISH, PUBLISH_ENCRYPTED } from './actions';
import { administeredBy } from './key-policy';
import type { Condition, Statement } from './statement';

const ofAccount = (id: string): Condition[] => [
  { test: 'StringEquals', variable: 'aws:SourceAccount', values: [id] },
];

const CLOUDWATCH = [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }];

/**
 * The alarms of the account may publish; whoever else may is up to the account's own IAM policies.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmTopicPolicy(topicArn: string, { id }: Pick<Account, 'id'>): Statement[] {
  return [
    {
      sid: 'AllowAlarms',
      principals: CLOUDWATCH,
      actions: PUBLISH,
      resources: [topicArn],
      condition: ofAccount(id),
    },
  ];
}

/**
 * Alarms reach a topic through its key as well, which the AWS managed key (alias/aws/sns) does not
 * allow.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function alarmKeyPolicy(account: Account): Statement[] {
  return [
    administeredBy(account),
    {
      sid: 'AllowAlarms',
      principals: CLOUDWATCH,
      actions: PUBLISH_ENCRYPTED,
      resources: ['*'],
      condition: ofAccount(account.id),
    },
  ];
}
