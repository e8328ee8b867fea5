import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { networkPolicy, ownStatements, TRUST_POLICY } from '../policies/execution-role';
import type { Statement } from '../policies/statement';
import { streamPolicies } from '../policies/stream-reads';
import { parseArn } from '../topology/arns';
import { names } from '../topology/names';
import type { CreatedRole, ResolvedConsumer } from '../topology/resolve';
import { identified } from './terraform/identified';
import { literal } from './terraform/literal';
import { policyDocument } from './terraform/policy-document';
import { TerraformData } from './terraform/terraform-data';

/**
 * Seconds between the last change to a new role and the publication of its ARN. IAM is eventually
 * consistent, and DynamoDB refuses a stream policy whose principal it does not know yet.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const PROPAGATION_SECONDS = 30;

export interface ExecutionRole {
  readonly arn: string;
  /** For other stacks: if it waits, known only once IAM has had time to propagate the role. */
  readonly settledArn: string;
  /** What must be there as long as the function is. */
  readonly whileThere: readonly ITerraformDependable[];
}

/**
 * The role that the function runs as and that stream policies name.
 *
 * @param ofFunction what the function needs, whatever it reads
 */
export function createExecutionRole(
  stack: Construct,
  settings: CreatedRole,
  consumer: ResolvedConsumer,
  ofFunction: readonly Statement[],
): ExecutionRole {
  const { sources, encryption, waitsForRole } = consumer;
  const scope = new Construct(stack, 'execution_role');
  const path = settings.path === '/' ? undefined : settings.path; // IAM's own default
  const { arn, id, uniqueId } = new IamRole(scope, 'resource', {
    name: settings.name,
    path,
    permissionsBoundary: settings.permissionsBoundary,
    assumeRolePolicy: policyDocument(scope, 'trust', TRUST_POLICY),
  });
  const document = (name: string, statements: readonly Statement[]) =>
    policyDocument(scope, `${name}_policy`, statements);
  // The role's id is unknown where the role is replaced, so that the policies are too.
  const inline = (name: string, statements: readonly Statement[]) =>
    new IamRolePolicy(scope, name, { name, role: id, policy: document(name, statements) });
  const attach = (name: string, policyArn: string) =>
    new IamRolePolicyAttachment(scope, `${name}_attachment`, { role: id, policyArn });
  const managed = (id: string, statements: readonly Statement[]) => {
    const name = names.managedPolicy(settings.name, id);
    const policy = new IamPolicy(scope, id, { name, path, policy: document(id, statements) });
    return attach(id, policy.arn);
  };
  const own = ownStatements(settings).map(({ resources = [], ...statement }) => ({
    ...statement,
    resources: resources.map((resource) => literal(scope, resource)),
  }));
  const network = networkPolicy(consumer);
  const [first, ...others] = streamPolicies(sources, settings, encryption, network);
  const whileThere = network.length > 0 ? [inline('network', network)] : [];
  const dependsOn = [
    inline('function', ofFunction),
    ...whileThere,
    ...(first ? [inline('streams', first)] : []),
    ...others.map((statements, index) => managed(`streams-${index + 1}`, statements)),
    ...(own.length > 0 ? [managed('statements', own)] : []),
    ...identified(settings.managedPolicyArns, policyId).map(([name, arn]) => attach(name, arn)),
  ];
  if (!waitsForRole) return { arn, settledArn: arn, whileThere };
  const attributes = { input: arn, triggers_replace: uniqueId };
  const settled = new TerraformData(scope, 'settled', attributes, {
    provisioners: [{ type: 'local-exec', command: `sleep ${PROPAGATION_SECONDS}` }],
    dependsOn,
  });
  return { arn, settledArn: settled.getStringAttribute('output'), whileThere };
}

const policyId = (arn: string) => `${parseArn(arn).id}_${parseArn(arn).resource}`;
