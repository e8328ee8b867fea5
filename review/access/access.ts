import type { ResolvedTopology } from '../../topology/resolve';
import type { Finding } from '../model';
import { type AccessAnswer, answersFor, questionOf, roleAsker } from './answers';
import type { Policy } from './evaluate';
import { Intent } from './intent';
import { type AccessModel, type AccessTarget, finding } from './model';
import { type Row, rowsOf } from './rows';
import { readStatements } from './statements';
import { notDenied, unintended } from './unintended';

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
  const targets = [...model.targets, ...intent.elsewhere()].map((target) => ({
    target,
    policy: policyOf(target, intent),
  }));
  const answers = targets.flatMap(({ target, policy }) =>
    answersFor(target, policy, roles, intent),
  );
  const allowed = answers.filter((answer) => answer.allowed);
  const named = new Set<string | undefined>(
    topology.consumers.flatMap(({ role }) => [...role.managedPolicyArns, role.permissionsBoundary]),
  );
  return {
    allowed,
    rows: rowsOf(allowed),
    asked: answers.length,
    findings: [
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
      ...intent
        .missingFrom(model.targets)
        .map((what) => finding(what, 'is in the topology and in no stack')),
      ...model.notEvaluated
        .filter(({ policyArn }) => !named.has(policyArn))
        .map(({ what }) =>
          finding(what, 'is not in the topology, and what it allows cannot be evaluated'),
        ),
    ],
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

function difference(answer: AccessAnswer): Finding {
  const { principal, target, allowed, by } = answer;
  const verdict = allowed ? 'allowed, meant to be denied' : 'denied, meant to be allowed';
  return finding(
    principal.arn,
    `${questionOf(answer)} on ${target.kind} ${target.kind === 'account' ? target.name : target.arn}: ${verdict} (${by.join('; ')})`,
  );
}
