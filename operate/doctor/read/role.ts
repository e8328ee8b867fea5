import { GetRoleCommand, type Role } from '@aws-sdk/client-iam';
import { parseArn, roleName } from '../../../topology/arns';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { type Found, isFound, type Reader } from './reader';

/** The execution role; one of another account is not read. */
export async function readRole(
  reader: Reader,
  { stackId: stack, account, role: { arn } }: ResolvedConsumer,
): Promise<Found<Role>> {
  if (parseArn(arn).id !== account.id) return 'unknown';
  const question = { action: 'iam:GetRole', stack, part: 'role' };
  const found = await reader.ask(question, ({ iam }, options) =>
    iam.send(new GetRoleCommand({ RoleName: roleName(arn) }), options),
  );
  return isFound(found) ? (found.Role ?? 'absent') : found;
}
