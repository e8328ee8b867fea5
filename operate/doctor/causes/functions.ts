import {
  FUNCTION_METRICS,
  MAPPING_METRICS,
  OWN_METRICS,
} from '../../../constructs/monitoring/metrics';
import { names } from '../../../topology/names';
import { ownPage } from '../../../topology/own-files';
import { makesFunction } from '../../../topology/resolve';
import { counted } from '../../redrive/report';
import type { Cause } from '../cause';
import type { ConsumerFacts, Facts } from '../facts';
import type { LiveFunction } from '../read/function';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';
import { RECENT } from '../times';

type Found = Pick<Cause, 'cause' | 'message' | 'remedy'> | undefined;

/** Functions that are not there, that Lambda does not invoke, and those that fail. */
export function functions({ consumers }: Facts): Cause[] {
  return consumers.flatMap((facts) => {
    const { consumer, account, function: found } = facts;
    const place = { account, stack: consumer.stackId, part: 'function' };
    return causesOf(found, facts)
      .filter((each) => each !== undefined)
      .map((each) => ({ ...each, ...place }));
  });
}

function causesOf(found: ConsumerFacts['function'], facts: ConsumerFacts): Found[] {
  if (found === 'absent') return [missing(facts)];
  if (!isFound(found)) return [];
  const counts = countsOf(facts);
  return [
    isInactive(found, facts, counts),
    isNotUpdated(found, facts),
    isPaused(found, facts) ?? isThrottled(found, facts, counts),
    fails(found, facts, counts) ?? isNotReached(found, facts, counts),
  ];
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
    /** Records of invocations that failed, whether or not they reached the function. */
    failedRecords: uuids.reduce(
      (sum, uuid) => sum + metrics.sum(MAPPING_METRICS.failedInvokes, uuid, RECENT),
      0,
    ),
  };
}

type Counts = ReturnType<typeof countsOf>;

function missing({ consumer }: ConsumerFacts): Found {
  const { name } = consumer.function;
  const { id, region } = consumer.account;
  return {
    cause: 'function-missing',
    message: `the function ${name} is not in account ${id}, ${region}: nothing processes the records, and Lambda retries them`,
    remedy: makesFunction(consumer)
      ? `${deploy(consumer.stackId)} creates it again`
      : 'whoever owns it creates it again, or name another one as existingFunction',
  };
}

/** Lambda makes one that was idle active again when a record comes. */
function isInactive(
  { State = 'Active', StateReason, StateReasonCode, Role }: LiveFunction,
  facts: ConsumerFacts,
  { failedRecords }: Counts,
): Found {
  const isIdle = StateReasonCode === 'Idle' && failedRecords === 0;
  if (!(State in INACTIVE) || isIdle) return undefined;
  const update = `remove that, then update it: ${lambda(facts, 'update-function-configuration', `--role ${Role}`)}`;
  const wait = `wait until it is active: ${lambda(facts, 'wait function-active-v2')}`;
  return {
    cause: 'function-inactive',
    message: `the function ${facts.consumer.function.name} is ${State}, so Lambda does not invoke it: ${StateReason} (${StateReasonCode})`,
    remedy: State === 'Pending' ? wait : update,
  };
}

const INACTIVE = { Pending: true, Inactive: true, Failed: true };

function isNotUpdated(found: LiveFunction, { consumer }: ConsumerFacts): Found {
  const { LastUpdateStatus, LastUpdateStatusReason, LastUpdateStatusReasonCode } = found;
  if (LastUpdateStatus !== 'Failed') return undefined;
  return {
    cause: 'function-inactive',
    message: `the last update of the function ${consumer.function.name} failed, so it runs what it had before: ${LastUpdateStatusReason} (${LastUpdateStatusReasonCode})`,
    remedy: makesFunction(consumer)
      ? `remove that, then ${deploy(consumer.stackId)}`
      : 'its owner removes that, and updates it again',
  };
}

function isPaused({ reserved }: LiveFunction, facts: ConsumerFacts): Found {
  const { consumer } = facts;
  if (reserved !== 0) return undefined;
  return {
    cause: 'function-paused',
    message: `the reserved concurrency of the function ${consumer.function.name} is 0: Lambda does not invoke it, but reads on, and discards records at the maximum age of their subscription`,
    remedy: makesFunction(consumer)
      ? `${deploy(consumer.stackId)} sets what the topology has; to pause, write enabled: false for its subscriptions`
      : `its owner runs ${lambda(facts, 'delete-function-concurrency')}; to pause, write enabled: false for its subscriptions`,
  };
}

function isThrottled(
  { reserved }: LiveFunction,
  { consumer, unreserved }: ConsumerFacts,
  { throttles }: Counts,
): Found {
  if (throttles === 0) return undefined;
  const { region } = consumer.account;
  const shared = isFound(unreserved) ? `the ${unreserved}` : 'that';
  const concurrency =
    reserved === undefined
      ? `none is reserved, so it shares ${shared} of the account with other functions`
      : `its reserved concurrency is ${reserved}`;
  const raise = makesFunction(consumer)
    ? `raise (or write) function.reservedConcurrentExecutions of ${consumer.name}, then ${deploy(consumer.stackId)}`
    : 'its owner reserves more';
  return {
    cause: 'function-throttled',
    message: `Lambda refused ${counted(throttles, 'invocation', 'invocations')} of ${consumer.function.name} in the last ${RECENT} minutes for lack of concurrency: ${concurrency}`,
    remedy: `${raise}; for more in the account: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value <number> --region ${region}`,
  };
}

function fails(found: LiveFunction, facts: ConsumerFacts, counts: Counts): Found {
  const { consumer } = facts;
  const { name } = consumer.function;
  const { errors, failedChanges, failedRecords, throttles } = counts;
  // The code of others may report records without a metric of it.
  const isSilent = !writesMetrics(facts) && found.reserved !== 0 && throttles === 0;
  const what = [
    errors > 0 && `${counted(errors, 'invocation', 'invocations')} of ${name} failed`,
    failedChanges > 0 && `${counted(failedChanges, 'change', 'changes')} failed in ${name}`,
    errors === 0 &&
      isSilent &&
      failedRecords > 0 &&
      `${counted(failedRecords, 'record', 'records')} failed in ${name}`,
  ].filter(Boolean);
  if (what.length === 0) return undefined;
  const group = found.LoggingConfig?.LogGroup ?? names.logGroup(name);
  const { region } = consumer.account;
  const deployed = makesFunction(consumer) ? deploy(consumer.stackId) : 'deploy it';
  return {
    cause: 'function-fails',
    message: `${what.join(', and ')} in the last ${RECENT} minutes; Lambda retries until the limits of the subscription. The log group is ${group}`,
    remedy: `aws logs tail ${group} --since ${RECENT}m --region ${region} shows why; correct the code, then ${deployed}. What Lambda discarded meanwhile: npm run redrive -- --consumer ${consumer.name}`,
  };
}

/** Whether the handler of lambda-src/ runs, which counts its changes. */
function writesMetrics({ consumer }: ConsumerFacts): boolean {
  return makesFunction(consumer) && consumer.function.code.type === 'entry';
}

/** Invocations that fail without one of the function's errors do not get to it. */
function isNotReached(found: LiveFunction, facts: ConsumerFacts, counts: Counts): Found {
  const { failedRecords, throttles } = counts;
  const { State = 'Active', Environment, KMSKeyArn, Role, reserved } = found;
  if (failedRecords === 0 || throttles > 0 || reserved === 0 || State !== 'Active') {
    return undefined;
  }
  const ofKey = KMSKeyArn
    ? `look at the key ${KMSKeyArn}: it must be enabled, and let the role ${Role} decrypt (${ownPage('encryption.md')})`
    : `its key for the environment may belong to a role that was deleted. ${ownPage('encryption.md')}, "A role that is replaced": ${renewGrant(facts, Role)}`;
  return {
    cause: 'function-inactive',
    message: `invocations for ${counted(failedRecords, 'record', 'records')} failed in the last ${RECENT} minutes, and ${facts.consumer.function.name} has no errors: Lambda does not reach it`,
    remedy: Environment?.Variables
      ? ofKey
      : `look at its network and its role: ${lambda(facts, 'get-function-configuration')}`,
  };
}

/** Setting another role and then this one renews the grant. */
function renewGrant(facts: ConsumerFacts, role: string | undefined): string {
  const set = (to: string) => lambda(facts, 'update-function-configuration', `--role ${to}`);
  const wait = lambda(facts, 'wait function-updated-v2');
  return `${set('<another role that Lambda may assume>')} && ${wait} && ${set(`${role}`)}`;
}

function lambda({ consumer }: ConsumerFacts, command: string, ...more: readonly string[]): string {
  const { region } = consumer.account;
  const name = `--function-name ${consumer.function.name}`;
  return ['aws lambda', command, name, ...more, `--region ${region}`].join(' ');
}
