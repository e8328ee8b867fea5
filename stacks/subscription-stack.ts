import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import { createAlarms } from '../constructs/monitoring/alarms';
import { alarmTopicArn } from '../constructs/monitoring/consumer-alarms';
import { MAPPING_ALARMS } from '../constructs/monitoring/mapping-alarms';
import { literal } from '../constructs/terraform/literal';
import { arns } from '../topology/arns';
import type { ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import type { Alarms } from '../topology/schema/consumer';
import { filterPattern } from '../topology/unicode';
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
    if (subscription.alarms) this.createAlarms(mapping, subscription, subscription.alarms);

    this.output('event_source_mapping_uuid', mapping.uuid, 'UUID of the event source mapping');
  }

  private createAlarms(
    { uuid }: LambdaEventSourceMapping,
    subscription: ResolvedSubscription,
    settings: Alarms,
  ): void {
    const { functionName, stackId, consumerStackId } = subscription;
    const expected = alarmTopicArn(settings, subscription);
    const topicArn = this.outputOf(consumerStackId, 'alarm_topic_arn', expected);
    const target = { topicArn, name: `${functionName}-${stackId}`, dimensionValue: uuid };
    createAlarms(this, MAPPING_ALARMS, { settings, subscription }, target);
  }
}
