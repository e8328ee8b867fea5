import { ALARMS } from '../../topology/limits';
import type { ResolvedFunction } from '../../topology/resolve';
import type { Alarm } from './alarms';
import { FUNCTION_METRICS, OWN_METRICS } from './metrics';

export const FUNCTION_ALARMS: readonly Alarm<ResolvedFunction>[] = [
  {
    id: 'iterator_age',
    metric: FUNCTION_METRICS.iteratorAge,
    threshold: (settings) => settings.iteratorAgeInSeconds * 1000,
    description: ({ name }) =>
      `${name} is behind: Lambda discards records at the subscription's maximum age, and they are lost 24 hours after they were written.`,
    // Without records nothing is delivered and nothing is sent; how late the last batch was still holds.
    treatMissingData: 'ignore',
  },
  {
    id: 'errors',
    metric: FUNCTION_METRICS.errors,
    threshold: (settings) => settings.errors,
    description: ({ name }) =>
      `Invocations of ${name} fail. Lambda retries their batches until the limits of the subscription.`,
  },
  {
    id: 'failed_changes',
    metric: OWN_METRICS.changesFailed,
    // Only the handler of lambda-src/ writes this metric.
    threshold: (settings, lambda) =>
      lambda.type === 'created' && lambda.code.type === 'entry' ? settings.errors : undefined,
    description: ({ name }) =>
      `Changes fail in ${name}, including those that a batch processor reports, which Lambda does not count as errors. Lambda retries them until the limits of the subscription.`,
  },
  {
    id: 'throttles',
    metric: FUNCTION_METRICS.throttles,
    threshold: (settings) => settings.throttles,
    description: ({ name }) => `Invocations of ${name} are refused for lack of concurrency.`,
  },
  {
    id: 'concurrency',
    metric: FUNCTION_METRICS.concurrentExecutions,
    // Without a reservation only the user knows how much of the account's concurrency is too much.
    threshold: (settings, lambda) => {
      const reserved = lambda.type === 'created' ? lambda.reservedConcurrentExecutions : undefined;
      return (
        settings.concurrentExecutions ??
        (reserved && Math.ceil((reserved * ALARMS.concurrency) / 100))
      );
    },
    periods: 3,
    description: ({ name }, _, threshold) =>
      `${name} has had ${threshold} invocations at a time for 15 minutes: one table may be using the concurrency that the others need. Look at the changes by account and table, then reserve more, or give that table its own consumer.`,
  },
  {
    id: 'duration',
    metric: FUNCTION_METRICS.duration,
    // The timeout of a function of others is theirs to change; an invocation that it ends is an error.
    threshold: (settings, lambda) =>
      lambda.type === 'created' ? lambda.timeout * 10 * settings.durationInPercent : undefined,
    description: ({ name }, { durationInPercent }, threshold) =>
      `An invocation of ${name} took ${durationInPercent}% of its timeout of ${threshold / 10 / durationInPercent} seconds.`,
  },
  {
    id: 'destination_failures',
    metric: FUNCTION_METRICS.destinationDeliveryFailures,
    threshold: () => 1,
    description: ({ name }) =>
      `Lambda could not write a failed batch of ${name} to its bucket: its records are lost unless they are still in the stream.`,
  },
];
