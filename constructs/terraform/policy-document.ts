import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { Construct } from 'constructs';
import type { Condition, Statement } from '../../policies/statement';
import { literal } from './literal';

/**
 * The JSON that `aws_iam_policy_document` makes of statements.
 *
 * @param minified without white space, which counts in a stream's policy; scanners of Terraform cannot read it
 */
export function policyDocument(
  scope: Construct,
  id: string,
  statements: readonly Statement[],
  { minified = false } = {},
): string {
  const asText = (condition: Condition) => ({
    ...condition,
    values: condition.values.map((value) => literal(scope, value)),
  });
  const statement = statements.map(({ condition, ...others }) => ({
    ...others,
    condition: condition?.length ? condition.map(asText) : undefined,
  }));
  const document = new DataAwsIamPolicyDocument(scope, id, { statement });
  return minified ? document.minifiedJson : document.json;
}
