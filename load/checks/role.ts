/** A role that the stack makes. */
import { roomForStreams } from '../../policies/execution-role';
import { inPartition, ofAccount } from './arns';
import { checkConditions } from './conditions';
import { at, type CheckOf, distinct, type RoleMaker } from './declared';

type Check = CheckOf<RoleMaker>;

const managedPolicies: Check = ({ role }, report) => {
  const { managedPolicyArns, acknowledgedPolicyArns, managedPolicyQuota } = role;
  distinct(managedPolicyArns, ['role', 'managedPolicyArns'], report);
  for (const [index, arn] of acknowledgedPolicyArns.entries()) {
    if ([...managedPolicyArns, role.permissionsBoundary].includes(arn)) continue;
    const path = ['role', 'acknowledgedPolicyArns', index];
    report(path, 'must be one of managedPolicyArns, or the permissionsBoundary', arn);
  }
  if (roomForStreams(role) >= 0) return;
  const others = role.statements.length > 0 ? ' with the one of role.statements' : '';
  const message = `must be at most ${managedPolicyQuota} policies${others}, which IAM attaches to a role`;
  report(['role', 'managedPolicyArns'], message, managedPolicyArns);
};

const roleArns: Check = ({ account: name, role }, report, { accounts }) => {
  const account = at(accounts, name);
  ofAccount(['role', 'permissionsBoundary'], role.permissionsBoundary, account, report);
  for (const [index, arn] of role.managedPolicyArns.entries()) {
    ofAccount(['role', 'managedPolicyArns', index], arn, account, report);
  }
};

/** What the function itself may call. */
const statements: Check = ({ account: name, role }, report, { accounts }) => {
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
    for (const [item, resource] of resources.entries()) {
      if (resource === '*') continue;
      inPartition([...path, 'resources', item], resource, account?.region, report);
    }
  }
};

export const OF_ROLE: readonly Check[] = [managedPolicies, statements, roleArns];
