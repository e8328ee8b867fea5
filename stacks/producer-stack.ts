import { DynamodbResourcePolicy } from '@cdktf/provider-aws/lib/dynamodb-resource-policy';
import type { Construct } from 'constructs';
import { policyDocument } from '../constructs/policy-document';
import { StreamTable } from '../constructs/stream-table';
import { streamPolicy } from '../policies/stream-policy';
import type { ResolvedProducer, ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the producer's account: the table, its stream, and the one policy of the stream. */
export class ProducerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, producer: ResolvedProducer) {
    super(scope, producer.stackId, { topology, account: producer.account, alias: 'producer' });
    const { provider } = this;

    const table = new StreamTable(this, 'table', { table: producer.table, provider });
    if (producer.readers.length > 0) {
      // A principal must exist before a policy can name it; a condition need not wait.
      const roleArns = producer.readers.map(({ stackId, roleArn }) =>
        producer.streamPolicy.principal === 'role' ? this.outputOf(stackId, 'role_arn') : roleArn,
      );
      new DynamodbResourcePolicy(this, 'stream_policy', {
        provider,
        resourceArn: table.streamArn,
        policy: policyDocument(
          this,
          'stream_policy_document',
          streamPolicy(producer, table.streamArn, roleArns),
          provider,
        ),
      });
    }

    this.output('table_name', table.name, 'Name of the table');
    this.output('table_arn', table.arn, 'ARN of the table');
    this.output('stream_arn', table.streamArn, 'ARN of the stream');
  }
}
