import { type Context, matches } from '../../policies/conditions';
import type { Condition } from '../../policies/statement';
import type { ResolvedTopology } from '../../topology/resolve';
import { groupBy, unique } from '../lists';
import { type Grant, inConsumer, inProducer, ofReaders, ofRole, tlsOnly } from './grants';
import { type AccessTarget, inWords } from './model';
import { partsOfConsumer, partsOfOthers, partsOfProducer } from './targets';

/** A request that meets the conditions of a grant, and who is meant to be allowed it. */
export type Question = ReturnType<typeof questionsOf>[number];
export type Intent = ReturnType<typeof intentOf>;

/** What a topology means to allow, and what it says there is. */
export function intentOf({ consumers, producers }: ResolvedTopology) {
  const readers = producers.flatMap(ofReaders);
  const ofRoles = [...consumers.flatMap(ofRole), ...readers];
  const ofPolicies = [...consumers.flatMap(inConsumer), ...producers.flatMap(inProducer)];
  const ofServices = ofPolicies.filter(({ principals }) => principals.some(isService));
  const parts = [
    ...consumers.flatMap(partsOfConsumer),
    ...consumers.flatMap(partsOfOthers),
    ...producers.flatMap(partsOfProducer),
  ];
  const targets = new Map(parts.map((target) => [inWords(target), target]));
  const byRole = lookup(ofRoles, ({ principals: [role = ''] }) => role);
  const byTarget = lookup(ofPolicies, targetOf);
  const asked = lookup([...ofRoles, ...ofServices], targetOf);
  return {
    ofRole: byRole,
    /** Roles of other teams that are meant to read streams, with what their own policies then allow. */
    ofReaders: groupBy(readers, ({ principals: [arn] }) => arn),
    ofTarget: (target: AccessTarget) =>
      target.kind === 'bucket' && target.stackId !== ''
        ? [tlsOnly(target)]
        : byTarget(inWords(target)),
    /** What is asked about a target: each action that a role or a service is meant to have on it. */
    questionsOn: (target: AccessTarget) => questionsOf(asked(inWords(target))),
    /** Whether a managed policy that the topology attaches, or a statement of it, allows a role an action. */
    isOfTopology: (role: string, action: string, resource: string) =>
      byRole(role).some(
        ({ on, effect, actions, resources }) =>
          !on &&
          effect !== 'Deny' &&
          actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
          resources.some((pattern) => matches(pattern, resource)),
      ),
    targetLike: (target: AccessTarget) => targets.get(inWords(target)),
    /** What access is asked for and no stack holds. */
    elsewhere: [...targets.values()].filter(({ elsewhere }) => elsewhere),
    /** What the topology says there is and the stacks do not hold, in words. */
    missingFrom: (all: readonly AccessTarget[]) => {
      const found = new Set(all.map(inWords));
      return [...targets.keys()].filter(
        (words) => !targets.get(words)?.elsewhere && !found.has(words),
      );
    },
  };
}

/** What a managed policy allows is on no target. */
function targetOf({ on }: Grant): string {
  return on ? inWords(on) : '';
}

function lookup(grants: readonly Grant[], keyOf: (grant: Grant) => string) {
  const groups = new Map(groupBy(grants, keyOf).map((group) => [keyOf(group[0]), group]));
  return (key: string): readonly Grant[] => groups.get(key) ?? [];
}

function questionsOf(grants: readonly Grant[]) {
  const questions = grants.flatMap(
    ({ actions, conditions, given = [], suffix, part, principals }) =>
      actions.map((each) => {
        // One that the pattern matches: there is no kms:ReEncrypt.
        const action = each.replace(/ReEncrypt\*$/, 'ReEncryptFrom').replace(/\*$/, '');
        return { action, suffix, part, context: contextOf(conditions), given, principals };
      }),
  );
  return groupBy(questions, ({ principals, given, ...question }) => question).map((group) => ({
    ...group[0],
    context: { ...group[0].context, ...contextOf(group[0].given) },
    principals: unique(group.flatMap(({ principals }) => principals)),
  }));
}

export function isService(principal: string): boolean {
  return /\.amazonaws\.(com|com\.cn|eu)$/.test(principal);
}

/** What a request is like that meets these conditions. It lacks the keys of `Null`. */
function contextOf(conditions: readonly Condition[]): Context {
  const present = conditions.filter(({ test }) => test !== 'Null');
  return Object.fromEntries(
    present.map(({ variable, values: [value] }) => [variable.toLowerCase(), value]),
  );
}
