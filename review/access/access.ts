import { parseArn } from '../../topology/arns';
import { names } from '../../topology/names';
import type { ResolvedTopology } from '../../topology/resolve';
import type { Finding } from '../model';
import { accountOf, type Decision, decide, inText, nameIn, type Policy } from './evaluate';
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
  const askers = [...roles, ...intent.ofReaders.map(readerOf)];
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
    ...roles.flatMap(({ arn, policies }) => {
      // Statements of a role name no principal.
      const meant = intent.ofRole(arn).map((grant) => ({ ...grant, principals: [] }));
      return notDenied(
        arn,
        policies.flatMap(({ statements }) => statements),
        meant,
      );
    }),
    ...targets.flatMap(({ target, policy }) => {
      const place = `${target.kind} ${target.arn}`;
      const meant = intent.ofTarget(target);
      return [
        ...(policy ? unintended(place, policy, meant) : []),
        ...notDenied(place, policy?.statements ?? [], meant),
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
  const allowed = answers.filter((answer) => answer.allowed);
  return {
    /** What access is asked for, in the stacks and elsewhere. */
    targets: targets.map(({ target }) => target),
    answers,
    /** Every question that is answered with yes. */
    allowed,
    /** The same, and what the statements of the topology allow, which is not asked. */
    granted: [...allowed, ...roles.flatMap(byStatements)],
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
        const resource = `${target.arn}${suffix}`;
        const decision = decide({
          principal: arn,
          action,
          resource,
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
        const isOfTopology = decision.allowed && intent.isOfTopology(arn, action, resource);
        const wanted = principals.includes(arn) || isOfTopology;
        return { ...decision, principal, target, action, part, wanted };
      });
    });
}

/** A role that no stack has, as one whose policies are what its team is meant to write. */
function readerOf(grants: readonly [Grant, ...Grant[]]): Asker {
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

/** What a role may do by `role.statements`, as it is written: a row for each action and resource. */
function byStatements(role: Asker & { readonly name: string }): AccessAnswer[] {
  const own = names.managedPolicy(role.name, 'statements');
  return role.policies
    .filter(({ side, name }) => side === 'role' && name === own)
    .flatMap((policy) => policy.statements.map((statement) => ({ policy, statement })))
    .flatMap(({ policy, statement }) =>
      statement.resources.patterns.flatMap((arn) => {
        const account = accountOf(arn) || 'any';
        const by = [`${policy.side}: ${nameIn(policy, statement)}`];
        const part = inText(statement.conditions).trim();
        return statement.actions.patterns.map((action) => ({
          ...{ principal: role, action, part, allowed: true, wanted: true, by },
          target: { kind: 'resource' as const, arn, name: arn, account, region: '', stackId: '' },
        }));
      }),
    );
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
