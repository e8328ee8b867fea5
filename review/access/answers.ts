import { unique } from '../lists';
import { type Asker, administratorOf, askersNamedIn, serviceAsker } from './askers';
import { type Decision, decide, type Policy } from './evaluate';
import type { Intent } from './intent';
import type { AccessTarget } from './model';
import { QUESTIONS, type Question } from './questions';
import { readStatements } from './statements';

/** One evaluated question: may this principal do this? */
export interface AccessAnswer extends Decision {
  readonly principal: Asker;
  readonly target: AccessTarget;
  readonly action: string;
  /** Which part of the target, in words. */
  readonly part?: string;
  readonly circumstance?: string;
  /** What the topology means the answer to be. */
  readonly wanted: boolean;
}

/** All questions about a target, each for everybody who is asked, with their answers. */
export function answersFor(
  target: AccessTarget,
  policy: Policy | undefined,
  roles: readonly Asker[],
  intent: Intent,
): AccessAnswer[] {
  const questions = QUESTIONS[target.kind](target, intent);
  const services = unique(questions.flatMap(({ service }) => service ?? []));
  return whoIsAsked(target, policy, roles, services).flatMap((principal) => {
    const functionArn = intent.functionOf(principal.arn);
    return questions
      .filter((question) => canAsk(principal, target, question, services))
      .filter(({ ofFunctions }) => !ofFunctions || functionArn !== undefined)
      .map((question): AccessAnswer => {
        const { action, arn = target.arn, part, circumstance, notByLambda } = question;
        const isOrdinary = circumstance === undefined || notByLambda === true;
        return {
          ...decide({
            principal: principal.arn,
            action,
            resource: arn,
            account: target.account,
            context: {
              'aws:securetransport': 'true',
              'aws:principalarn': principal.account && principal.arn,
              'aws:principalaccount': principal.account,
              'lambda:sourcefunctionarn': question.byCode && functionArn,
              ...question.context,
            },
            identityPolicies: principal.policies,
            permissionsBoundary: principal.permissionsBoundary,
            resourcePolicy: target.policyIsElsewhere ? openTo(principal) : policy,
          }),
          principal,
          target,
          action,
          part,
          circumstance,
          wanted: isOrdinary && intent.allows(principal.arn, action, arn, target, notByLambda),
        };
      });
  });
}

function whoIsAsked(
  target: AccessTarget,
  policy: Policy | undefined,
  roles: readonly Asker[],
  services: readonly string[],
): Asker[] {
  // Where the policy is elsewhere only roles are evaluated, and of an account nothing else.
  if (target.policyIsElsewhere) return [...roles];
  if (target.kind === 'account') return roles.filter(({ account }) => account === target.account);
  const known = [...roles, ...services.map(serviceAsker)];
  const arns = new Set(known.map(({ arn }) => arn));
  return [
    ...known,
    ...askersNamedIn(policy, target).filter(({ arn }) => !arns.has(arn)),
    administratorOf(target),
  ];
}

function canAsk(
  { arn, account, isAdministrator }: Asker,
  target: AccessTarget,
  { service, ofOtherAccounts, refusedToAll }: Question,
  services: readonly string[],
): boolean {
  if (isAdministrator) return refusedToAll === true;
  if (services.includes(arn) || service !== undefined) return service === arn;
  return !(ofOtherAccounts && account === target.account);
}

/** Stands for a policy that the stacks do not hold: it leaves all to the policies of the account. */
function openTo({ account }: Asker): Policy {
  const open = { Sid: 'NotInTheseStacks', Effect: 'Allow', Action: '*', Resource: '*' } as const;
  return {
    side: 'resource policy',
    statements: readStatements({ Statement: { ...open, Principal: { AWS: account ?? '' } } }),
  };
}

/** An action, on which part, and what is out of the ordinary. */
export function questionOf({ action, part, circumstance }: Omit<AccessAnswer, 'wanted'>): string {
  return [action, part, circumstance].filter(Boolean).join(' ');
}
