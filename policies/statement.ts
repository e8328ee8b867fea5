import type { DataAwsIamPolicyDocumentStatement } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';

/** One statement, as `aws_iam_policy_document` takes it. */
export type Statement = DataAwsIamPolicyDocumentStatement;

/**
 * Characters of the document that `aws_iam_policy_document` makes of these statements, once white
 * space is taken out, which is how IAM counts and how the provider sends a stream policy.
 */
export function policySize(statements: readonly Statement[]): number {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(render) }).length;
}

function render({ sid, actions, resources, principals, condition }: Statement): object {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: Array.isArray(principals)
      ? Object.fromEntries(principals.map(({ type, identifiers }) => [type, oneOrMany(identifiers)]))
      : undefined,
    Action: oneOrMany(actions ?? []),
    Resource: oneOrMany(resources ?? []),
    Condition: Array.isArray(condition) ? renderConditions(condition) : undefined,
  };
}

function renderConditions(
  conditions: readonly { test: string; variable: string; values: string[] }[],
): object {
  const rendered: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of conditions) {
    rendered[test] = { ...rendered[test], [variable]: oneOrMany(values) };
  }
  return rendered;
}

function oneOrMany(values: readonly string[]): unknown {
  return values.length === 1 ? values[0] : values;
}
