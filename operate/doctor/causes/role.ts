import type { PolicyDocument } from '../../../review/read/policy-document';
import type { Resource } from '../../../review/read/resources';
import type { Cause } from '../cause';
import type { ConsumerFacts, Facts } from '../facts';
import { differences } from '../policy';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';

/** Execution roles that are gone, replaced outside of Terraform, or have lost policies. */
export function roles({ consumers, states, stacks }: Facts): Cause[] {
  const parts = [
    ...stacks.resources('aws_iam_role_policy'),
    ...stacks.resources('aws_iam_role_policy_attachment'),
  ];
  return consumers.flatMap((facts): Cause[] => {
    const { account, consumer, role, rolePolicies } = facts;
    const { stackId: stack } = consumer;
    const place = { account, stack, part: 'role' };
    if (role === 'absent') return [missing(facts)];
    if (!isFound(role)) return [];
    const { state = 'unknown' } = states.get(stack) ?? {};
    const inState = isFound(state) ? state.resources.get('aws_iam_role.execution_role') : undefined;
    const replaced: Cause = {
      ...place,
      cause: 'role-replaced',
      message: `the role ${role.Arn} was deleted and created again outside of Terraform: its ID is ${role.RoleId}, and ${inState?.unique_id} in the state; policies and grants that named the former one do not hold for it`,
      remedy: 'npm run deploy',
    };
    const isReplaced = inState !== undefined && inState.unique_id !== role.RoleId;
    const policies = isFound(rolePolicies)
      ? parts
          .filter((part) => part.stack.id === stack)
          .flatMap((part) => ofPolicy(facts, part, rolePolicies))
      : [];
    return [...(isReplaced ? [replaced] : []), ...policies];
  });
}

function missing({ account, consumer }: ConsumerFacts): Cause {
  const { stackId: stack, role } = consumer;
  return {
    cause: 'role-missing',
    account,
    stack,
    part: 'role',
    message: `the role ${role.arn} does not exist, so Lambda can neither read streams nor run the function`,
    remedy:
      role.type === 'created'
        ? 'npm run deploy'
        : `its owner creates it again, with what this prints: terraform -chdir=cdktf.out/stacks/${stack} output -raw role_policy`,
  };
}

function ofPolicy(
  { account, consumer }: ConsumerFacts,
  part: Resource,
  { inline, attached }: Exclude<ConsumerFacts['rolePolicies'], string>,
): Cause[] {
  const { stackId: stack, role } = consumer;
  const place = { account, stack, part: 'role', remedy: deploy(stack) };
  if (part.type === 'aws_iam_role_policy_attachment') {
    const arn = part.text('policy_arn');
    if (attached.includes(arn)) return [];
    const message = `the managed policy ${arn} is not attached to the role ${role.arn}`;
    return [{ ...place, cause: 'policy-missing', message }];
  }
  const name = part.text('name');
  const live = inline.get(name);
  if (!live) {
    const message = `the role ${role.arn} does not have its policy ${name}`;
    return [{ ...place, cause: 'policy-missing', message }];
  }
  const [first] = differences(withoutKeys(live), withoutKeys(part.document('policy')));
  if (first === undefined) return [];
  const message = `the policy ${name} of the role ${role.arn} is not the one that the topology synthesizes: ${first}`;
  return [{ ...place, cause: 'policy-differs', message }];
}

/** KMS chooses the IDs of keys. */
function withoutKeys(policy: PolicyDocument): PolicyDocument {
  return JSON.parse(JSON.stringify(policy).replaceAll(/:key\/[0-9a-f-]{36}/g, ':key/<ID>'));
}
