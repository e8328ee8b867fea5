import { IAM } from '../limits';
import { policyArn } from './aws';
import { flag, integer, list, object, sized } from './values';

export const roleSchema = object({
  name: sized(
    /^[\w+=,.@-]*$/,
    IAM.roleNameLength,
    (length) => `must be an IAM role name: ${length} letters, digits and +=,.@-_`,
  ).describe('Name of the execution role.'),
  path: sized(
    /^\/([\w+=,.@-]+\/)*$/,
    IAM.pathLength,
    () => 'must be an IAM path that begins and ends with a slash, such as /streams/',
  )
    .default('/')
    .describe('IAM path of the role and its policies.'),
  permissionsBoundary: policyArn
    .optional()
    .describe('ARN of the permissions boundary of the role.'),
  managedPolicyArns: list(policyArn)
    .max(IAM.managedPoliciesPerRole.max, {
      error: `must be at most ${IAM.managedPoliciesPerRole.max} policies, which IAM attaches to a role`,
    })
    .default([])
    .describe('Further managed policies of the role.'),
  acknowledgedPolicyArns: list(policyArn)
    .default([])
    .describe(
      'Of managedPolicyArns and permissionsBoundary, those that somebody has read. The review cannot evaluate most, and stops at the others.',
    ),
  managedPolicyQuota: integer({
    min: IAM.managedPoliciesPerRole.default,
    max: IAM.managedPoliciesPerRole.max,
  })
    .default(IAM.managedPoliciesPerRole.default)
    .describe(
      "Managed policies that IAM attaches to a role: the account's quota, if AWS has raised it. More of them let a role read more streams.",
    ),
  pollerOnly: flag()
    .default(true)
    .describe(
      "Whether the function's own code is refused what only Lambda needs: reading the streams, decrypting with the keys of the tables, writing failed batches. False if Lambda itself is refused.",
    ),
});
