import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import {
  FUNCTION_METRICS,
  MAPPING_METRICS,
  OWN_METRICS,
  PERIOD,
} from '../../../constructs/monitoring/metrics';
import type { ResolvedConsumer, ResolvedSubscription } from '../../../topology/resolve';
import { RECENT } from '../times';
import { readAlarms, readEmail } from './alarms';
import { readFailedBatches } from './failed-batches';
import { readFunction, readUnreserved } from './function';
import { listMappings, readMapping } from './mapping';
import { readMetrics, type Series } from './metrics';
import { type Found, isFound, type Reader } from './reader';
import type { StackState } from './states';

const HOUR = 3600;

/** The function and its mappings, what they measured, what is raised and what waits. */
export async function readProcessing(
  reader: Reader,
  consumer: ResolvedConsumer,
  subscriptions: readonly ResolvedSubscription[],
  states: Promise<ReadonlyMap<string, StackState>>,
  now: Date,
) {
  const [lambda, alarms, emails, failedBatches, usage] = await Promise.all([
    readFunction(reader, consumer),
    readAlarms(reader, consumer),
    readEmail(reader, consumer),
    readFailedBatches(reader, consumer),
    states.then((read) => readUsage(reader, consumer, subscriptions, read, now)),
  ]);
  const throttled = usage.metrics.sum(FUNCTION_METRICS.throttles, consumer.function.name, RECENT);
  // Only asked where it explains something.
  const unreserved = throttled > 0 ? await readUnreserved(reader, consumer) : 'unknown';
  return { function: lambda, unreserved, alarms, emails, failedBatches, ...usage };
}

/** Mappings by the IDs of their stacks. */
async function readUsage(
  reader: Reader,
  consumer: ResolvedConsumer,
  subscriptions: readonly ResolvedSubscription[],
  states: ReadonlyMap<string, StackState>,
  now: Date,
) {
  let listed: ReturnType<typeof listMappings> | undefined;
  const existing = () => {
    listed ??= listMappings(reader, consumer);
    return listed;
  };
  const read = async (subscription: ResolvedSubscription) => {
    const { stackId } = subscription;
    const mapping = await readMapping(reader, subscription, states.get(stackId), existing);
    return [stackId, mapping] as const;
  };
  const mappings: ReadonlyMap<string, Found<EventSourceMappingConfiguration>> = new Map(
    await Promise.all(subscriptions.map(read)),
  );
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
  return [
    ...[failedInvokes, polls].map((metric) => ({ metric, owner, period: PERIOD })),
    ...[droppedRecords, polledRecords, filteredRecords].map((metric) => ({
      metric,
      owner,
      period: HOUR,
    })),
  ];
}
