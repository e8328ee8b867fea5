import {
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  type Role,
} from '@aws-sdk/client-iam';
import { parseArn, roleName } from '../../../topology/arns';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { parsePolicy } from './policy-text';
import type { Found, Question, Reader } from './reader';

/** The execution role; one of another account is not read. */
export async function readRole(reader: Reader, consumer: ResolvedConsumer): Promise<Found<Role>> {
  const { account, role } = consumer;
  if (parseArn(role.arn).id !== account.id) return 'unknown';
  return reader.ask(about(consumer, 'iam:GetRole'), async ({ iam }, options) => {
    const { Role } = await iam.send(new GetRoleCommand(named(consumer)), options);
    return Role as Role;
  });
}

/** The policies of a role that the stack creates: those of other roles belong to their owners. */
export async function readRolePolicies(reader: Reader, consumer: ResolvedConsumer) {
  if (consumer.role.type !== 'created') return 'unknown';
  const role = named(consumer);
  const [inline, attached] = await Promise.all([
    reader.ask(about(consumer, 'iam:ListRolePolicies'), async ({ iam }, options) => {
      const names: string[] = [];
      for await (const page of paginateListRolePolicies({ client: iam }, role, options)) {
        names.push(...(page.PolicyNames ?? []));
      }
      return names;
    }),
    reader.ask(about(consumer, 'iam:ListAttachedRolePolicies'), async ({ iam }, options) => {
      const arns: string[] = [];
      for await (const page of paginateListAttachedRolePolicies({ client: iam }, role, options)) {
        arns.push(...(page.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn));
      }
      return arns;
    }),
  ]);
  if (typeof inline === 'string' || typeof attached === 'string') return 'unknown';
  const documents = inline.map(async (PolicyName) => {
    const document = await reader.ask(
      about(consumer, 'iam:GetRolePolicy'),
      async ({ iam }, options) => {
        const asked = new GetRolePolicyCommand({ ...role, PolicyName });
        const { PolicyDocument = '' } = await iam.send(asked, options);
        return parsePolicy(decodeURIComponent(PolicyDocument));
      },
    );
    return [PolicyName, document] as const;
  });
  const found = await Promise.all(documents);
  const read = found.flatMap(([name, document]) =>
    typeof document === 'string' ? [] : [[name, document] as const],
  );
  return read.length < found.length ? 'unknown' : { inline: new Map(read), attached };
}

function named({ role }: ResolvedConsumer) {
  return { RoleName: roleName(role.arn) };
}

function about({ stackId: stack }: ResolvedConsumer, action: string): Question {
  return { action, stack, part: 'role' };
}
