import type { Finding } from '../model';
import { allowList } from './allow-list';
import { buckets } from './buckets';
import { destinations } from './destinations';
import { intendedResources } from './intended-resources';
import { place } from './place';
import { remoteStates } from './remote-states';
import type { Rule, RuleInput } from './rule';

/** Every rule, in the order of the report. */
export const RULES: readonly Rule[] = [
  allowList,
  place,
  remoteStates,
  intendedResources,
  destinations,
  buckets,
];

export function applyRules(input: RuleInput): Finding[] {
  return RULES.flatMap(({ name: rule, check }) =>
    check(input).map(({ stops = true, ...found }) => ({ rule, stops, ...found })),
  );
}
