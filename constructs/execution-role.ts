import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { DataResource, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { functionPolicy, streamPolicies, trustPolicy } from '../policies/execution-role';
import type { ResolvedConsumer, TableReference } from '../topology/resolve';
import { policyDocument } from './policy-document';

/**
 * Seconds between the last change to a new role and the publication of its ARN. IAM is eventually
 * consistent, and DynamoDB refuses a stream policy whose principal it does not know yet.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const PROPAGATION_SECONDS = 30;

export interface ExecutionRoleProps {
  readonly role: ResolvedConsumer['role'];
  /** Tables whose streams the role may read. */
  readonly sources: readonly TableReference[];
  /** ARN of the function's log group. */
  readonly logGroupArn: string;
  readonly provider: AwsProvider;
}

/** The role that the function runs as and that stream policies name. */
export class ExecutionRole extends Construct {
  /** ARN for use in the same stack. */
  readonly arn: string;
  /** The same ARN, known only once IAM has had time to tell every service of the role. */
  readonly settledArn: string;

  private readonly role: IamRole;

  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    super(scope, id);
    this.role = this.createRole(props);
    this.arn = this.role.arn;
    this.settledArn = this.settle([
      this.allowFunction(props),
      ...this.allowStreams(props),
      ...this.attachManagedPolicies(props),
    ]);
  }

  private createRole({ role, provider }: ExecutionRoleProps): IamRole {
    return new IamRole(this, 'resource', {
      provider,
      name: role.name,
      path: role.path,
      permissionsBoundary: role.permissionsBoundary,
      assumeRolePolicy: policyDocument(this, 'trust', trustPolicy(), provider),
    });
  }

  private allowFunction({ logGroupArn, provider }: ExecutionRoleProps): ITerraformDependable {
    return new IamRolePolicy(this, 'function', {
      provider,
      name: 'function',
      role: this.role.name,
      policy: policyDocument(this, 'function_policy', functionPolicy(logGroupArn), provider),
    });
  }

  /** Managed policies, since inline ones have room for some 150 streams at most. */
  private allowStreams({ role, sources, provider }: ExecutionRoleProps): ITerraformDependable[] {
    return streamPolicies(sources).map((statements, index) => {
      const part = `streams_${index + 1}`;
      const policy = new IamPolicy(this, part, {
        provider,
        name: `${role.name}-streams-${index + 1}`,
        path: role.path,
        policy: policyDocument(this, `${part}_policy`, statements, provider),
      });
      return this.attach(part, policy.arn, provider);
    });
  }

  private attachManagedPolicies({ role, provider }: ExecutionRoleProps): ITerraformDependable[] {
    return role.managedPolicyArns.map((arn) =>
      this.attach(arn.split(':').slice(4).join('-').replaceAll('/', '-'), arn, provider),
    );
  }

  private attach(name: string, policyArn: string, provider: AwsProvider): ITerraformDependable {
    return new IamRolePolicyAttachment(this, `${name}_attachment`, {
      provider,
      role: this.role.name,
      policyArn,
    });
  }

  private settle(dependsOn: ITerraformDependable[]): string {
    const settled = new DataResource(this, 'settled', {
      input: { arn: this.role.arn },
      triggersReplace: { uniqueId: this.role.uniqueId },
      provisioners: [{ type: 'local-exec', command: `sleep ${PROPAGATION_SECONDS}` }],
      dependsOn,
    });
    return settled.output.lookup('arn');
  }
}
