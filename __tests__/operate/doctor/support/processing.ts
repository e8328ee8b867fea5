import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Metric } from '../../../../constructs/monitoring/metrics';
import type { LiveConsumer } from '../../../../operate/doctor/read/consumer';
import { keyOf, Metrics } from '../../../../operate/doctor/read/metrics';
import { STREAM_LABEL } from '../../../../review/read/attributes';
import type { Stacks } from '../../../../review/read/resources';
import { arns } from '../../../../topology/arns';
import type {
  ResolvedConsumer,
  ResolvedSubscription,
  ResolvedTopology,
} from '../../../../topology/resolve';

export const NOW = new Date('2026-11-27T12:00:00Z');

/** A function that processes what its mappings read, without anything measured yet. */
export function liveProcessing(
  { stackId, account, role: { arn }, function: lambda }: ResolvedConsumer,
  { subscriptions }: ResolvedTopology,
  stacks: Stacks,
): Omit<LiveConsumer, 'consumer' | 'role' | 'rolePolicies' | 'logGroup' | 'key'> {
  return {
    function: {
      FunctionName: lambda.name,
      FunctionArn: arns.function(account, lambda.name),
      Role: arn,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${lambda.name}` },
    },
    unreserved: 'unknown',
    alarms: [],
    emails: 'unknown',
    failedBatches: [],
    mappings: new Map(
      subscriptions
        .filter(({ consumerStackId }) => consumerStackId === stackId)
        .map((each, index) => [each.stackId, liveMapping(each, index, stacks)]),
    ),
    metrics: new Metrics(NOW, new Map()),
  };
}

/** That of a consumer's first subscription ends with 0. */
export const UUID = '14e0db71-5d35-4eb5-b481-8945cf9d10c';

function liveMapping(
  subscription: ResolvedSubscription,
  index: number,
  stacks: Stacks,
): EventSourceMappingConfiguration {
  const meant = stacks
    .resources('aws_lambda_event_source_mapping')
    .find(({ stack }) => stack.id === subscription.stackId);
  const { account, source, stream, filters } = subscription;
  return {
    UUID: `${UUID}${index}`,
    StartingPosition: subscription.startingPosition,
    BatchSize: subscription.batchSize,
    MaximumBatchingWindowInSeconds: subscription.maximumBatchingWindowInSeconds,
    ParallelizationFactor: subscription.parallelizationFactor,
    EventSourceArn: 'arn' in stream ? stream.arn : `${arns.streams(source)}${STREAM_LABEL}`,
    FilterCriteria: filters.length
      ? { Filters: filters.map((each) => ({ Pattern: JSON.stringify(each) })) }
      : undefined,
    FunctionArn: arns.function(account, subscription.functionName),
    LastModified: new Date('2026-11-20T08:00:00Z'),
    LastProcessingResult: 'OK',
    State: subscription.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'User action',
    DestinationConfig: {
      OnFailure: { Destination: meant?.text('destination_config.on_failure.destination_arn') },
    },
    MaximumRecordAgeInSeconds: subscription.maximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: subscription.bisectBatchOnFunctionError,
    MaximumRetryAttempts: subscription.maximumRetryAttempts,
    TumblingWindowInSeconds: subscription.tumblingWindowInSeconds,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MetricsConfig: { Metrics: ['EventCount'] },
  };
}

/** What was measured: values by how many minutes ago their period began, the last one first. */
export function measured(
  ...series: readonly (readonly [Metric, owner: string, values: Readonly<Record<number, number>>])[]
): Metrics {
  return new Metrics(
    NOW,
    new Map(
      series.map(([metric, owner, values]) => [
        keyOf({ metric, owner }),
        Object.entries(values).map(([minutes, value]) => {
          return { at: new Date(NOW.getTime() - Number(minutes) * 60_000), value };
        }),
      ]),
    ),
  );
}
