import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import {
  type FunctionTargets,
  functionPolicy,
  streamPolicies,
  TRUST_POLICY,
} from '../policies/execution-role';
import type { Statement } from '../policies/statement';
import { parseArn } from '../topology/arns';
import { names } from '../topology/names';
import type { ResolvedConsumer } from '../topology/resolve';
import { identified } from './terraform/identified';
import { policyDocument } from './terraform/policy-document';
import { TerraformData } from './terraform/terraform-data';

/**
 * Seconds between the last change to a new role and the publication of its ARN. IAM is eventually
 * consistent, and DynamoDB refuses a stream policy whose principal it does not know yet.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const PROPAGATION_SECONDS = 30;

/** The role that the function runs as and that stream policies name. */
export class ExecutionRole extends Construct {
  /** ARN for use in the same stack. */
  readonly arn: string;
  /** The same ARN; if it waits, known only once IAM has had time to propagate the role. */
  readonly settledArn: string;

  private readonly role: IamRole;
  private readonly path?: string;

  /** @param grants what the function's sink needs */
  constructor(
    scope: Construct,
    private readonly consumer: ResolvedConsumer,
    targets: FunctionTargets,
    grants: readonly Statement[],
  ) {
    super(scope, 'execution_role');
    const { role, sources, waitsForRole } = consumer;
    if (role.path !== '/') this.path = role.path; // IAM's own default
    this.role = new IamRole(this, 'resource', {
      name: role.name,
      path: this.path,
      permissionsBoundary: role.permissionsBoundary,
      assumeRolePolicy: policyDocument(this, 'trust', TRUST_POLICY),
    });
    this.arn = this.role.arn;
    const [first, ...others] = streamPolicies(sources, role);
    const policies = [
      this.inlinePolicy('function', functionPolicy(targets, grants, role)),
      ...(first ? [this.inlinePolicy('streams', first)] : []),
      ...others.map((statements, index) => this.managedPolicy(`streams-${index + 1}`, statements)),
      ...identified(role.managedPolicyArns, addressOf).map(([name, arn]) => this.attach(name, arn)),
    ];
    this.settledArn = waitsForRole ? this.settle(policies) : this.arn;
  }

  private inlinePolicy(name: string, statements: readonly Statement[]): ITerraformDependable {
    return new IamRolePolicy(this, name, {
      name,
      role: this.role.id, // unknown where the role is replaced, so that the policy is too
      policy: policyDocument(this, `${name}_policy`, statements),
    });
  }

  private managedPolicy(name: string, statements: readonly Statement[]): ITerraformDependable {
    const policy = new IamPolicy(this, name, {
      name: names.managedPolicy(this.consumer.role.name, name),
      path: this.path,
      policy: policyDocument(this, `${name}_policy`, statements),
    });
    return this.attach(name, policy.arn);
  }

  private attach(name: string, policyArn: string): ITerraformDependable {
    const role = this.role.id;
    return new IamRolePolicyAttachment(this, `${name}_attachment`, { role, policyArn });
  }

  private settle(dependsOn: ITerraformDependable[]): string {
    const attributes = { input: this.role.arn, triggers_replace: this.role.uniqueId };
    const settled = new TerraformData(this, 'settled', attributes, {
      provisioners: [{ type: 'local-exec', command: `sleep ${PROPAGATION_SECONDS}` }],
      dependsOn,
    });
    return settled.getStringAttribute('output');
  }
}

function addressOf(managedPolicyArn: string): string {
  const { id, resource } = parseArn(managedPolicyArn);
  return `${id}_${resource}`;
}
