import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import { literal } from '../constructs/literal';
import { MetricAlarm } from '../constructs/metric-alarm';
import { MAPPING_METRICS } from '../constructs/metrics';
import type { ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the consumer's account: the event source mapping from a producer's stream to the function, and its alarm. */
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
      destinationConfig: {
        onFailure: {
          destinationArn: this.outputOf(subscription.consumerStackId, 'failed_batches_bucket_arn'),
        },
      },
      metricsConfig: { metrics: ['EventCount'] },
    });
    if (subscription.alarms) {
      new MetricAlarm(this, 'failed_batches', {
        name: `${subscription.functionName}-${subscription.stackId}-failed-batches`,
        description: `Records of ${subscription.stackId} were given up and are in the failed-batches bucket. Mend the cause, then npm run redrive.`,
        metric: MAPPING_METRICS.failedRecords,
        of: mapping.uuid,
        threshold: subscription.alarms.failedRecords,
        treatMissingData: 'notBreaching',
        topicArn: this.outputOf(subscription.consumerStackId, 'alarm_topic_arn'),
        provider: this.provider,
      });
    }

    this.output('event_source_mapping_uuid', mapping.uuid, 'UUID of the event source mapping');
  }
}
