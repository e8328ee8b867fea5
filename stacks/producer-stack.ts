import { DynamodbResourcePolicy } from '@cdktf/provider-aws/lib/dynamodb-resource-policy';
import type { Construct } from 'constructs';
import { customerKey } from '../constructs/customer-key';
import { findTable } from '../constructs/existing-table';
import { createTable } from '../constructs/stream-table';
import { jsonEncode } from '../constructs/terraform/literal';
import { policyDocument } from '../constructs/terraform/policy-document';
import { keyPolicy } from '../policies/resource-policies';
import { policyBytes, renderStatement, type Statement } from '../policies/statement';
import { streamPolicy, tablePolicy } from '../policies/stream-policy';
import { readerStatements } from '../policies/stream-reads';
import { STREAM_POLICY } from '../topology/limits';
import { names } from '../topology/names';
import { namesRoles, type ResolvedProducer, type ResolvedTopology } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** In the producer's account: the table and its key, the stream, and the one policy of the stream. */
export class ProducerStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology, producer: ResolvedProducer) {
    super(scope, producer.stackId, topology, producer.account, 'producer');

    const { table: declared, source, streamPolicy: settings } = producer;
    // A principal must exist before a policy can name it; a condition, and what others add, need not wait.
    const waits = namesRoles(settings);
    const readers = producer.readers.map((reader) => {
      const { stackId, roleArn: known } = reader;
      const roleArn = waits && stackId ? this.outputOf(stackId, 'role_arn', known) : known;
      return { ...reader, roleArn };
    });
    const deployed = { ...producer, readers };
    const keyArn = customerKey(this, source.encryption, {
      description: `DynamoDB table ${source.name}`,
      alias: names.tableKeyAlias(source.name),
      policy: keyPolicy(deployed),
    });
    const isOurs = declared.type === 'created';
    const table = isOurs ? createTable(this, declared, this.tags, keyArn) : findTable(this, source);
    const ofStream = streamPolicy(deployed, table.streamArn);
    this.allow('stream', table.streamArn, settings.managed, ofStream, streamPolicy(producer));
    this.allow('table', table.arn, isOurs, tablePolicy(deployed), tablePolicy(producer));

    this.output('table_name', table.name, 'Name of the table');
    this.output('table_arn', table.arn, 'ARN of the table');
    this.output('stream_arn', table.streamArn, 'ARN of the stream');
    if (settings.readers.length > 0) this.publishToReaders(producer, keyArn);
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

  /**
   * By a policy of the stream or the table; or, where that belongs to others, by a statement that they add to it.
   *
   * @param known the same with what is known before it is deployed, for its size
   */
  private allow(
    what: 'stream' | 'table',
    resourceArn: string,
    isOurs: boolean,
    statements: readonly Statement[],
    known: readonly Statement[],
  ): void {
    const [statement] = statements.map(renderStatement);
    if (!statement) return;
    if (!isOurs) {
      const description = `Statement that the owner of the ${what} policy adds to it, as JSON`;
      this.output(`${what}_policy_statement`, jsonEncode({ ...statement }), description);
      return;
    }
    const minified = policyBytes(known, 2) > STREAM_POLICY.size;
    new DynamodbResourcePolicy(this, `${what}_policy`, {
      resourceArn,
      policy: policyDocument(this, `${what}_policy_document`, statements, { minified }),
    });
  }
}
