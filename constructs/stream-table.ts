import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import type { ResolvedProducer } from '../topology/resolve';
import { literal } from './literal';

export interface StreamTableProps {
  readonly table: NonNullable<ResolvedProducer['table']>;
  /** Customer managed key of the table. Default: the AWS owned key. */
  readonly kmsKeyArn?: string;
  readonly provider: AwsProvider;
}

/** A table with a stream. */
export class StreamTable extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;

  constructor(scope: Construct, id: string, { table, kmsKeyArn, provider }: StreamTableProps) {
    super(scope, id);
    const keys = [table.partitionKey, table.sortKey]
      .filter((key) => key !== undefined)
      .map(({ name, type }) => ({ name: literal(this, name), type }));
    const resource = new DynamodbTable(this, 'resource', {
      provider,
      name: table.name,
      hashKey: keys[0]?.name,
      rangeKey: keys[1]?.name,
      attribute: keys,
      billingMode: table.billingMode,
      readCapacity: table.readCapacity,
      writeCapacity: table.writeCapacity,
      streamEnabled: true,
      streamViewType: table.streamViewType,
      pointInTimeRecovery: { enabled: table.pointInTimeRecovery },
      // Always written: without the block the provider leaves a table on the key it has.
      serverSideEncryption: { enabled: kmsKeyArn !== undefined, kmsKeyArn },
      deletionProtectionEnabled: table.deletionProtection,
    });
    this.name = resource.name;
    this.arn = resource.arn;
    this.streamArn = resource.streamArn;
  }
}
