/** A role that the stack makes. */
import { roomForStreams } from '../../policies/execution-role';
import { parseArn } from '../../topology/arns';
import { inPartition, ofAccount } from './arns';
import { checkConditions } from './conditions';
import { at, type CheckOf, distinct, type WithRole } from './declared';

type Check = CheckOf<WithRole>;

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
      const place = [...path, 'resources', item];
      inPartition(place, resource, account?.region, report);
      const message = wrongForm(resource);
      if (message) report(place, message, resource);
    }
  }
};

const IAM_RESOURCE =
  /^(\*|(user|federated-user|role|group|instance-profile|mfa|server-certificate|policy|sms-mfa|saml-provider|oidc-provider|report|access-report)\/.*)$/;

/** The resources of S3 that have a Region and an account. */
const S3_IN_REGION =
  /^(\*|accesspoint|job|storage-lens|storage-lens-group|access-grants|async-request)/;

/**
 * What IAM refuses in the ARNs of two services. It takes those of others as they are.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
function wrongForm(arn: string): string | undefined {
  const { region, id, resource } = parseArn(arn);
  const [, , service] = arn.split(':');
  if (service === 's3' && (region || id) && !S3_IN_REGION.test(resource)) {
    return 'must have neither a Region nor an account, as the ARN of a bucket, such as arn:aws:s3:::example-bucket/*';
  }
  if (service !== 'iam') return undefined;
  const isSound = !region && /^(\d{12}|aws|.*[*?].*)$/.test(id) && IAM_RESOURCE.test(resource);
  return isSound
    ? undefined
    : 'must have no Region, but an account and a resource of IAM such as role/ or policy/, as in arn:aws:iam::111122223333:role/Deploy';
}

export const OF_ROLE: readonly Check[] = [managedPolicies, statements, roleArns];
