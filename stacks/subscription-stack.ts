import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import { createAlarms } from '../constructs/monitoring/alarms';
import { MAPPING_ALARMS } from '../constructs/monitoring/mapping-alarms';
import { literal } from '../constructs/terraform/literal';
import { arns } from '../topology/arns';
import { names } from '../topology/names';
import type { ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import type { Alarms } from '../topology/schema/consumer';
import { filterPattern } from '../topology/unicode';
import { AccountStack } from './account-stack';

/** In the consumer's account: the event source mapping from a stream to the function, and its alarms. */
export class SubscriptionStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, subscription: ResolvedSubscription) {
    const { stackId, account, alarms } = subscription;
    super(scope, stackId, topology, account, 'consumer');

    const mapping = this.createMapping(subscription);
    if (alarms) this.createAlarms(mapping, subscription, alarms);
    this.output('event_source_mapping_uuid', mapping.uuid, 'UUID of the event source mapping');
  }

  private createMapping(subscription: ResolvedSubscription): LambdaEventSourceMapping {
    const { account, source, stream, consumerStackId, filters, ...settings } = subscription;
    const streamOf = arns.streams(source);
    const eventSourceArn =
      'arn' in stream
        ? stream.arn
        : this.outputOf(stream.producerStackId, 'stream_arn', { streamOf });
    const functionArn = arns.function(account, settings.functionName);
    const functionName = this.outputOf(consumerStackId, 'function_arn', functionArn);
    const bucketArn = arns.bucket(account, settings.failedBatchesBucket);
    const destinationArn = this.outputOf(consumerStackId, 'failed_batches_bucket_arn', bucketArn);
    const filter = filters.map((pattern) => ({ pattern: literal(this, filterPattern(pattern)) }));
    return new LambdaEventSourceMapping(this, 'event_source_mapping', {
      ...settings, // in the topology they have Terraform's names
      eventSourceArn,
      functionName,
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria: filter.length === 0 ? undefined : { filter },
      destinationConfig: { onFailure: { destinationArn } },
      metricsConfig: { metrics: ['EventCount'] },
    });
  }

  private createAlarms(
    { uuid }: LambdaEventSourceMapping,
    subscription: ResolvedSubscription,
    settings: Alarms,
  ): void {
    const { account, functionName, stackId, consumerStackId } = subscription;
    const expected = settings.topicArn ?? arns.topic(account, names.topic(functionName));
    const topicArn = this.outputOf(consumerStackId, 'alarm_topic_arn', expected);
    const name = names.mappingAlarms(functionName, stackId);
    const target = { topicArn, name, dimensionValue: uuid, subscriptions: stackId };
    createAlarms(this, MAPPING_ALARMS, settings, subscription, target);
  }
}
