import { DataAwsIamRole } from '@cdktf/provider-aws/lib/data-aws-iam-role';
import { Construct } from 'constructs';
import { policiesForOwner } from '../policies/execution-role';
import type { Statement } from '../policies/statement';
import { roleName } from '../topology/arns';
import { makesFunction, type ResolvedConsumer } from '../topology/resolve';
import { policyDocument } from './terraform/policy-document';

/**
 * A role that others made. Nothing of it is changed: its owner gives it the policies.
 *
 * @param ofFunction what the function needs, whatever it reads
 * @returns its ARN, and the policies as JSON, each of a size that a managed policy may have
 */
export function findRole(
  stack: Construct,
  consumer: ResolvedConsumer,
  ofFunction: readonly Statement[],
) {
  const scope = new Construct(stack, 'execution_role');
  // A function that exists has a role that Lambda may assume.
  if (makesFunction(consumer)) checkRole(scope, consumer.role.arn);
  const [first, ...others] = policiesForOwner(ofFunction, consumer);
  return {
    arn: consumer.role.arn,
    policy: policyDocument(scope, 'policy', first),
    furtherPolicies: others.map((statements, index) =>
      policyDocument(scope, `further_policy_${index + 1}`, statements),
    ),
  };
}

const ASSUMED_BY =
  'flatten([for each in flatten([jsondecode(self.assume_role_policy).Statement]) : try(each.Principal.Service, []) if each.Effect == "Allow"])';

function checkRole(scope: Construct, arn: string): void {
  const name = roleName(arn);
  const isThisOne = {
    condition: `\${self.arn == "${arn}"}`,
    errorMessage: `Role ${name} has the ARN \${self.arn}, and the topology says ${arn}. Write the role's own ARN, with its path, as role.existing.`,
  };
  const isForLambda = {
    condition: `\${contains(${ASSUMED_BY}, "lambda.amazonaws.com")}`,
    errorMessage: `Lambda may not assume the role ${name}: its trust policy does not name lambda.amazonaws.com. Its owner adds that service as a principal of sts:AssumeRole.`,
  };
  const lifecycle = { postcondition: [isThisOne, isForLambda] };
  new DataAwsIamRole(scope, 'resource', { name, lifecycle });
}
