import { DataAwsLambdaFunction } from '@cdktf/provider-aws/lib/data-aws-lambda-function';
import { Construct } from 'constructs';
import type { ResolvedConsumer } from '../topology/resolve';

/** A function that others made, with the role that they gave it. Nothing of it is changed. */
export function findFunction(
  stack: Construct,
  { function: { name: functionName }, role }: ResolvedConsumer,
): DataAwsLambdaFunction {
  const scope = new Construct(stack, 'processor');
  const hasRole = {
    condition: `\${self.role == "${role.arn}"}`,
    errorMessage: `Function ${functionName} has the role \${self.role}, and the topology says ${role.arn}. Write the function's own role as existingFunction.roleArn.`,
  };
  const lifecycle = { postcondition: [hasRole] };
  return new DataAwsLambdaFunction(scope, 'resource', { functionName, lifecycle });
}
