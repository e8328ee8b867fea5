import { DynamodbResourcePolicy } from '@cdktf/provider-aws/lib/dynamodb-resource-policy';
import type { Construct } from 'constructs';
import { findTable } from '../constructs/existing-table';
import { createTable } from '../constructs/stream-table';
import { tableKey } from '../constructs/table-key';
import { jsonEncode } from '../constructs/terraform/literal';
import { policyDocument } from '../constructs/terraform/policy-document';
import { readerStatements } from '../policies/execution-role';
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
      waits && stackId ? this.outputOf(stackId, 'role_arn', roleArn) : roleArn,
    );
    const keyArn = tableKey(this, producer, roleArns);
    const table =
      declared.type === 'created'
        ? createTable(this, declared, this.tags, keyArn)
        : findTable(this, source);
    if (roleArns.length > 0) this.allowReaders(producer, table.streamArn, roleArns);

    this.output('table_name', table.name, 'Name of the table');
    this.output('table_arn', table.arn, 'ARN of the table');
    this.output('stream_arn', table.streamArn, 'ARN of the stream');
    if (streamPolicy.readers.length > 0) this.publishToReaders(producer, keyArn);
  }

  /** What the other teams need whose roles the topology names. */
  private publishToReaders(producer: ResolvedProducer, keyArn: string | undefined): void {
    const statements = readerStatements(producer, keyArn);
    const description =
      'Statements that the role of another team needs to read the stream, as JSON';
    this.output('consumer_statement', jsonEncode(statements), description);
    this.output('region', producer.account.region, 'Region of the stream');
    if (keyArn) this.output('kms_key_arn', keyArn, 'ARN of the customer managed key of the table');
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
