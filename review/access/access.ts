import { parseArn } from '../../topology/arns';
import type { ResolvedTopology } from '../../topology/resolve';
import type { Finding } from '../model';
import { type Decision, decide, type Policy } from './evaluate';
import type { Grant } from './grants';
import { type Intent, intentOf, isService, type Question } from './intent';
import type { AccessModel, AccessTarget, Asker } from './model';
import { readStatements, type Statement } from './statements';
import { notDenied, unintended } from './unintended';

/** Who may do what, and whether that is what the topology means. */
export type Access = ReturnType<typeof evaluateAccess>;

/** One evaluated question: may this principal do this? */
export interface AccessAnswer extends Decision, Pick<Question, 'action' | 'part'> {
  readonly principal: Asker;
  readonly target: AccessTarget;
  /** What the topology means the answer to be. */
  readonly wanted: boolean;
}

/** Evaluates who can do what with all that the stacks hold, and compares it with the topology. */
export function evaluateAccess(model: AccessModel, topology: ResolvedTopology) {
  const { roles } = model;
  const intent = intentOf(topology);
  const askers = [...roles, ...intent.ofOthers.map(roleOfOthers)];
  const targets = [...model.targets, ...intent.elsewhere].map((target) => ({
    target,
    policy: policyOf(target, intent),
  }));
  const answers = targets.flatMap(({ target, policy }) =>
    answersFor(target, policy, askers, intent),
  );
  const named = new Set<string | undefined>(
    topology.consumers.flatMap(({ role }) => [...role.managedPolicyArns, role.permissionsBoundary]),
  );
  const found = [
    ...answers.filter(({ allowed, wanted }) => allowed !== wanted).map(difference),
    ...roles.flatMap(({ arn, policies }) =>
      policies.flatMap((policy) => unintended(arn, policy, intent.ofRole(arn))),
    ),
    ...targets.flatMap(({ target, policy }) => {
      const place = `${target.kind} ${target.arn}`;
      const meant = intent.ofTarget(target);
      return [
        ...(policy ? unintended(place, policy, meant) : []),
        ...notDenied(place, policy, meant),
      ];
    }),
    ...intent.missingFrom(model.targets).map((place) => ({
      place,
      message: 'is in the topology and in no stack',
    })),
    ...model.notEvaluated
      .filter(({ policyArn }) => !named.has(policyArn))
      .map(({ what }) => ({
        place: what,
        message: 'is not in the topology, and what it allows cannot be evaluated',
      })),
  ];
  return {
    /** Every question that is answered with yes. */
    allowed: answers.filter(({ allowed }) => allowed),
    asked: answers.length,
    /** What differs from the topology, and what cannot be evaluated. */
    findings: found.map((each): Finding => ({ rule: 'access', stops: true, ...each })),
  };
}

function policyOf(target: AccessTarget, intent: Intent): Policy | undefined {
  if (target.policy === undefined) return undefined;
  // Who asks decides on these keys, whatever else the request is like.
  const assumed = (intent.targetLike(target)?.assumed ?? []).filter(
    ({ variable }) => !/^aws:Principal(Arn|Account)$/i.test(variable),
  );
  return { side: 'resource policy', statements: readStatements(target.policy, assumed) };
}

/** All questions about a target, each of every role and of the services that are meant, with their answers. */
function answersFor(
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
        .filter(isService)
        .map((arn): Asker => ({ arn, label: `service ${arn}`, policies: [] }));
      return [...roles, ...services].map((principal) => {
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
        const isManaged = decision.allowed && intent.isManaged(arn, action);
        const wanted = principals.includes(arn) || isManaged;
        return { ...decision, principal, target, action, part, wanted };
      });
    });
}

/** A role that no stack has, as one whose policies are what its team is meant to write. */
function roleOfOthers(grants: readonly [Grant, ...Grant[]]): Asker {
  const [
    {
      principals: [arn = ''],
    },
  ] = grants;
  const { id: account, resource } = parseArn(arn);
  const statements = grants.map(
    ({ actions, resources, conditions }): Statement => ({
      id: 'consumer_statement',
      effect: 'Allow',
      principals: {},
      actions: { patterns: actions, not: false },
      resources: { patterns: resources, not: false },
      conditions: [...conditions],
      assumed: [],
    }),
  );
  const label = `${resource.replace('/', ' ')} of ${account}, another team's`;
  return { arn, label, account, policies: [{ side: 'role', statements }] };
}

/** In place of a policy that the stacks do not hold: it leaves all to the policies of the account. */
function openTo(account = ''): Policy {
  const open = { Sid: 'NotInTheseStacks', Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const statements = readStatements({ Statement: { ...open, Principal: { AWS: account } } });
  return { side: 'resource policy', statements };
}

export function questionOf({ action, part }: Pick<AccessAnswer, 'action' | 'part'>): string {
  return [action, part].filter(Boolean).join(' ');
}

function difference(answer: AccessAnswer) {
  const { principal, target, allowed, by } = answer;
  const verdict = allowed ? 'allowed, meant to be denied' : 'denied, meant to be allowed';
  const on = `${target.kind} ${target.kind === 'account' ? target.name : target.arn}`;
  const message = `${questionOf(answer)} on ${on}: ${verdict} (${by.join('; ')})`;
  return { place: principal.arn, message };
}
