import {
  FUNCTION_METRICS,
  MAPPING_METRICS,
  OWN_METRICS,
} from '../../../constructs/monitoring/metrics';
import { names } from '../../../topology/names';
import { ownPage } from '../../../topology/own-files';
import { makesFunction } from '../../../topology/resolve';
import { counted } from '../../redrive/report';
import { causesIn, type Looked } from '../cause';
import type { ConsumerFacts, Facts } from '../facts';
import type { LiveFunction } from '../read/function';
import { isFound } from '../read/reader';
import { deploy, logs, typed } from '../remedies';
import { RECENT } from '../times';

/** Functions that are not there, that Lambda does not invoke, and those that fail. */
export function functions({ consumers, now }: Facts): Looked[] {
  return consumers.flatMap((facts) => {
    const { function: found } = facts;
    if (found === 'absent') return [missing(facts)];
    if (!isFound(found)) return [];
    const counts = countsOf(facts);
    return [
      isInactive(found, facts, counts),
      isNotUpdated(found, facts),
      isPaused(found, facts) ?? isThrottled(found, facts, counts),
      fails(found, facts, counts, now) ?? isNotReached(found, facts, counts),
    ];
  });
}

/** Of the last minutes. */
function countsOf({ consumer, mappings, metrics }: ConsumerFacts) {
  const of = (metric: (typeof FUNCTION_METRICS)['errors']) =>
    metrics.sum(metric, consumer.function.name, RECENT);
  const uuids = [...mappings.values()].filter(isFound).map(({ UUID = '' }) => UUID);
  return {
    errors: of(FUNCTION_METRICS.errors),
    throttles: of(FUNCTION_METRICS.throttles),
    failedChanges: of(OWN_METRICS.changesFailed),
    /** Records of invocations that failed, whether or not they reached the function; again with each retry. */
    failedRecords: uuids.reduce(
      (sum, uuid) => sum + metrics.sum(MAPPING_METRICS.failedInvokes, uuid, RECENT),
      0,
    ),
  };
}

type Counts = ReturnType<typeof countsOf>;

function missing(facts: ConsumerFacts): Looked {
  const { account, function: lambda } = facts.consumer;
  return causesIn(facts, 'function')(
    'function-missing',
    `the function ${lambda.name} is not in account ${account.id}, ${account.region}: nothing processes the records, and Lambda retries them`,
    makesFunction(facts.consumer)
      ? `create it again: ${deploy(facts.stack)}`
      : 'whoever owns it creates it again, or name another one as existingFunction',
  );
}

/** Lambda makes one that was idle active again when a record comes. */
function isInactive(found: LiveFunction, facts: ConsumerFacts, counts: Counts): Looked {
  const { State = 'Active', StateReason, StateReasonCode, Role } = found;
  const isIdle = StateReasonCode === 'Idle' && counts.failedRecords === 0;
  if (!/^(Pending|Inactive|Failed)$/.test(State) || isIdle) return undefined;
  return causesIn(facts, 'function')(
    'function-inactive',
    `the function ${facts.consumer.function.name} is ${State}, so Lambda does not invoke it: ${StateReason} (${StateReasonCode})`,
    State === 'Pending'
      ? `wait until it is active: ${lambda(facts, 'wait function-active-v2')}`
      : `remove that, then update it: ${lambda(facts, 'update-function-configuration', `--role ${Role}`)}`,
  );
}

function isNotUpdated(found: LiveFunction, facts: ConsumerFacts): Looked {
  const { LastUpdateStatus, LastUpdateStatusReason, LastUpdateStatusReasonCode } = found;
  if (LastUpdateStatus !== 'Failed') return undefined;
  return causesIn(facts, 'function')(
    'function-inactive',
    `the last update of the function ${facts.consumer.function.name} failed, so it runs what it had before: ${LastUpdateStatusReason} (${LastUpdateStatusReasonCode})`,
    makesFunction(facts.consumer)
      ? `remove that, then ${deploy(facts.stack)}`
      : 'its owner removes that, and updates it again',
  );
}

function isPaused({ reserved }: LiveFunction, facts: ConsumerFacts): Looked {
  if (reserved !== 0) return undefined;
  const resume = makesFunction(facts.consumer)
    ? `set what the topology has: ${deploy(facts.stack)}`
    : `its owner runs ${lambda(facts, 'delete-function-concurrency')}`;
  return causesIn(facts, 'function')(
    'function-paused',
    `the reserved concurrency of the function ${facts.consumer.function.name} is 0: Lambda does not invoke it, but reads on, and discards records at the maximum age of their subscription`,
    `${resume}; to pause, write enabled: false for its subscriptions`,
  );
}

function isThrottled(
  { reserved }: LiveFunction,
  facts: ConsumerFacts,
  { throttles }: Counts,
): Looked {
  if (throttles === 0) return undefined;
  const { consumer, unreserved } = facts;
  const shared = isFound(unreserved) ? `the ${unreserved}` : 'that';
  const concurrency =
    reserved === undefined
      ? `none is reserved, so it shares ${shared} of the account with other functions`
      : `its reserved concurrency is ${reserved}`;
  const raise = makesFunction(consumer)
    ? `raise (or write) function.reservedConcurrentExecutions of ${consumer.name}, then ${deploy(facts.stack)}`
    : 'its owner reserves more';
  return causesIn(facts, 'function')(
    'function-throttled',
    `Lambda refused ${counted(throttles, 'invocation', 'invocations')} of ${consumer.function.name} in the last ${RECENT} minutes for lack of concurrency: ${concurrency}`,
    `${raise}; for more in the account: ${typed(`aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value <number> --region ${consumer.account.region}`)}`,
  );
}

function fails(found: LiveFunction, facts: ConsumerFacts, counts: Counts, now: Date): Looked {
  const { consumer } = facts;
  const { name } = consumer.function;
  const { errors, failedChanges, failedRecords, throttles } = counts;
  // The code of others may report records without a metric of it, as the handler of lambda-src/ has.
  const countsChanges = makesFunction(consumer) && consumer.function.code.type === 'entry';
  const isSilent = !countsChanges && errors === 0 && found.reserved !== 0 && throttles === 0;
  const what = [
    errors > 0 && `${counted(errors, 'invocation', 'invocations')} of ${name} failed`,
    failedChanges > 0 &&
      `${counted(failedChanges, 'attempt', 'attempts')} to process a change failed in ${name}`,
    isSilent &&
      failedRecords > 0 &&
      `${counted(failedRecords, 'attempt', 'attempts')} to process a record failed in ${name}`,
  ].filter(Boolean);
  if (what.length === 0) return undefined;
  const group = found.LoggingConfig?.LogGroup ?? names.logGroup(name);
  const shown = logs(group, consumer.account.region, new Date(now.getTime() - RECENT * 60_000));
  const deployed = makesFunction(consumer) ? deploy(facts.stack) : 'deploy it';
  return causesIn(facts, 'function')(
    'function-fails',
    `${what.join(', and ')} in the last ${RECENT} minutes, before or after a repair; Lambda retries until the limits of the subscription. The log group is ${group}`,
    `if it is not repaired already, see why: ${shown}; correct the code, then ${deployed}. What Lambda discarded meanwhile: ${typed(`npm run redrive -- --consumer ${consumer.name}`)}`,
  );
}

/** Invocations that fail without one of the function's errors do not get to it. */
function isNotReached(found: LiveFunction, facts: ConsumerFacts, counts: Counts): Looked {
  const { failedRecords, throttles } = counts;
  const { State = 'Active', Environment, KMSKeyArn, Role, reserved } = found;
  if (failedRecords === 0 || throttles > 0 || reserved === 0 || State !== 'Active') {
    return undefined;
  }
  const page = ownPage('encryption.md');
  const ofKey = KMSKeyArn
    ? `look at the key ${KMSKeyArn}: it must be enabled, and let the role ${Role} decrypt (${page})`
    : `its key for the environment may belong to a role that was deleted. ${page}, "A role that is replaced": ${renewGrant(facts, Role)}`;
  return causesIn(facts, 'function')(
    'function-inactive',
    `${counted(failedRecords, 'attempt', 'attempts')} to deliver a record failed in the last ${RECENT} minutes, and ${facts.consumer.function.name} has no errors: Lambda does not reach it`,
    Environment?.Variables
      ? ofKey
      : `look at its network and its role: ${lambda(facts, 'get-function-configuration')}`,
  );
}

/** Setting another role and then this one renews the grant. */
function renewGrant(facts: ConsumerFacts, role: string | undefined): string {
  const set = (to: string) => lambda(facts, 'update-function-configuration', `--role ${to}`);
  const wait = lambda(facts, 'wait function-updated-v2');
  return [set('<another role that Lambda may assume>'), wait, set(`${role}`)].join('; then ');
}

function lambda({ consumer }: ConsumerFacts, command: string, ...more: readonly string[]): string {
  const { region } = consumer.account;
  const name = `--function-name ${consumer.function.name}`;
  return typed(['aws lambda', command, name, ...more, `--region ${region}`].join(' '));
}
