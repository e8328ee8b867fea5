import { arns, roleName } from '../topology/arns';
import type { ResolvedConsumer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { through } from './resource-policies';
import { type Condition, condition, renderStatement } from './statement';

/**
 * What the owners of streams, tables and keys must add to the policies of these, by the ARN of each. Principal is the
 * account: a role must exist by then, and be added again where it is replaced.
 */
export function producerStatement({ account, role, streamsOfOthers }: ResolvedConsumer) {
  const principals = [{ type: 'AWS', identifiers: [arns.root(account)] }];
  const onlyRole = condition('ArnEquals', 'aws:PrincipalArn', role.arn);
  // Each Sid of a policy is unique, and has letters and digits only.
  const code = (other: string) => other.charCodeAt(0).toString(16);
  const reader = `${account.id}${roleName(role.arn).replaceAll(/[^a-zA-Z0-9]/g, code)}`;
  const allow = (what: string, actions: string[], resources: string[], ...more: Condition[]) => {
    const sid = `Allow${what}${reader}`;
    return renderStatement({ sid, principals, actions, resources, condition: [onlyRole, ...more] });
  };
  const statements: Record<string, object> = {};
  for (const { arn, table } of streamsOfOthers) {
    statements[arn] = allow('StreamAccess', ACTIONS.readStream, [arn]);
    if (table.readTable) {
      const resources = arns.tableAndIndexes(table);
      statements[arns.table(table)] = allow('TableReads', ACTIONS.readTable, resources);
    }
    if (typeof table.encryption === 'object') {
      const dynamodb = through('dynamodb', table.account.region);
      const key = table.encryption.kmsKeyArn;
      statements[key] = allow('StreamDecryption', ACTIONS.decrypt, ['*'], dynamodb);
    }
  }
  return statements;
}
