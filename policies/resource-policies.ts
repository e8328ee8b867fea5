import { arns } from '../topology/arns';
import type { Account, ResolvedProducer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { type Condition, condition, type Statement } from './statement';
import { readerPrincipals } from './stream-policy';

/**
 * The policy of a table's customer managed key: the readers of the stream may decrypt through DynamoDB only.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
 */
export function keyPolicy(producer: ResolvedProducer): Statement[] {
  const administration = administeredBy(producer.account);
  if (producer.readers.length === 0) return [administration];
  const readers = readerPrincipals(producer);
  return [
    administration,
    {
      sid: 'AllowCrossAccountStreamDecryption',
      principals: readers.principals,
      actions: ACTIONS.decrypt,
      resources: ['*'],
      condition: [...readers.condition, through('dynamodb', producer.account.region)],
    },
  ];
}

/**
 * The account that owns a key administers it, by its own IAM policies.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function administeredBy(account: Account): Statement {
  return {
    sid: 'AllowAccountAdministration',
    principals: [{ type: 'AWS', identifiers: [arns.root(account)] }],
    actions: ACTIONS.administerKey,
    resources: ['*'],
  };
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
export function through(service: string, region: string): Condition {
  const name = `${service}.${region}.amazonaws.com`;
  const others = region.startsWith('cn-') ? [`${name}.cn`] : [];
  return condition('StringEquals', 'kms:ViaService', name, ...others);
}

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

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
export function tlsOnly(bucketArn: string): Statement[] {
  return [
    {
      sid: 'DenyInsecureTransport',
      effect: 'Deny',
      principals: [{ type: '*', identifiers: ['*'] }],
      actions: ['s3:*'],
      resources: [bucketArn, `${bucketArn}/*`],
      condition: [condition('Bool', 'aws:SecureTransport', 'false')],
    },
  ];
}

/** Whoever deletes a bucket leaves its name to others. */
export function ofBucketOwner(account: string): Condition {
  return condition('StringEquals', 's3:ResourceAccount', account);
}
