import { parseArn, partitionOf } from '../../topology/arns';
import { checkConditions } from './conditions';
import { at, type CheckOf, distinct, type RoleMaker } from './declared';

/** What the function itself may call. */
export const statements: CheckOf<RoleMaker> = ({ account: name, role }, report, { accounts }) => {
  const account = at(accounts, name);
  const sids = role.statements.map(({ sid }) => sid);
  for (const [index, { sid, actions, resources, conditions }] of role.statements.entries()) {
    const path = ['role', 'statements', index];
    if (sid !== undefined && sids.indexOf(sid) < index) {
      report([...path, 'sid'], 'is the sid of a statement above already; choose another', sid);
    }
    distinct(actions, [...path, 'actions'], report);
    distinct(resources, [...path, 'resources'], report);
    checkConditions(conditions, [...path, 'conditions'], report);
    if (!account) continue;
    const partition = partitionOf(account.region);
    for (const [item, resource] of resources.entries()) {
      if (resource === '*' || parseArn(resource).partition === partition) continue;
      const message = `must be in the partition ${partition} of the Region ${account.region}`;
      report([...path, 'resources', item], message, resource);
    }
  }
};
