import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Construct } from 'constructs';
import { ConsumerFunction } from '../constructs/consumer-function';
import { ExecutionRole } from '../constructs/execution-role';
import { ConsumerAlarms } from '../constructs/monitoring/consumer-alarms';
import { Dashboard } from '../constructs/monitoring/dashboard';
import { PrivateBucket } from '../constructs/private-bucket';
import { createSink } from '../constructs/sinks';
import { environmentOf } from '../packaging/environment';
import { logGroupName } from '../topology/names';
import type { ResolvedConsumer, ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/**
 * In the consumer's account: the execution role, the function and its log, the bucket of its failed
 * batches, its sink, its alarms and its dashboard.
 */
export class ConsumerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, consumer: ResolvedConsumer) {
    super(scope, consumer.stackId, { topology, account: consumer.account, alias: 'consumer' });

    const logGroup = new CloudwatchLogGroup(this, 'log', {
      name: logGroupName(consumer.function.name),
      retentionInDays: consumer.function.logRetentionInDays,
    });
    const failedBatches = this.createFailedBatches(consumer);
    const sink = createSink(this, consumer);
    const role = new ExecutionRole(this, 'execution_role', {
      role: consumer.role,
      sources: consumer.sources,
      waits: consumer.waitsForRole,
      targets: {
        logGroupArn: logGroup.arn,
        failedBatchesArn: failedBatches.arn,
        bucketOwner: consumer.account.id,
      },
      grants: sink.grants,
    });
    const lambda = new ConsumerFunction(this, 'processor', {
      settings: { ...consumer.function, environment: environmentOf(consumer) },
      sources: consumer.sources,
      roleArn: role.arn,
      references: sink.references,
      logGroup,
    });
    new Dashboard(this, 'dashboard', {
      functionName: lambda.name,
      logGroupName: logGroup.name,
      region: consumer.account.region,
    });

    this.output('role_arn', role.settledArn, 'ARN of the execution role');
    this.output('function_name', lambda.name, 'Name of the function');
    this.output('function_arn', lambda.arn, 'ARN of the function');
    this.output('failed_batches_bucket_arn', failedBatches.arn, 'ARN of the failed-batches bucket');
    if (consumer.alarms) {
      const alarms = new ConsumerAlarms(this, 'alarms', {
        settings: consumer.alarms,
        consumer,
        functionName: lambda.name,
      });
      this.output('alarm_topic_arn', alarms.topicArn, 'ARN of the topic that alarms are sent to');
    }
  }

  private createFailedBatches({ failedBatches }: ResolvedConsumer): PrivateBucket {
    return new PrivateBucket(this, 'failed_batches', {
      name: failedBatches.bucket,
      lifecycleRules: [
        {
          id: 'expire',
          status: 'Enabled',
          filter: [{}],
          expiration: [{ days: failedBatches.expirationInDays }],
        },
      ],
    });
  }
}
