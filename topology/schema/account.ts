import { ASSUME_ROLE } from '../limits';
import { accountId, region, roleArn } from './aws';
import { tagsSchema } from './tags';
import { object, sized } from './values';

const deployRole = object({
  arn: roleArn.describe('Role that Terraform assumes to deploy to the account.'),
  externalId: sized(
    /^[\w+=,.@:/-]*$/,
    ASSUME_ROLE.externalIdLength,
    (length) => `must be an external ID of ${length} characters`,
  )
    .optional()
    .describe('External ID that the role asks for. It is in the Terraform, so it is no secret.'),
  sessionName: sized(
    /^[\w+=,.@-]*$/,
    ASSUME_ROLE.sessionNameLength,
    (length) => `must be a role session name of ${length} letters, digits and +=,.@-_`,
  )
    .optional()
    .describe("Name of the role session, in the account's CloudTrail. Default: the provider's."),
});

export const accountSchema = object({
  id: accountId.describe('AWS account ID, 12 digits, in quotes.'),
  region: region.describe('Region of the resources in this account.'),
  deployRole: deployRole
    .optional()
    .describe('Default: the credentials Terraform is run with, which must belong to the account.'),
  stateRoleArn: roleArn
    .optional()
    .describe(
      "Role assumed to read and write the state for this account's stacks. Default: state.roleArn.",
    ),
  tags: tagsSchema
    .optional()
    .describe('Tags of every resource in the account; they win over those of the topology.'),
});
