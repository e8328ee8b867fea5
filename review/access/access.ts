import type { ResolvedTopology } from '../../topology/resolve';
import type { Finding } from '../model';
import { type AccessAnswer, answersFor, questionOf } from './answers';
import { roleAsker } from './askers';
import { targetsElsewhere } from './elsewhere';
import { nameIn, type Policy } from './evaluate';
import { Intent } from './intent';
import { type AccessModel, type AccessTarget, finding } from './model';
import { type Row, rowsOf } from './rows';
import { readStatements } from './statements';
import { unintendedInPolicy, unintendedInRole } from './unintended';

/** Who may do what, and whether that is what the topology means. */
export interface Access {
  /** Every question that is answered with yes. */
  readonly allowed: readonly AccessAnswer[];
  /** The same, for people. */
  readonly rows: readonly Row[];
  /** How many questions were asked. */
  readonly asked: number;
  /** What differs from the topology, and what cannot be evaluated. */
  readonly findings: readonly Finding[];
}

/** Evaluates who can do what with all that the stacks hold, and compares it with the topology. */
export function evaluateAccess(model: AccessModel, topology: ResolvedTopology): Access {
  const intent = new Intent(topology);
  const roles = model.roles.map(roleAsker);
  const targets = [
    ...model.targets.map((target) =>
      intent.leavesToOthers(target) && target.policy === undefined
        ? { ...target, policyIsElsewhere: true as const }
        : target,
    ),
    ...targetsElsewhere(model, topology),
  ].map((target) => ({ target, policy: policyOf(target, intent) }));
  const answers = targets.flatMap(({ target, policy }) =>
    answersFor(target, policy, roles, intent),
  );
  const allowed = answers.filter((answer) => answer.allowed);
  return {
    allowed,
    rows: rowsOf(allowed),
    asked: answers.length,
    findings: [
      ...answers.filter(({ allowed, wanted }) => allowed !== wanted).map(difference),
      ...roles.flatMap((role) => unintendedInRole(role, intent)),
      ...targets.flatMap(({ target, policy }) => unintendedInPolicy(target, policy, intent)),
      ...roles.flatMap(({ arn, policies, permissionsBoundary }) =>
        notEvaluated(arn, [...policies, ...(permissionsBoundary ? [permissionsBoundary] : [])]),
      ),
      ...targets.flatMap(({ target, policy }) =>
        notEvaluated(`${target.kind} ${target.arn}`, policy ? [policy] : []),
      ),
      ...model.targets
        .filter((target) => intent.leavesToOthers(target) && target.policy !== undefined)
        .map(({ stackId, arn }) =>
          finding(
            stackId,
            `sets the policy of the stream ${arn}, which the topology leaves to others (streamPolicy: none)`,
          ),
        ),
      ...intent
        .missingFrom(model.targets)
        .map((what) => finding(what, 'is in the topology and in no stack')),
      ...model.notEvaluated
        .filter(({ policyArn }) => !intent.namesPolicy(policyArn))
        .map(({ what }) =>
          finding(what, 'is not in the topology, and what it allows cannot be evaluated'),
        ),
    ],
  };
}

function policyOf(target: AccessTarget, intent: Intent): Policy | undefined {
  // Who asks decides on these keys, whatever else the request is like.
  const assumed = intent
    .conditionsOf(target)
    .filter(({ variable }) => !/^aws:Principal(Arn|Account)$/i.test(variable));
  if (target.policy === undefined) return undefined;
  return { side: 'resource policy', statements: readStatements(target.policy, assumed) };
}

function difference(answer: AccessAnswer): Finding {
  const { principal, target, allowed, wanted, by } = answer;
  return finding(
    principal.arn,
    `${questionOf(answer)} on ${target.kind} ${target.kind === 'account' ? target.name : target.arn}: ${verdict(allowed)}, meant to be ${verdict(wanted)} (${by.join('; ')})`,
  );
}

function verdict(allowed: boolean): string {
  return allowed ? 'allowed' : 'denied';
}

/** Statements of which something cannot be evaluated. They are left out of every decision. */
function notEvaluated(place: string, policies: readonly Policy[]): Finding[] {
  return policies.flatMap((policy) =>
    policy.statements
      .filter(({ unknown }) => unknown.length > 0)
      .map((statement) =>
        finding(
          `${place} ${nameIn(policy, statement)}`,
          `is not evaluated: ${statement.unknown.join(', ')}`,
        ),
      ),
  );
}
