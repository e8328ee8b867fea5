import type { Finding } from '../model';
import { allowList } from './allow-list';
import { buckets } from './buckets';
import { destinations } from './destinations';
import { intendedResources } from './intended-resources';
import { managedPolicies } from './managed-policies';
import { place } from './place';
import { policiesOfOthers } from './policies-of-others';
import { quotas } from './quotas';
import { remoteStates } from './remote-states';
import type { Rule, RuleInput } from './rule';
import { runtimes } from './runtimes';
import { scarceConcurrency } from './scarce-concurrency';
import { unheardAlarms } from './unheard-alarms';
import { unmeetableConditions } from './unmeetable-conditions';
import { unprotectedTables } from './unprotected-tables';

/** Every rule, in the order of the report. */
const RULES: readonly Rule[] = [
  allowList,
  place,
  remoteStates,
  intendedResources,
  destinations,
  buckets,
  managedPolicies,
  unmeetableConditions,
  quotas,
  runtimes,
  unprotectedTables,
  policiesOfOthers,
  unheardAlarms,
  scarceConcurrency,
];

export function applyRules(input: RuleInput): Finding[] {
  return RULES.flatMap(({ name: rule, check }) =>
    check(input).map(({ stops = true, ...found }) => ({ rule, stops, ...found })),
  );
}
