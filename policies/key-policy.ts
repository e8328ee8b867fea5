import { arns } from '../topology/arns';
import type { Account, ResolvedProducer } from '../topology/resolve';
import { ADMINISTER_KEY, DECRYPT } from './actions';
import { type Condition, condition, type Statement } from './statement';
import { readerPrincipals } from './stream-policy';

/**
 * The policy of a table's customer managed key: its account administers it, and the readers of the
 * stream may decrypt, through DynamoDB in the table's Region and not otherwise.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
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
      actions: DECRYPT,
      resources: ['*'],
      condition: [...readers.condition, throughDynamodb(producer.account.region)],
    },
  ];
}

/** The account that owns a key administers it, by its own IAM policies. */
export function administeredBy(account: Account): Statement {
  return {
    sid: 'AllowAccountAdministration',
    principals: [{ type: 'AWS', identifiers: [arns.root(account)] }],
    actions: ADMINISTER_KEY,
    resources: ['*'],
  };
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
export function throughDynamodb(region: string): Condition {
  const domains = region.startsWith('cn-')
    ? ['amazonaws.com', 'amazonaws.com.cn']
    : ['amazonaws.com'];
  const services = domains.map((domain) => `dynamodb.${region}.${domain}`);
  return condition('StringEquals', 'kms:ViaService', ...services);
}
