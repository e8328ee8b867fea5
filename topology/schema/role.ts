import { z } from 'zod';
import { IAM } from '../limits';
import { executionRoleArn, policyArn } from './aws';
import { condition, insteadOfMarker } from './condition';
import { flag, integer, list, object, sized, text } from './values';

/**
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
const statement = object({
  sid: text(/^[a-zA-Z0-9]+$/, 'must be a statement ID of letters and digits')
    .optional()
    .describe('Name of the statement, which the review shows.'),
  actions: list(
    text(
      /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/,
      'must be an action of a service, such as sns:Publish or s3:Get*, or * for all',
    ),
  )
    .min(1, { error: 'must have at least one action' })
    .describe('Actions that are allowed.'),
  resources: list(
    text(
      /^(\*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*?-]*:[a-z0-9*?-]*:(?!.*&\{)[ -~]*[!-~])$/,
      'must be the ARN of resources, in ASCII and with * and ? for any characters, such as arn:aws:s3:::example-bucket/*, or * for all',
      insteadOfMarker,
    ),
  )
    .min(1, { error: 'must have at least one resource' })
    .describe('ARNs of what the actions are allowed on. Policy variables stay as they are.'),
  conditions: list(condition).default([]).describe('Conditions, all of which must hold.'),
});

const pollerOnly = flag()
  .default(true)
  .describe(
    "Whether the function's own code is refused what only Lambda needs: reading the streams, decrypting with the keys of the tables, writing failed batches. False if Lambda itself is refused.",
  );

const managedPolicyQuota = integer({
  min: IAM.managedPoliciesPerRole.default,
  max: IAM.managedPoliciesPerRole.max,
})
  .default(IAM.managedPoliciesPerRole.default)
  .describe(
    "Managed policies that IAM attaches to a role: the account's quota, if AWS has raised it. More of them let a role read more streams.",
  );

const existing = object({
  existing: executionRoleArn.describe(
    'ARN of a role of the account that others made, which Lambda may assume. Its owner gives it the policy of the output role_policy.',
  ),
  managedPolicyQuota,
  pollerOnly,
});

const created = object({
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
  statements: list(statement, '{ actions: …, resources: … }')
    .default([])
    .describe(
      `What the code of the function itself may call: a managed policy of its own, of at most ${IAM.managedPolicySize} characters.`,
    ),
  managedPolicyQuota,
  pollerOnly,
});

export const roleSchema = z.union([existing, created], {
  error: 'must be a mapping such as { name: … } or { existing: <ARN> }',
});

export type CreatedRole = z.output<typeof created>;
