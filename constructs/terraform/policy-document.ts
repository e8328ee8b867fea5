import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { Construct } from 'constructs';
import type { Condition, Statement } from '../../policies/statement';
import { literal } from './literal';

/**
 * Renders statements with `aws_iam_policy_document`; returns the JSON of the document.
 *
 * @param minified without white space, which scanners of Terraform do not read, but which counts in the
 *   policies of streams
 */
export function policyDocument(
  scope: Construct,
  id: string,
  statements: readonly Statement[],
  { minified = false } = {},
): string {
  const asText = ({ values, ...rest }: Condition) => ({
    ...rest,
    values: values.map((value) => literal(scope, value)),
  });
  const document = new DataAwsIamPolicyDocument(scope, id, {
    statement: statements.map(({ condition = [], ...statement }) => ({
      ...statement,
      condition: condition.length === 0 ? undefined : condition.map(asText),
    })),
  });
  return minified ? document.minifiedJson : document.json;
}
