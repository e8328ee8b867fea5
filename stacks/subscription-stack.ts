import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import { alarmTopicArn } from '../constructs/monitoring/consumer-alarms';
import { MetricAlarm } from '../constructs/monitoring/metric-alarm';
import { MAPPING_METRICS } from '../constructs/monitoring/metrics';
import { literal } from '../constructs/terraform/literal';
import { arns } from '../topology/arns';
import { filterPattern } from '../topology/filter-pattern';
import type { ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import type { Alarms } from '../topology/schema';
import { AccountStack } from './account-stack';

/** In the consumer's account: the event source mapping from a producer's stream to the function, and its alarms. */
export class SubscriptionStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, subscription: ResolvedSubscription) {
    super(scope, subscription.stackId, {
      topology,
      account: subscription.account,
      alias: 'consumer',
    });

    const { account, source, producerStackId, consumerStackId, functionName } = subscription;
    const mapping = new LambdaEventSourceMapping(this, 'event_source_mapping', {
      eventSourceArn: this.outputOf(producerStackId, 'stream_arn', {
        streamOf: arns.streams(source),
      }),
      functionName: this.outputOf(
        consumerStackId,
        'function_arn',
        arns.function(account, functionName),
      ),
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
                pattern: literal(this, filterPattern(pattern)),
              })),
            },
      destinationConfig: {
        onFailure: {
          destinationArn: this.outputOf(
            consumerStackId,
            'failed_batches_bucket_arn',
            arns.bucket(account, subscription.failedBatchesBucket),
          ),
        },
      },
      metricsConfig: { metrics: ['EventCount'] },
    });
    if (subscription.alarms) this.createAlarms(mapping.uuid, subscription, subscription.alarms);

    this.output('event_source_mapping_uuid', mapping.uuid, 'UUID of the event source mapping');
  }

  private createAlarms(
    mapping: string,
    subscription: ResolvedSubscription,
    settings: Alarms,
  ): void {
    const { functionName, stackId, consumerStackId, enabled } = subscription;
    const shared = {
      of: mapping,
      topicArn: this.outputOf(
        consumerStackId,
        'alarm_topic_arn',
        alarmTopicArn(settings, subscription),
      ),
    };
    new MetricAlarm(this, 'failed_batches', {
      name: `${functionName}-${stackId}-failed-batches`,
      description: `Lambda discarded records of ${stackId}; they wait in the failed-batches bucket. Remove the cause, then npm run redrive.`,
      metric: MAPPING_METRICS.failedRecords,
      threshold: settings.failedRecords,
      treatMissingData: 'notBreaching',
      ...shared,
    });
    new MetricAlarm(this, 'lost_records', {
      name: `${functionName}-${stackId}-lost-records`,
      description: `Lambda discarded records of ${stackId} and could not write them to the failed-batches bucket. They are lost unless they are still in the stream.`,
      metric: MAPPING_METRICS.droppedRecords,
      threshold: 1,
      treatMissingData: 'notBreaching',
      ...shared,
    });
    if (!enabled) return; // nothing is read, and nothing is invoked
    new MetricAlarm(this, 'failed_invokes', {
      name: `${functionName}-${stackId}-failed-invokes`,
      description: `Invocations for ${stackId} have failed for 15 minutes. If ${functionName} has no errors of its own, Lambda does not reach it: look at the mapping's last result, and at the function's state, role, key and network.`,
      metric: MAPPING_METRICS.failedInvokes,
      threshold: 1,
      // One failure is an alarm of the function. What never reaches it fails until the records are too old.
      periods: 3,
      treatMissingData: 'notBreaching',
      ...shared,
    });
    new MetricAlarm(this, 'not_polled', {
      name: `${functionName}-${stackId}-not-polled`,
      description: `INSUFFICIENT_DATA means that Lambda no longer reads the stream of ${stackId}, which keeps records for 24 hours. Look at the mapping's last result, the stream's policy, the role and the table's key.`,
      metric: MAPPING_METRICS.polls,
      threshold: 1,
      below: true,
      periods: 3,
      treatMissingData: 'missing',
      ...shared,
    });
  }
}
