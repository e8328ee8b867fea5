import { type Decision, decide, type Policy } from './evaluate';
import type { Intent } from './intent';
import type { AccessTarget, NamedPolicy, Role } from './model';
import { readStatements } from './statements';

/** Somebody who asks. */
export interface Asker {
  /** ARN, or the name of a service. */
  readonly arn: string;
  /** As the report calls it. */
  readonly label: string;
  /** Undefined for a service. */
  readonly account?: string;
  /** A service has none. */
  readonly policies: readonly Policy[];
  readonly permissionsBoundary?: Policy;
}

/** One evaluated question: may this principal do this? */
export interface AccessAnswer extends Decision {
  readonly principal: Asker;
  readonly target: AccessTarget;
  readonly action: string;
  /** Which part of the target, in words. */
  readonly part?: string;
  /** What the topology means the answer to be. */
  readonly wanted: boolean;
}

export function roleAsker({ arn, name, account, policies, permissionsBoundary }: Role): Asker {
  const read = (side: Policy['side'], { name, document }: NamedPolicy): Policy => ({
    side,
    name,
    statements: readStatements(document),
  });
  return {
    arn,
    label: `role ${name} of ${account}`,
    account,
    policies: policies.map((policy) => read('role', policy)),
    permissionsBoundary: permissionsBoundary && read('permissions boundary', permissionsBoundary),
  };
}

/** All questions about a target, each of every role and of the services that are meant, with their answers. */
export function answersFor(
  target: AccessTarget,
  policy: Policy | undefined,
  roles: readonly Asker[],
  intent: Intent,
): AccessAnswer[] {
  const isOpen = policy === undefined && intent.targetLike(target)?.isOfOthers;
  return intent
    .questionsOn(target)
    .flatMap(({ action, suffix = '', part, context, principals }) => {
      const services = principals
        .filter((arn) => !arn.startsWith('arn:'))
        .map((arn): Asker => ({ arn, label: `service ${arn}`, policies: [] }));
      return [...roles, ...services].map((principal): AccessAnswer => {
        const { arn, account, policies, permissionsBoundary } = principal;
        const decision = decide({
          principal: arn,
          action,
          resource: `${target.arn}${suffix}`,
          account: target.account,
          context: {
            'aws:securetransport': 'true',
            'aws:principalarn': account && arn,
            'aws:principalaccount': account,
            ...context,
          },
          identityPolicies: policies,
          permissionsBoundary,
          resourcePolicy: isOpen ? openTo(account) : policy,
        });
        const wanted =
          principals.includes(arn) || (decision.allowed && intent.isManaged(arn, action));
        return { ...decision, principal, target, action, part, wanted };
      });
    });
}

/** In place of a policy that the stacks do not hold: it leaves all to the policies of the account. */
function openTo(account = ''): Policy {
  const open = { Sid: 'NotInTheseStacks', Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const statements = readStatements({ Statement: { ...open, Principal: { AWS: account } } });
  return { side: 'resource policy', statements };
}

/** An action, and on which part. */
export function questionOf({ action, part }: Pick<AccessAnswer, 'action' | 'part'>): string {
  return [action, part].filter(Boolean).join(' ');
}
