import type { Condition } from '../../policies/statement';
import type { ResolvedProducer, ResolvedTopology } from '../../topology/resolve';
import { groupBy, unique } from '../lists';
import type { Context } from './conditions';
import {
  type Grant,
  inConsumer,
  inProducer,
  ofRole,
  partsOfConsumer,
  partsOfProducer,
  streamOf,
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
  private readonly streams: ReadonlyMap<string, ResolvedProducer['streamPolicy']>;
  private readonly policyArns: ReadonlySet<string | undefined>;

  constructor({ consumers, producers }: ResolvedTopology) {
    const ofRoles = consumers.flatMap(ofRole);
    const grants = [...ofRoles, ...consumers.flatMap(inConsumer), ...producers.flatMap(inProducer)];
    this.grants = grouped(grants, ({ on }) => (on ? inWords(on) : ''));
    this.ofRoles = grouped(ofRoles, ({ principals: [role = ''] }) => role);
    const targets = [...consumers.flatMap(partsOfConsumer), ...producers.flatMap(partsOfProducer)];
    this.targets = new Map(targets.map((target) => [inWords(target), target]));
    this.streams = new Map(
      producers.map(({ source, streamPolicy }) => [inWords(streamOf(source)), streamPolicy]),
    );
    this.policyArns = new Set(
      consumers.flatMap(({ role }) => [...role.managedPolicyArns, role.permissionsBoundary]),
    );
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

  /** Conditions that the topology adds to the policy of a stream. */
  conditionsOf(target: AccessTarget): readonly Condition[] {
    return this.streams.get(inWords(target))?.conditions ?? [];
  }

  /** Whether the policy of a target belongs to others, so that no stack has it. */
  leavesToOthers(target: AccessTarget): boolean {
    const words = inWords(target);
    const isKey = target.kind === 'key' && this.targets.get(words)?.elsewhere === true;
    return isKey || this.streams.get(words)?.managed === false;
  }

  /** Whether the topology itself names a policy. */
  namesPolicy(arn: string): boolean {
    return this.policyArns.has(arn);
  }

  /** Whether the topology says that the stacks have a target. */
  expects(target: AccessTarget): boolean {
    return this.targets.get(inWords(target))?.elsewhere === false;
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
