import { arns, parseArn } from '../topology/arns';
import type { ResolvedConsumer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { through } from './resource-policies';
import { condition, renderStatement } from './statement';

/**
 * What the owners of streams, tables and keys must add to the policies of these, by the ARN of each. They name the account,
 * since a role as principal must exist before, and is lost to them where it is replaced.
 */
export function producerStatement({ account, role, streamsOfOthers }: ResolvedConsumer) {
  const principals = [{ type: 'AWS', identifiers: [arns.root(account)] }];
  const onlyRole = condition('ArnEquals', 'aws:PrincipalArn', role.arn);
  // Each Sid of a policy is unique, and has letters and digits only.
  const [name = ''] = parseArn(role.arn).resource.split('/').slice(-1);
  const reader = `${account.id}${name.replaceAll(/[^a-zA-Z0-9]/g, (other) => other.charCodeAt(0).toString(16))}`;
  const statements = streamsOfOthers.flatMap(({ arn, table }) => {
    const { account: owner, encryption } = table;
    const read = {
      sid: `AllowStreamAccess${reader}`,
      principals,
      actions: ACTIONS.readStream,
      resources: [arn],
      condition: [onlyRole],
    };
    const readItems = {
      sid: `AllowTableReads${reader}`,
      principals,
      actions: ACTIONS.readTable,
      resources: arns.tableAndIndexes(table),
      condition: [onlyRole],
    };
    const decrypt = {
      sid: `AllowStreamDecryption${reader}`,
      principals,
      actions: ACTIONS.decrypt,
      resources: ['*'],
      condition: [onlyRole, through('dynamodb', owner.region)],
    };
    return [
      [arn, read] as const,
      ...(table.readTable ? [[arns.table(table), readItems] as const] : []),
      ...(typeof encryption === 'string' ? [] : [[encryption.kmsKeyArn, decrypt] as const]),
    ];
  });
  return Object.fromEntries(statements.map(([of, statement]) => [of, renderStatement(statement)]));
}
