import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import { literal } from '../constructs/literal';
import type { ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the consumer's account: the event source mapping from a producer's stream to the function. */
export class SubscriptionStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, subscription: ResolvedSubscription) {
    super(scope, subscription.stackId, {
      topology,
      account: subscription.account,
      alias: 'consumer',
    });

    const mapping = new LambdaEventSourceMapping(this, 'event_source_mapping', {
      provider: this.provider,
      eventSourceArn: this.outputOf(subscription.producerStackId, 'stream_arn'),
      functionName: this.outputOf(subscription.consumerStackId, 'function_arn'),
      enabled: subscription.enabled,
      startingPosition: subscription.startingPosition,
      batchSize: subscription.batchSize,
      maximumBatchingWindowInSeconds: subscription.maximumBatchingWindowInSeconds,
      parallelizationFactor: subscription.parallelizationFactor,
      bisectBatchOnFunctionError: subscription.bisectBatchOnFunctionError,
      maximumRetryAttempts: subscription.maximumRetryAttempts,
      maximumRecordAgeInSeconds: subscription.maximumRecordAgeInSeconds,
      tumblingWindowInSeconds: subscription.tumblingWindowInSeconds,
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria:
        subscription.filters.length === 0
          ? undefined
          : {
              filter: subscription.filters.map((pattern) => ({
                pattern: literal(this, JSON.stringify(pattern)),
              })),
            },
      metricsConfig: { metrics: ['EventCount'] },
    });

    this.output('event_source_mapping_uuid', mapping.uuid, 'UUID of the event source mapping');
  }
}
