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
export function keyPolicy(producer: ResolvedProducer, roleArns: readonly string[]): Statement[] {
  const administration = administeredBy(producer.account);
  if (roleArns.length === 0) return [administration];
  const readers = readerPrincipals(producer, roleArns);
  return [
    administration,
    {
      sid: 'AllowCrossAccountStreamDecryption',
      principals: readers.principals,
      actions: ACTIONS.decrypt,
      resources: ['*'],
      condition: [...readers.condition, throughDynamodb(producer.account.region)],
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
export function throughDynamodb(region: string): Condition {
  const service = `dynamodb.${region}.amazonaws.com`;
  const others = region.startsWith('cn-') ? [`${service}.cn`] : [];
  return condition('StringEquals', 'kms:ViaService', service, ...others);
}
