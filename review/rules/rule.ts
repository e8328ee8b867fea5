import type { ResolvedTopology } from '../../topology/resolve';
import type { AccessModel } from '../access/model';
import type { Found } from '../model';
import type { Stacks } from '../read/resources';

export interface RuleInput {
  readonly stacks: Stacks;
  readonly topology: ResolvedTopology;
  readonly model: AccessModel;
  readonly today: Date;
}

export type Rule = (input: RuleInput) => readonly Found[];

/** A finding about settings that are not what the topology says; none if there are no such settings. */
export function notAsMeant(place: string, settings: readonly string[]): Found[] {
  if (settings.length === 0) return [];
  const message = `${settings.join(', ')}: not what the topology says; write it there, or remove it`;
  return [{ place, message }];
}
