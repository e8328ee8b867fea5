import type { Finding } from '../model';
import { allowList } from './allow-list';
import { buckets } from './buckets';
import { destinations } from './destinations';
import { foreignLayers } from './foreign-layers';
import { intendedResources } from './intended-resources';
import { managedPolicies } from './managed-policies';
import { place } from './place';
import { policiesOfOthers } from './policies-of-others';
import { pollerOnly } from './poller-only';
import { publishedStatements } from './published-statements';
import { quotas } from './quotas';
import { remoteStates } from './remote-states';
import type { Rule, RuleInput } from './rule';
import { runtimes } from './runtimes';
import { scarceConcurrency } from './scarce-concurrency';
import { unencryptedCopies } from './unencrypted-copies';
import { unheardAlarms } from './unheard-alarms';
import { unmeetableConditions } from './unmeetable-conditions';
import { unprotectedTables } from './unprotected-tables';
import { wideStatements } from './wide-statements';

/** Every rule by the name of its file, in the order of the report. */
const RULES: Readonly<Record<string, Rule>> = {
  'allow-list': allowList,
  place,
  'remote-states': remoteStates,
  'intended-resources': intendedResources,
  destinations,
  buckets,
  'managed-policies': managedPolicies,
  'unmeetable-conditions': unmeetableConditions,
  'published-statements': publishedStatements,
  quotas,
  runtimes,
  'unprotected-tables': unprotectedTables,
  'unencrypted-copies': unencryptedCopies,
  'policies-of-others': policiesOfOthers,
  'unheard-alarms': unheardAlarms,
  'scarce-concurrency': scarceConcurrency,
  'wide-statements': wideStatements,
  'poller-only': pollerOnly,
  'foreign-layers': foreignLayers,
};

export function applyRules(input: RuleInput): Finding[] {
  return Object.entries(RULES).flatMap(([rule, check]) =>
    check(input).map((found) => ({ rule, stops: true, ...found })),
  );
}
