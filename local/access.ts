import { renderStatement } from '../policies/statement';
import { type AccessAnswer, evaluateAccess } from '../review/access/access';
import { decide } from '../review/access/evaluate';
import type { Grant } from '../review/access/grants';
import { intentOf, isService } from '../review/access/intent';
import { type AccessTarget, type Asker, inWords, readAccessModel } from '../review/access/model';
import { readStatements } from '../review/access/statements';
import { keysOf, streamOf } from '../review/access/targets';
import { groupBy } from '../review/lists';
import type { Stacks } from '../review/read/resources';
import { arns } from '../topology/arns';
import type { ResolvedTopology, TableReference } from '../topology/resolve';
import type { S3Call } from './function/s3';
import type { Place, Say } from './step';

/** Why something may not be done. */
export interface Refusal {
  /** Stack of the policy; empty where it is in none. */
  readonly stack: string;
  /** Who may not do what, and which policy lacks which statement. */
  readonly text: string;
  readonly data: {
    readonly policy: string;
    /** The statement, as JSON; left out where another one denies it. */
    readonly missing?: object;
  };
}

export type Access = ReturnType<typeof accessOf>;

/** A question that is answered with no, and one of the policies that make it so. */
type Refused = Pick<AccessAnswer, 'principal' | 'action' | 'target' | 'part'> & { side: string };

/**
 * What the policies of the stacks refuse of what must be allowed, asked as the review asks it.
 *
 * @param denied a table whose stream has a policy that allows nothing, whatever the stacks have: a fault
 */
export function accessOf(stacks: Stacks, topology: ResolvedTopology, denied?: TableReference) {
  const model = readAccessModel(stacks);
  const intent = intentOf(topology);
  const silenced = denied && silentStream(denied, model.targets);
  const targets = silenced
    ? [...model.targets.filter(({ arn }) => arn !== silenced.arn), silenced]
    : model.targets;
  const refused = evaluateAccess({ ...model, targets }, topology)
    .answers.filter(({ allowed, wanted }) => wanted && !allowed)
    .flatMap((answer) => answer.by.map((side): Refused => ({ ...answer, side })));

  const refusals = (isAsked: (answer: Refused) => boolean): Refusal[] =>
    groupBy(refused.filter(isAsked), ({ side, target, part, principal }) => [
      ...[side, target.arn, part, principal.arn],
    ]).map(refusalOf);

  function refusalOf(group: readonly [Refused, ...Refused[]]): Refusal {
    const [{ side, target, principal, part }] = group;
    const actions = group.map(({ action }) => action);
    const [kind = ''] = side.split(':');
    const isOfTarget = kind === 'resource policy';
    const policy = isOfTarget
      ? `the policy of ${target.kind} ${target.name}`
      : `the ${kind === 'role' ? 'policies' : kind} of ${principal.label}`;
    const stack = isOfTarget ? target.stackId : stackOf(principal);
    const on = [`${actions.join(', ')} on ${target.kind} ${target.name}`, part]
      .filter(Boolean)
      .join(' ');
    const what = `${principal.label} may not ${on}`;
    if (!/: (no statement|there is none)$/.test(side)) {
      return { stack, text: `${what}: ${side} denies it`, data: { policy } };
    }
    const grants = isOfTarget
      ? intent.ofTarget(target)
      : intent.ofRole(principal.arn).filter(({ on }) => on && inWords(on) === inWords(target));
    const meant = grants.find((grant) => grant.actions.some((action) => actions.includes(action)));
    const missing = isOfTarget
      ? inPolicyOf(target, principal, actions, meant)
      : inRole(actions, meant, target);
    return {
      stack,
      text: `${what}: no statement of ${policy} allows it; missing is ${JSON.stringify(missing)}`,
      data: { policy, missing },
    };
  }

  const stackOf = ({ arn }: Asker) => model.roles.find((role) => role.arn === arn)?.stackId ?? '';

  return {
    /** Of a mapping, before it reads. */
    reading(role: string, table: TableReference): Refusal[] {
      const asked = [streamOf(table), ...keysOf(table)].map(inWords);
      return refusals(({ principal, target, action }) =>
        principal.arn === role
          ? asked.includes(inWords(target)) || action === 'dynamodb:ListStreams'
          : target.kind === 'role' && target.arn === role,
      );
    },

    /** Of a mapping, when it writes a failed batch. */
    keeping: (role: string, bucketArn: string): Refusal[] =>
      refusals(
        ({ principal, target, part }) =>
          principal.arn === role && (target.arn === bucketArn || part === 'for failed batches'),
      ),

    /** Of a function's code, when it calls S3. What the role of others may do is not known. */
    calling(role: string, { functionArn, action, bucket, key, bucketOwner }: S3Call): Refusal[] {
      const principal = model.roles.find(({ arn }) => arn === role);
      const consumer = topology.consumers.find((each) => each.role.arn === role);
      if (!principal || consumer?.role.type !== 'created' || principal.notEvaluated.length > 0) {
        return [];
      }
      const arn = arns.bucket(consumer.account, bucket);
      const known = targets.find((target) => target.arn === arn);
      const account = known?.account ?? bucketOwner ?? principal.account;
      const { region } = consumer.account;
      const target = known ?? { kind: 'bucket', arn, name: bucket, account, region, stackId: '' };
      const { by, allowed } = decide({
        principal: role,
        action,
        resource: `${arn}/${key}`,
        // Whoever has the bucket allows it, as far as nobody here knows its policy.
        account: known?.account ?? principal.account,
        context: {
          'aws:securetransport': 'true',
          'aws:principalarn': role,
          'aws:principalaccount': principal.account,
          'lambda:sourcefunctionarn': functionArn,
          's3:resourceaccount': account,
        },
        identityPolicies: principal.policies,
        permissionsBoundary: principal.permissionsBoundary,
        resourcePolicy: known?.policy && {
          side: 'resource policy',
          statements: readStatements(known.policy),
        },
      });
      const ofObject = allowed
        ? []
        : by.map((side) => refusalOf([{ side, target, principal, action, part: undefined }]));
      const ofKey = refusals((each) => each.principal.arn === role && each.part === 'for changes');
      return [...ofObject, ...(known ? ofKey : [])];
    },
  };
}

/** Says it in the stack of the policy. */
export function sayRefusals(refusals: readonly Refusal[], place: Place, say: Say): void {
  for (const { stack, text, data } of refusals) {
    say({ ...place, stack }, 'refused', text, 'problem', data);
  }
}

/** A stream as one with a policy that says nothing. */
function silentStream(table: TableReference, targets: readonly AccessTarget[]): AccessTarget {
  const stream = streamOf(table);
  const known = targets.find((target) => inWords(target) === inWords(stream));
  return { ...(known ?? stream), policy: { Statement: [] } };
}

/** The statement that a role is meant to have, of the actions that are refused. */
function inRole(actions: string[], meant: Grant | undefined, target: AccessTarget): object {
  const resources = meant ? [...meant.resources] : [`${target.arn}/*`];
  return renderStatement({ actions, resources, condition: meant?.conditions });
}

/** The same of the policy of a resource. */
function inPolicyOf(
  target: AccessTarget,
  principal: Asker,
  actions: string[],
  meant?: Grant,
): object {
  const { principals = [principal.arn], conditions } = meant ?? {};
  const identifiers = principals.includes(principal.arn) ? [principal.arn] : [...principals];
  const type = isService(principal.arn) ? 'Service' : 'AWS';
  // Policies of keys name no other resource, and those of roles none at all.
  const resources = { key: ['*'], role: undefined }[target.kind as 'key'] ?? [target.arn];
  return renderStatement({
    principals: [{ type, identifiers }],
    actions,
    resources,
    condition: conditions,
  });
}
