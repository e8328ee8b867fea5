import type { Condition } from '../../policies/statement';
import type { ResolvedTopology } from '../../topology/resolve';
import { groupBy, unique } from '../lists';
import type { Context } from './conditions';
import {
  type Grant,
  inConsumer,
  inProducer,
  ofRole,
  partsOfConsumer,
  partsOfProducer,
  type Target,
  tlsOnly,
} from './grants';
import { type AccessTarget, inWords } from './model';

/** A request that meets the conditions of a grant, and who is meant to be allowed it. */
export interface Question extends Pick<Grant, 'suffix' | 'part' | 'principals'> {
  readonly action: string;
  readonly context: Context;
}

/** What a topology means to allow, and what it says there is. */
export class Intent {
  /** By target, in words; those of managed policies have none. */
  private readonly grants: ReadonlyMap<string, readonly Grant[]>;
  private readonly ofRoles: ReadonlyMap<string, readonly Grant[]>;
  private readonly targets: ReadonlyMap<string, Target>;

  constructor({ consumers, producers }: ResolvedTopology) {
    const ofRoles = consumers.flatMap(ofRole);
    const grants = [...ofRoles, ...consumers.flatMap(inConsumer), ...producers.flatMap(inProducer)];
    this.grants = grouped(grants, ({ on }) => (on ? inWords(on) : ''));
    this.ofRoles = grouped(ofRoles, ({ principals: [role = ''] }) => role);
    const targets = [...consumers.flatMap(partsOfConsumer), ...producers.flatMap(partsOfProducer)];
    this.targets = new Map(targets.map((target) => [inWords(target), target]));
  }

  /** What the policies of a role may say. */
  ofRole(arn: string): readonly Grant[] {
    return this.ofRoles.get(arn) ?? [];
  }

  /** What the policy of a target may say. */
  ofTarget(target: AccessTarget): readonly Grant[] {
    if (target.kind === 'bucket' && target.stackId !== '') return [tlsOnly(target)];
    const grants = this.grants.get(inWords(target)) ?? [];
    return grants.filter(({ side }) => side === 'resource policy');
  }

  /** What is asked about a target: each action that a role or a service is meant to have on it. */
  questionsOn(target: AccessTarget): Question[] {
    const questions = (this.grants.get(inWords(target)) ?? [])
      .filter(({ side, principals }) => side === 'role' || principals.some(isService))
      .flatMap(({ actions, conditions, suffix, part, principals }) => {
        const context = contextOf(conditions);
        const names = actions.map((action) => action.replace(/\*$/, ''));
        return names.map((action) => ({ action, suffix, part, context, principals }));
      });
    return groupBy(questions, ({ principals, ...question }) => question).map((group) => ({
      ...group[0],
      principals: unique(group.flatMap(({ principals }) => principals)),
    }));
  }

  /** Whether a managed policy that the topology attaches allows a role an action, on whatever there is. */
  isManaged(role: string, action: string): boolean {
    return this.ofRole(role).some(({ on, actions }) => !on && actions.includes(action));
  }

  /** What access is asked for and no stack holds. */
  elsewhere(): AccessTarget[] {
    return [...this.targets.values()].filter(({ elsewhere }) => elsewhere);
  }

  /** What the topology knows of a target. */
  targetLike(target: AccessTarget): Target | undefined {
    return this.targets.get(inWords(target));
  }

  /** Whether the topology says that the stacks have a target. */
  expects(target: AccessTarget): boolean {
    return this.targetLike(target)?.elsewhere === false;
  }

  /** What the topology says there is and the stacks do not hold. */
  missingFrom(targets: readonly AccessTarget[]): string[] {
    const found = new Set(targets.map(inWords));
    return [...this.targets]
      .filter(([words, { elsewhere }]) => !elsewhere && !found.has(words))
      .map(([words]) => words);
  }
}

function grouped(grants: readonly Grant[], key: (grant: Grant) => string) {
  return new Map(groupBy(grants, key).map((group) => [key(group[0]), group]));
}

function isService(principal: string): boolean {
  return principal.endsWith('.amazonaws.com');
}

/** What a request is like that meets these conditions. It lacks the keys of `Null`. */
function contextOf(conditions: readonly Condition[]): Context {
  const present = conditions.filter(({ test }) => test !== 'Null');
  return Object.fromEntries(
    present.map(({ variable, values: [value] }) => [variable.toLowerCase(), value]),
  );
}
