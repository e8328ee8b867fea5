import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Construct } from 'constructs';
import { ConsumerFunction } from '../constructs/consumer-function';
import { ExecutionRole } from '../constructs/execution-role';
import type { ResolvedConsumer, ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the consumer's account: the execution role, the function and its log. */
export class ConsumerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, consumer: ResolvedConsumer) {
    super(scope, consumer.stackId, { topology, account: consumer.account, alias: 'consumer' });
    const { provider } = this;

    const logGroup = new CloudwatchLogGroup(this, 'log', {
      provider,
      name: `/aws/lambda/${consumer.function.name}`,
      retentionInDays: consumer.function.logRetentionInDays,
    });
    const role = new ExecutionRole(this, 'execution_role', {
      role: consumer.role,
      sources: consumer.sources,
      logGroupArn: logGroup.arn,
      provider,
    });
    const lambda = new ConsumerFunction(this, 'processor', {
      settings: consumer.function,
      roleArn: role.arn,
      logGroup,
      provider,
    });

    this.output('role_arn', role.settledArn, 'ARN of the execution role, once IAM has spread it');
    this.output('function_name', lambda.name, 'Name of the function');
    this.output('function_arn', lambda.arn, 'ARN of the function');
  }
}
