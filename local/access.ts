import { renderStatement } from '../policies/statement';
import { type AccessAnswer, evaluateAccess } from '../review/access/access';
import { decide } from '../review/access/evaluate';
import { intentOf } from '../review/access/intent';
import { type AccessTarget, inWords, readAccessModel } from '../review/access/model';
import { readStatements } from '../review/access/statements';
import { keysOf, streamOf } from '../review/access/targets';
import { groupBy, unique } from '../review/lists';
import type { Stacks } from '../review/read/resources';
import { arns } from '../topology/arns';
import type { ResolvedTopology, TableReference } from '../topology/resolve';
import type { S3Call } from './function/s3';
import {
  isOfResource,
  missingStatement,
  type Refused,
  statementInWords,
} from './missing-statement';
import type { Place, Say } from './step';

/** Why something may not be done. */
export interface Refusal {
  /** The policy, its stack, and the statement in words. */
  readonly text: string;
  readonly data: {
    readonly actions: readonly string[];
    readonly resource: string;
    readonly policy: string;
    /** Of the policy; empty where it is in none. */
    readonly stack: string;
    /** The statement as JSON; left out where another one denies it. */
    readonly missing?: object;
  };
}

export type Access = ReturnType<typeof accessOf>;

type Asked = Pick<AccessAnswer, 'principal' | 'target' | 'action' | 'allowed' | 'by'> &
  Partial<Pick<AccessAnswer, 'part'>>;

/**
 * What the policies of the stacks refuse of what must be allowed, asked as the review asks it.
 *
 * @param denied a table whose stream has a policy that allows nothing, whatever the stacks have: a fault
 */
export function accessOf(stacks: Stacks, topology: ResolvedTopology, denied?: TableReference) {
  const model = readAccessModel(stacks);
  const intent = intentOf(topology);
  const targets = denied ? withSilent(denied, model.targets, intent.elsewhere) : model.targets;
  const answers = evaluateAccess({ ...model, targets }, topology).answers.filter(
    ({ wanted }) => wanted,
  );

  const refusalsIn = (asked: readonly Asked[]): Refusal[] => {
    const refused = asked
      .filter(({ allowed }) => !allowed)
      .flatMap((answer) => answer.by.map((by) => ({ ...answer, by })));
    return groupBy(refused, ({ by, target, part, principal }) => [
      ...[by, target.arn, part, principal.arn],
    ]).map((group) => refusalOf({ ...group[0], actions: group.map(({ action }) => action) }));
  };

  function refusalOf(each: Refused): Refusal {
    const { principal, target, actions, by } = each;
    const role = model.roles.find(({ arn }) => arn === principal.arn);
    const [policy, stack = ''] = isOfResource(each)
      ? [`the policy of ${target.kind} ${target.name}`, target.stackId]
      : [
          `the ${by.startsWith('role') ? 'policies' : 'permissions boundary'} of ${principal.label}`,
          role?.stackId,
        ];
    const missing = missingStatement(each, intent);
    const where = `${policy} (${stack ? `stack ${stack}` : 'in no stack'})`;
    const what = `${actions.join(', ')} on ${target.kind} ${target.name}`;
    return {
      text: missing
        ? `missing in ${where}: ${statementInWords(missing)}`
        : `${principal.label} may not ${what}: denied by ${by} in ${where}`,
      data: {
        ...{ actions, resource: target.arn, policy, stack },
        ...(missing && { missing: renderStatement(missing) }),
      },
    };
  }

  return {
    /** Of a mapping, before it reads and invokes: what is refused, or the statements that allow it. */
    reading(role: string, table: TableReference) {
      const read = [streamOf(table), ...keysOf(table)].map(inWords);
      const asked = answers.filter(({ principal, target, action, part }) =>
        principal.arn === role
          ? read.includes(inWords(target)) ||
            action === 'dynamodb:ListStreams' ||
            part === 'for its environment'
          : target.arn === role,
      );
      return { refusals: refusalsIn(asked), by: unique(asked.flatMap(policiesIn)) };
    },

    /** Of a mapping, when it writes a failed batch. */
    keeping: (role: string, bucketArn: string): Refusal[] =>
      refusalsIn(
        answers.filter(
          ({ principal, target, part }) =>
            principal.arn === role && (target.arn === bucketArn || part === 'for failed batches'),
        ),
      ),

    /** Of a function's code, when it calls S3. What the role of others may do is not known. */
    calling(role: string, { functionArn, action, bucket, key, bucketOwner }: S3Call): Refusal[] {
      const consumer = topology.consumers.find((each) => each.role.arn === role);
      const principal = model.roles.find(({ arn }) => arn === role);
      const isKnown = consumer?.role.type === 'created' && principal?.notEvaluated.length === 0;
      if (!isKnown) return [];
      const { id, region } = consumer.account;
      const arn = arns.bucket(consumer.account, bucket);
      const own = model.targets.find((target) => target.arn === arn);
      const owner = own?.account ?? bucketOwner ?? id;
      const decision = decide({
        principal: role,
        action,
        resource: `${arn}/${key}`,
        // A bucket of others is taken to allow it: its policy is in no stack.
        account: own?.account ?? id,
        context: {
          'aws:securetransport': 'true',
          'aws:principalarn': role,
          'aws:principalaccount': id,
          'lambda:sourcefunctionarn': functionArn,
          's3:resourceaccount': owner,
        },
        identityPolicies: principal.policies,
        permissionsBoundary: principal.permissionsBoundary,
        resourcePolicy: own?.policy && {
          side: 'resource policy',
          statements: readStatements(own.policy),
        },
      });
      const target = own ?? {
        kind: 'bucket',
        arn,
        name: bucket,
        account: owner,
        region,
        stackId: '',
      };
      const ofKey = answers.filter(
        (each) => each.principal.arn === role && each.part === 'for changes',
      );
      return refusalsIn([{ principal, target, action, ...decision }, ...(own ? ofKey : [])]);
    },
  };
}

/** Such as `role: streams/ReadStreams` and `stream policy: AllowCrossAccountStreamAccess`. */
function policiesIn({ target: { kind }, by }: Asked): string[] {
  const policy = kind === 'role' ? 'trust policy' : `${kind} policy`;
  return by.map((each) =>
    each
      .replace('resource policy', policy)
      .replace('NotInTheseStacks', 'that of others, taken to allow it'),
  );
}

/** With a policy of a table's stream that says nothing; the stream may be elsewhere. */
function withSilent(
  table: TableReference,
  targets: readonly AccessTarget[],
  elsewhere: readonly AccessTarget[],
): AccessTarget[] {
  const stream = inWords(streamOf(table));
  const [found] = [...targets, ...elsewhere].filter((target) => inWords(target) === stream);
  if (!found) return [...targets];
  return [...targets.filter((target) => target !== found), { ...found, policy: { Statement: [] } }];
}

export function sayRefusals(refusals: readonly Refusal[], place: Place, say: Say): void {
  for (const { text, data } of refusals) say(place, 'refused', text, 'problem', data);
}
