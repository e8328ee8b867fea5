import { type PolicyDocument, policyDocument } from '../../../review/read/policy-document';

/**
 * A policy as AWS returns it.
 *
 * @throws Error of one with elements that IAM does not take
 */
export function parsePolicy(text: string): PolicyDocument {
  const { data } = policyDocument.safeParse(JSON.parse(text));
  if (data) return data;
  throw new Error(`the policy cannot be read: ${text.slice(0, 200)}`);
}
