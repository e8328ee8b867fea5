import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import type { Statement } from '../policies/statement';
import { literal } from './literal';

/** Renders statements with `aws_iam_policy_document`; returns the JSON of the document. */
export function policyDocument(
  scope: Construct,
  id: string,
  statements: readonly Statement[],
  provider: AwsProvider,
): string {
  const document = new DataAwsIamPolicyDocument(scope, id, {
    provider,
    statement: statements.map(({ condition, ...statement }) => ({
      ...statement,
      condition: condition?.map(({ values, ...rest }) => ({
        ...rest,
        values: values.map((value) => literal(scope, value)),
      })),
    })),
  });
  return document.minifiedJson; // white space counts, as in the policy of a stream
}
