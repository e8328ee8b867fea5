import { DynamodbResourcePolicy } from '@cdktf/provider-aws/lib/dynamodb-resource-policy';
import type { Construct } from 'constructs';
import { findTable } from '../constructs/existing-table';
import { createTable } from '../constructs/stream-table';
import { tableKey } from '../constructs/table-key';
import { jsonEncode } from '../constructs/terraform/literal';
import { policyDocument } from '../constructs/terraform/policy-document';
import { renderStatement } from '../policies/statement';
import { streamPolicy, streamPolicySize } from '../policies/stream-policy';
import { STREAM_POLICY } from '../topology/limits';
import { namesRoles, type ResolvedProducer, type ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the producer's account: the table and its key, the stream, and the one policy of the stream. */
export class ProducerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, producer: ResolvedProducer) {
    super(scope, producer.stackId, topology, producer.account, 'producer');

    const { table: declared, source, readers, streamPolicy } = producer;
    // A principal must exist before a policy can name it; a condition, and what others add, need not wait.
    const waits = namesRoles(streamPolicy);
    const roleArns = readers.map(({ stackId, roleArn }) =>
      waits ? this.outputOf(stackId, 'role_arn', roleArn) : roleArn,
    );
    const table =
      declared.type === 'created'
        ? createTable(this, declared, this.tags, tableKey(this, producer, roleArns))
        : findTable(this, source);
    if (roleArns.length > 0) this.allowReaders(producer, table.streamArn, roleArns);

    this.output('table_name', table.name, 'Name of the table');
    this.output('table_arn', table.arn, 'ARN of the table');
    this.output('stream_arn', table.streamArn, 'ARN of the stream');
  }

  private allowReaders(
    producer: ResolvedProducer,
    streamArn: string,
    roleArns: readonly string[],
  ): void {
    const statements = streamPolicy(producer, streamArn, roleArns);
    if (!producer.streamPolicy.managed) {
      const [statement] = statements.map(renderStatement);
      const description = 'Statement that the owner of the stream policy adds to it, as JSON';
      this.output('stream_policy_statement', jsonEncode({ ...statement }), description);
      return;
    }
    const minified = streamPolicySize(producer, 2) > STREAM_POLICY.size;
    new DynamodbResourcePolicy(this, 'stream_policy', {
      resourceArn: streamArn,
      policy: policyDocument(this, 'stream_policy_document', statements, { minified }),
    });
  }
}
