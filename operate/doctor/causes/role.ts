import { few } from '../../../review/lists';
import type { PolicyDocument } from '../../../review/read/policy-document';
import type { Resource } from '../../../review/read/resources';
import { causesIn, type Looked } from '../cause';
import type { ConsumerFacts, Facts } from '../facts';
import { differences, lacking, parsePolicy } from '../policy';
import { isFound } from '../read/reader';
import { attributesOf } from '../read/states';
import { deploy, terraform } from '../remedies';

/** Execution roles that are gone, replaced outside of Terraform, or have lost policies. */
export function roles({ consumers, stacks }: Facts): Looked[] {
  const parts = [
    ...stacks.resources('aws_iam_role_policy'),
    ...stacks.resources('aws_iam_role_policy_attachment'),
  ];
  return consumers.flatMap((facts) => [
    ofRole(facts),
    ofOwner(facts),
    ...parts.filter(({ stack }) => stack.id === facts.stack).map((part) => ofPolicy(facts, part)),
  ]);
}

function ofRole(facts: ConsumerFacts): Looked {
  const { stack, consumer, role } = facts;
  const cause = causesIn(facts, 'role');
  const { arn, type } = consumer.role;
  if (role === 'absent') {
    const output = terraform(stack, 'output', '-raw', 'role_policy');
    return cause(
      'role-missing',
      `the role ${arn} does not exist, so Lambda can neither read streams nor run the function`,
      type === 'created'
        ? deploy()
        : `its owner creates it again, with what this prints: ${output}`,
    );
  }
  const known = attributesOf(facts, 'aws_iam_role.execution_role')?.unique_id;
  if (!isFound(role) || known === undefined || known === role.RoleId) return undefined;
  return cause(
    'role-replaced',
    `the role ${arn} was deleted and created again outside of Terraform: its ID is ${role.RoleId}, and ${known} in the state; policies and grants that named the former one do not hold for it`,
    deploy(),
  );
}

/** A role of others lacks what its owner should give it. What a policy says that is attached to it is not read. */
function ofOwner(facts: ConsumerFacts): Looked {
  const { stack, consumer, state, rolePolicies } = facts;
  const { arn, type } = consumer.role;
  if (type === 'created' || !isFound(state) || !isFound(rolePolicies)) return undefined;
  const { inline, attached } = rolePolicies;
  const { role_policy: first, further_role_policies: others } = state.outputs;
  const meant = [first, others].flat().filter((each) => typeof each === 'string');
  const missing = lacking([...inline.values()], meant.map(parsePolicy));
  if (attached.length > 0 || missing.length === 0) return undefined;
  return causesIn(facts, 'role')(
    inline.size === 0 ? 'policy-missing' : 'policy-differs',
    `no policy of the role ${arn} allows ${few(missing, 5)}`,
    `its owner gives it what this prints: ${terraform(stack, 'output', '-raw', 'role_policy')}`,
  );
}

function ofPolicy(facts: ConsumerFacts, part: Resource): Looked {
  const { stack, consumer, role, rolePolicies } = facts;
  if (!isFound(role) || !isFound(rolePolicies)) return undefined;
  const { arn } = consumer.role;
  const cause = causesIn(facts, 'role');
  if (part.type === 'aws_iam_role_policy_attachment') {
    const managed = part.text('policy_arn');
    if (rolePolicies.attached.includes(managed)) return undefined;
    const message = `the managed policy ${managed} is not attached to the role ${arn}`;
    return cause('policy-missing', message, deploy(stack));
  }
  const name = part.text('name');
  const live = rolePolicies.inline.get(name);
  if (!live) {
    const message = `the role ${arn} does not have its policy ${name}`;
    return cause('policy-missing', message, deploy(stack));
  }
  const [first] = differences(withoutKeys(live), withoutKeys(part.document('policy')));
  const message = `the policy ${name} of the role ${arn} is not the one that the topology synthesizes: ${first}`;
  return first !== undefined && cause('policy-differs', message, deploy(stack));
}

/** KMS chooses the IDs of keys. */
function withoutKeys(policy: PolicyDocument): PolicyDocument {
  return JSON.parse(JSON.stringify(policy).replaceAll(/:key\/[0-9a-f-]{36}/g, ':key/<ID>'));
}
