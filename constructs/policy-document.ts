import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import type { Statement } from '../policies/statement';

/** Renders statements with `aws_iam_policy_document`; returns the JSON of the document. */
export function policyDocument(
  scope: Construct,
  id: string,
  statements: readonly Statement[],
  provider: AwsProvider,
): string {
  const document = new DataAwsIamPolicyDocument(scope, id, {
    provider,
    statement: [...statements],
  });
  return document.json;
}
