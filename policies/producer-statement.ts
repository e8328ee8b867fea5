import { arns, parseArn } from '../topology/arns';
import type { ResolvedConsumer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { throughDynamodb } from './resource-policies';
import { condition, renderStatement } from './statement';

/**
 * What the owners of streams and keys must add to the policies of these, by the ARN of each. They name the account,
 * since a role as principal must exist before, and is lost to them where it is replaced.
 */
export function producerStatement({ account, role, streamsOfOthers }: ResolvedConsumer) {
  const principals = [{ type: 'AWS', identifiers: [arns.root(account)] }];
  const onlyRole = condition('ArnEquals', 'aws:PrincipalArn', role.arn);
  // Each Sid of a policy is unique, and has letters and digits only.
  const [name = ''] = parseArn(role.arn).resource.split('/').slice(-1);
  const reader = `${account.id}${name.replaceAll(/[^a-zA-Z0-9]/g, (other) => other.charCodeAt(0).toString(16))}`;
  const statements = streamsOfOthers.flatMap(({ arn, table: { account: owner, encryption } }) => {
    const read = {
      sid: `AllowStreamAccess${reader}`,
      principals,
      actions: ACTIONS.readStream,
      resources: [arn],
      condition: [onlyRole],
    };
    const decrypt = {
      sid: `AllowStreamDecryption${reader}`,
      principals,
      actions: ACTIONS.decrypt,
      resources: ['*'],
      condition: [onlyRole, throughDynamodb(owner.region)],
    };
    const ofStream = [arn, renderStatement(read)] as const;
    return typeof encryption === 'string'
      ? [ofStream]
      : [ofStream, [encryption.kmsKeyArn, renderStatement(decrypt)] as const];
  });
  return Object.fromEntries(statements);
}
