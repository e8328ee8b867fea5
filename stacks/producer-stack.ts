import { DynamodbResourcePolicy } from '@cdktf/provider-aws/lib/dynamodb-resource-policy';
import type { Construct } from 'constructs';
import { findTable } from '../constructs/existing-table';
import { createTable } from '../constructs/stream-table';
import { createTableKey } from '../constructs/table-key';
import { jsonEncode } from '../constructs/terraform/json-encode';
import { policyDocument } from '../constructs/terraform/policy-document';
import { renderStatement } from '../policies/statement';
import { streamPolicy, streamPolicySize } from '../policies/stream-policy';
import { STREAM_POLICY } from '../topology/limits';
import { namesRoles, type ResolvedProducer, type ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the producer's account: the table and its key, the stream, and the one policy of the stream. */
export class ProducerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, producer: ResolvedProducer) {
    super(scope, producer.stackId, { topology, account: producer.account, alias: 'producer' });

    const roleArns = this.roleArns(producer);
    const kmsKeyArn = this.key(producer, roleArns);
    const table = this.table(producer, kmsKeyArn);
    if (roleArns.length > 0) this.allowReaders(producer, table.streamArn, roleArns);

    this.output('table_name', table.name, 'Name of the table');
    this.output('table_arn', table.arn, 'ARN of the table');
    this.output('stream_arn', table.streamArn, 'ARN of the stream');
  }

  /** A principal must exist before a policy can name it; a condition, and what others add, need not wait. */
  private roleArns({ readers, streamPolicy }: ResolvedProducer): string[] {
    return readers.map(({ stackId, roleArn }) =>
      namesRoles(streamPolicy) ? this.outputOf(stackId, 'role_arn', roleArn) : roleArn,
    );
  }

  private key(producer: ResolvedProducer, roleArns: readonly string[]): string | undefined {
    const { encryption } = producer.source;
    if (encryption === 'aws-owned') return undefined;
    return encryption === 'customer-managed'
      ? createTableKey(this, producer, roleArns)
      : encryption.kmsKeyArn;
  }

  private table({ table, source }: ResolvedProducer, kmsKeyArn?: string) {
    return table.type === 'created'
      ? createTable(this, table, { kmsKeyArn, tags: this.tags })
      : findTable(this, source);
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
