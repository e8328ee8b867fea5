import type { ResolvedSubscription } from '../../topology/resolve';
import type { Alarms } from '../../topology/schema/consumer';
import type { Alarm } from './alarms';
import { MAPPING_METRICS } from './metrics';

/** While a subscription is disabled nothing is read, and nothing is invoked. */
const onceEnabled = (_: Alarms, { enabled }: ResolvedSubscription) => (enabled ? 1 : undefined);

export const MAPPING_ALARMS: readonly Alarm<ResolvedSubscription>[] = [
  {
    id: 'failed_batches',
    metric: MAPPING_METRICS.failedRecords,
    threshold: (settings) => settings.failedRecords,
    description: ({ stackId, consumer }) =>
      `Lambda discarded records of ${stackId}; they wait in the failed-batches bucket. Once the cause is removed, npm run redrive -- --consumer ${consumer} delivers them again.`,
  },
  {
    id: 'lost_records',
    metric: MAPPING_METRICS.droppedRecords,
    threshold: () => 1,
    description: ({ stackId }) =>
      `Lambda discarded records of ${stackId} and could not write them to the failed-batches bucket. They are lost unless they are still in the stream.`,
  },
  {
    id: 'failed_invokes',
    metric: MAPPING_METRICS.failedInvokes,
    threshold: onceEnabled,
    // One failure is an alarm of the function. What never reaches it fails until the records are too old.
    periods: 3,
    description: ({ stackId, functionName }) =>
      `Invocations for ${stackId} have failed for 15 minutes. If ${functionName} shows no errors, Lambda does not reach it.`,
  },
  {
    id: 'not_polled',
    metric: MAPPING_METRICS.polls,
    threshold: onceEnabled,
    below: true,
    periods: 3,
    treatMissingData: 'missing',
    description: ({ stackId }) =>
      `INSUFFICIENT_DATA means that Lambda no longer reads the stream of ${stackId}, which keeps records for 24 hours.`,
  },
];
