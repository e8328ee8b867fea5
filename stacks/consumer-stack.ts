import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { createFunction } from '../constructs/consumer-function';
import { consumerKey } from '../constructs/consumer-key';
import { createExecutionRole } from '../constructs/execution-role';
import { findFunction } from '../constructs/existing-function';
import { findRole } from '../constructs/existing-role';
import { createAlarmTopic } from '../constructs/monitoring/alarm-topic';
import { createAlarms } from '../constructs/monitoring/alarms';
import { createDashboard } from '../constructs/monitoring/dashboard';
import { FUNCTION_ALARMS } from '../constructs/monitoring/function-alarms';
import { createPrivateBucket } from '../constructs/private-bucket';
import { createSink } from '../constructs/sinks';
import { jsonEncode, literal } from '../constructs/terraform/literal';
import { statementsOfKeyOwner, useOfKey } from '../policies/consumer-key';
import { functionPolicy } from '../policies/execution-role';
import { producerStatement } from '../policies/producer-statement';
import { renderStatement, type Statement } from '../policies/statement';
import { names, subscriptionStackId } from '../topology/names';
import {
  type FunctionMaker,
  makesFunction,
  type ResolvedConsumer,
  type ResolvedTopology,
} from '../topology/resolve';
import type { Alarms } from '../topology/schema/consumer';
import { AccountStack } from './account-stack';

/**
 * In the consumer's account: the execution role, the function and its log, the bucket of its failed
 * batches, its sink, its alarms and its dashboard.
 */
export class ConsumerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, consumer: ResolvedConsumer) {
    super(scope, consumer.stackId, topology, consumer.account, 'consumer');

    const kmsKeyArn = consumerKey(this, consumer);
    const logGroup = makesFunction(consumer) ? this.createLogGroup(consumer, kmsKeyArn) : undefined;
    const { bucket: name, expirationInDays } = consumer.failedBatches;
    const failedBatches = createPrivateBucket(this, 'failed_batches', {
      name,
      kmsKeyId: kmsKeyArn,
      lifecycleRules: [{ id: 'expire', expiration: [{ days: expirationInDays }] }],
    });
    const { grants, references } = createSink(this, consumer, kmsKeyArn);
    const arns = { logGroupArn: logGroup?.arn, failedBatchesArn: failedBatches.arn };
    const ofKey = kmsKeyArn === undefined ? [] : useOfKey(consumer, kmsKeyArn);
    const ofFunction = functionPolicy(consumer, arns, [...grants, ...ofKey]);
    const role =
      consumer.role.type === 'created'
        ? createExecutionRole(this, consumer.role, consumer, ofFunction)
        : this.findRole(consumer, ofFunction);
    const arnsOfFunction = { role: role.arn, kmsKeyArn };
    // Lambda would make a log group that keeps logs without end.
    const needed = [...(logGroup ? [logGroup] : []), ...role.whileThere];
    const lambda = makesFunction(consumer)
      ? createFunction(this, consumer, arnsOfFunction, references, needed)
      : findFunction(this, consumer);
    if (consumer.dashboard) {
      createDashboard(this, consumer.account.region, lambda.functionName, logGroup);
    }

    this.output('role_arn', role.settledArn, 'ARN of the execution role');
    this.output('function_name', lambda.functionName, 'Name of the function');
    this.output('function_arn', lambda.arn, 'ARN of the function');
    this.output('failed_batches_bucket_arn', failedBatches.arn, 'ARN of the failed-batches bucket');
    this.publishToOwners(consumer);
    if (consumer.alarms) {
      const topicArn = this.createAlarms(consumer.alarms, consumer, lambda.functionName);
      this.output('alarm_topic_arn', topicArn, 'ARN of the topic that alarms are sent to');
    }
  }

  /** What the owner of the role gives it is published. */
  private findRole(consumer: ResolvedConsumer, ofFunction: readonly Statement[]) {
    const { arn, policy, furtherPolicies } = findRole(this, consumer, ofFunction);
    this.output('role_policy', policy, 'Policy that the owner of the role gives it, as JSON');
    if (furtherPolicies.length > 0) {
      const description = 'More such policies, as many streams need';
      this.output('further_role_policies', furtherPolicies, description);
    }
    return { arn, settledArn: arn, whileThere: [] };
  }

  /** Of the streams that it reads, their tables and keys, and of the key of what it keeps. */
  private publishToOwners(consumer: ResolvedConsumer): void {
    if (consumer.streamsOfOthers.length > 0) {
      const description = 'Statements that the owners of streams and keys add to their policies';
      this.output('producer_statement', jsonEncode(producerStatement(consumer)), description);
    }
    if (typeof consumer.encryption === 'object') {
      const statements = statementsOfKeyOwner(consumer).map(renderStatement);
      const description = 'Statements that the owner of the key adds to its policy, as JSON';
      this.output('key_policy_statement', jsonEncode(statements), description);
    }
  }

  private createLogGroup({ function: lambda }: FunctionMaker, kmsKeyId: string | undefined) {
    return new CloudwatchLogGroup(this, 'log', {
      name: names.logGroup(lambda.name),
      retentionInDays: lambda.logRetentionInDays,
      kmsKeyId,
    });
  }

  /** @returns the ARN of the topic, of these alarms and of those of the subscriptions */
  private createAlarms(
    settings: Alarms,
    { name: consumer, account, function: lambda }: ResolvedConsumer,
    dimensionValue: string,
  ): string {
    const scope = new Construct(this, 'alarms');
    const { name } = lambda;
    const topicArn = settings.topicArn ?? createAlarmTopic(scope, names.topic(name), account);
    if (settings.email !== undefined) {
      const endpoint = literal(this, settings.email);
      new SnsTopicSubscription(scope, 'email', { topicArn, protocol: 'email', endpoint });
    }
    const subscriptions = subscriptionStackId('*', undefined, consumer);
    const target = { topicArn, name, dimensionValue, subscriptions };
    createAlarms(scope, FUNCTION_ALARMS, settings, lambda, target);
    return topicArn;
  }
}
