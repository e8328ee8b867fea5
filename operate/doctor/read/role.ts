import {
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  type Role,
} from '@aws-sdk/client-iam';
import type { PolicyDocument } from '../../../review/read/policy-document';
import { parseArn, roleName } from '../../../topology/arns';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { parsePolicy } from '../policy';
import { type Found, isFound, type Question, type Reader } from './reader';

/** The execution role; one of another account is not read. */
export async function readRole(reader: Reader, consumer: ResolvedConsumer): Promise<Found<Role>> {
  const { account, role } = consumer;
  if (parseArn(role.arn).id !== account.id) return 'unknown';
  const input = { RoleName: roleName(role.arn) };
  const found = await reader.ask(about(consumer, 'iam:GetRole'), ({ iam }, options) =>
    iam.send(new GetRoleCommand(input), options),
  );
  return isFound(found) ? (found.Role as Role) : found;
}

/** The policies of the execution role itself, and which others are attached to it. */
export async function readRolePolicies(reader: Reader, consumer: ResolvedConsumer) {
  const { account, role } = consumer;
  if (parseArn(role.arn).id !== account.id) return 'unknown';
  const input = { RoleName: roleName(role.arn) };
  const [names, attached] = await Promise.all([
    reader.list(
      about(consumer, 'iam:ListRolePolicies'),
      ({ iam: client }, options) => paginateListRolePolicies({ client }, input, options),
      ({ PolicyNames }) => PolicyNames,
    ),
    reader.list(
      about(consumer, 'iam:ListAttachedRolePolicies'),
      ({ iam: client }, options) => paginateListAttachedRolePolicies({ client }, input, options),
      ({ AttachedPolicies }) => AttachedPolicies?.map(({ PolicyArn = '' }) => PolicyArn),
    ),
  ]);
  if (!isFound(names) || !isFound(attached)) return 'unknown';
  const inline = new Map<string, PolicyDocument>();
  const documents = names.map(async (PolicyName) => {
    const question = about(consumer, 'iam:GetRolePolicy');
    const found = await reader.ask(question, async ({ iam }, options) => {
      const asked = new GetRolePolicyCommand({ ...input, PolicyName });
      const { PolicyDocument = '' } = await iam.send(asked, options);
      return parsePolicy(decodeURIComponent(PolicyDocument));
    });
    if (isFound(found)) inline.set(PolicyName, found);
  });
  await Promise.all(documents);
  return inline.size < names.length ? 'unknown' : { inline, attached };
}

function about({ stackId: stack }: ResolvedConsumer, action: string): Question {
  return { action, stack, part: 'role' };
}
