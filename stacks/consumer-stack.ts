import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { ConsumerFunction } from '../constructs/consumer-function';
import { ExecutionRole } from '../constructs/execution-role';
import { AlarmTopic } from '../constructs/monitoring/alarm-topic';
import { createAlarms } from '../constructs/monitoring/alarms';
import { Dashboard } from '../constructs/monitoring/dashboard';
import { FUNCTION_ALARMS } from '../constructs/monitoring/function-alarms';
import { PrivateBucket } from '../constructs/private-bucket';
import { createSink } from '../constructs/sinks';
import { literal } from '../constructs/terraform/literal';
import { names } from '../topology/names';
import type { ResolvedConsumer, ResolvedTopology } from '../topology/resolve';
import type { Alarms } from '../topology/schema/consumer';
import { AccountStack } from './account-stack';

/**
 * In the consumer's account: the execution role, the function and its log, the bucket of its failed
 * batches, its sink, its alarms and its dashboard.
 */
export class ConsumerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, consumer: ResolvedConsumer) {
    super(scope, consumer.stackId, { topology, account: consumer.account, alias: 'consumer' });

    const logGroup = new CloudwatchLogGroup(this, 'log', {
      name: names.logGroup(consumer.function.name),
      retentionInDays: consumer.function.logRetentionInDays,
    });
    const failedBatches = this.createFailedBatches(consumer);
    const sink = createSink(this, consumer);
    const role = new ExecutionRole(this, 'execution_role', {
      consumer,
      targets: {
        logGroupArn: logGroup.arn,
        failedBatchesArn: failedBatches.arn,
        bucketOwner: consumer.account.id,
      },
      grants: sink.grants,
    });
    const { resource: lambda } = new ConsumerFunction(this, 'processor', {
      consumer,
      roleArn: role.arn,
      references: sink.references,
      logGroup,
    });
    new Dashboard(this, 'dashboard', {
      functionName: lambda.functionName,
      logGroupName: logGroup.name,
      region: consumer.account.region,
    });

    this.output('role_arn', role.settledArn, 'ARN of the execution role');
    this.output('function_name', lambda.functionName, 'Name of the function');
    this.output('function_arn', lambda.arn, 'ARN of the function');
    this.output('failed_batches_bucket_arn', failedBatches.arn, 'ARN of the failed-batches bucket');
    if (consumer.alarms) {
      const topicArn = this.createAlarms(consumer.alarms, consumer, lambda.functionName);
      this.output('alarm_topic_arn', topicArn, 'ARN of the topic that alarms are sent to');
    }
  }

  private createFailedBatches({ failedBatches }: ResolvedConsumer): S3Bucket {
    const expire = { id: 'expire', expiration: [{ days: failedBatches.expirationInDays }] };
    return new PrivateBucket(this, 'failed_batches', {
      name: failedBatches.bucket,
      lifecycleRules: [expire],
    }).resource;
  }

  /** @returns the ARN of the topic, of these alarms and of those of the subscriptions */
  private createAlarms(
    settings: Alarms,
    { account, function: lambda }: ResolvedConsumer,
    dimensionValue: string,
  ): string {
    const scope = new Construct(this, 'alarms');
    const { name } = lambda;
    const topicArn = settings.topicArn ?? new AlarmTopic(scope, names.topic(name), account).arn;
    if (settings.email !== undefined) {
      const endpoint = literal(this, settings.email);
      new SnsTopicSubscription(scope, 'email', { topicArn, protocol: 'email', endpoint });
    }
    createAlarms(scope, FUNCTION_ALARMS, { settings, lambda }, { topicArn, name, dimensionValue });
    return topicArn;
  }
}
