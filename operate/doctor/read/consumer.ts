import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import {
  FUNCTION_METRICS,
  MAPPING_METRICS,
  OWN_METRICS,
  PERIOD,
} from '../../../constructs/monitoring/metrics';
import { names } from '../../../topology/names';
import type { ResolvedConsumer, ResolvedSubscription } from '../../../topology/resolve';
import { RECENT } from '../times';
import { readAlarms, readEmail } from './alarms';
import { readFailedBatches } from './failed-batches';
import { readFunction, readLogGroup, readUnreserved } from './function';
import { readKey } from './key';
import { listMappings, readMapping } from './mapping';
import { readMetrics, type Series } from './metrics';
import { type Found, isFound, type Reader } from './reader';
import { readRole, readRolePolicies } from './role';
import type { StackState } from './states';

const HOUR = 3600;

export type LiveConsumer = Awaited<ReturnType<typeof readConsumer>>;

/** What the consumer's account has of it and its subscriptions. What need not be read is `unknown`. */
export async function readConsumer(
  reader: Reader,
  consumer: ResolvedConsumer,
  subscriptions: readonly ResolvedSubscription[],
  states: Promise<ReadonlyMap<string, StackState>>,
  now: Date,
) {
  const { encryption } = consumer;
  const { name } = consumer.function;
  const keyId =
    typeof encryption === 'object' ? encryption.kmsKeyArn : names.functionKeyAlias(name);
  const [role, rolePolicies, lambda, logGroup, key, alarms, emails, failedBatches, usage] =
    await Promise.all([
      readRole(reader, consumer),
      readRolePolicies(reader, consumer),
      readFunction(reader, consumer),
      readLogGroup(reader, consumer),
      encryption === 'aws-owned' ? 'unknown' : readKey(reader, consumer, keyId),
      readAlarms(reader, consumer),
      readEmail(reader, consumer),
      readFailedBatches(reader, consumer),
      states.then((read) => readUsage(reader, consumer, subscriptions, read, now)),
    ] as const);
  // Only asked where it explains something.
  const isThrottled = usage.metrics.sum(FUNCTION_METRICS.throttles, name, RECENT) > 0;
  const unreserved = isThrottled ? await readUnreserved(reader, consumer) : 'unknown';
  return {
    consumer,
    role,
    rolePolicies,
    function: lambda,
    logGroup,
    key,
    alarms,
    emails,
    failedBatches,
    unreserved,
    ...usage,
  };
}

/** Mappings by the IDs of their stacks, and what they and the function measured. */
async function readUsage(
  reader: Reader,
  consumer: ResolvedConsumer,
  subscriptions: readonly ResolvedSubscription[],
  states: ReadonlyMap<string, StackState>,
  now: Date,
) {
  const isNew = subscriptions.some(({ stackId }) => states.get(stackId)?.state === 'absent');
  const existing = isNew ? await listMappings(reader, consumer) : 'unknown';
  const mappings = new Map<string, Found<EventSourceMappingConfiguration>>();
  const reads = subscriptions.map(async (each) => {
    const { stackId } = each;
    mappings.set(stackId, await readMapping(reader, each, states.get(stackId), existing));
  });
  await Promise.all(reads);
  const series = [
    ...seriesOfFunction(consumer),
    ...[...mappings.values()].filter(isFound).flatMap(({ UUID = '' }) => seriesOfMapping(UUID)),
  ];
  return { mappings, metrics: await readMetrics(reader, consumer.stackId, series, now) };
}

function seriesOfFunction({ function: { name: owner } }: ResolvedConsumer): Series[] {
  const { errors, throttles, iteratorAge } = FUNCTION_METRICS;
  const metrics = [errors, throttles, iteratorAge, OWN_METRICS.changesFailed];
  return metrics.map((metric) => ({ metric, owner, period: PERIOD }));
}

function seriesOfMapping(owner: string): Series[] {
  const { failedInvokes, polls, droppedRecords, polledRecords, filteredRecords } = MAPPING_METRICS;
  const ofADay = [droppedRecords, polledRecords, filteredRecords];
  return [
    ...[failedInvokes, polls].map((metric) => ({ metric, owner, period: PERIOD })),
    ...ofADay.map((metric) => ({ metric, owner, period: HOUR })),
  ];
}
