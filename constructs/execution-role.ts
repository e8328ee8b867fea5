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

export interface ExecutionRoleProps {
  readonly consumer: Pick<ResolvedConsumer, 'role' | 'sources' | 'waitsForRole'>;
  /** What the function writes to. */
  readonly targets: FunctionTargets;
  /** What its sink needs. */
  readonly grants: readonly Statement[];
}

/** IAM's own default is left out. */
const pathOf = ({ path }: ResolvedConsumer['role']) => (path === '/' ? undefined : path);

/** The role that the function runs as and that stream policies name. */
export class ExecutionRole extends Construct {
  /** ARN for use in the same stack. */
  readonly arn: string;
  /** The same ARN; if it waits, known only once IAM has had time to propagate the role. */
  readonly settledArn: string;

  private readonly role: IamRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExecutionRoleProps,
  ) {
    super(scope, id);
    const { consumer, targets, grants } = props;
    this.role = this.createRole();
    this.arn = this.role.arn;
    const policies = [
      this.inlinePolicy('function', functionPolicy(targets, grants, consumer.role)),
      ...this.allowStreams(),
      ...this.attachManagedPolicies(),
    ];
    this.settledArn = consumer.waitsForRole ? this.settle(policies) : this.arn;
  }

  private createRole(): IamRole {
    const { role } = this.props.consumer;
    return new IamRole(this, 'resource', {
      name: role.name,
      path: pathOf(role),
      permissionsBoundary: role.permissionsBoundary,
      assumeRolePolicy: policyDocument(this, 'trust', TRUST_POLICY),
    });
  }

  private allowStreams(): ITerraformDependable[] {
    const { sources, role } = this.props.consumer;
    const [first, ...others] = streamPolicies(sources, role);
    return [
      ...(first ? [this.inlinePolicy('streams', first)] : []),
      ...others.map((statements, index) => this.managedPolicy(`streams-${index + 1}`, statements)),
    ];
  }

  private attachManagedPolicies(): ITerraformDependable[] {
    return identified(this.props.consumer.role.managedPolicyArns, (arn) => {
      const { id, resource } = parseArn(arn);
      return `${id}_${resource}`;
    }).map(([name, arn]) => this.attach(name, arn));
  }

  private inlinePolicy(name: string, statements: readonly Statement[]): ITerraformDependable {
    return new IamRolePolicy(this, name, {
      name,
      role: this.role.id, // unknown where the role is replaced, so that the policy is too
      policy: policyDocument(this, `${name}_policy`, statements),
    });
  }

  private managedPolicy(name: string, statements: readonly Statement[]): ITerraformDependable {
    const { role } = this.props.consumer;
    const policy = new IamPolicy(this, name, {
      name: names.managedPolicy(role.name, name),
      path: pathOf(role),
      policy: policyDocument(this, `${name}_policy`, statements),
    });
    return this.attach(name, policy.arn);
  }

  private attach(name: string, policyArn: string): ITerraformDependable {
    const role = this.role.id;
    return new IamRolePolicyAttachment(this, `${name}_attachment`, { role, policyArn });
  }

  private settle(dependsOn: ITerraformDependable[]): string {
    const settled = new TerraformData(this, 'settled', {
      input: this.role.arn,
      triggersReplace: this.role.uniqueId,
      provisioners: [{ type: 'local-exec', command: `sleep ${PROPAGATION_SECONDS}` }],
      dependsOn,
    });
    return settled.output;
  }
}
