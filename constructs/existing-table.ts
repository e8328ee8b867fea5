import { DataAwsDynamodbTable } from '@cdktf/provider-aws/lib/data-aws-dynamodb-table';
import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { Construct } from 'constructs';
import type { TableReference } from '../topology/resolve';

/** A table that somebody else made. It must have a stream, and be encrypted as the topology says. */
export function findTable(
  stack: Construct,
  { name, encryption }: TableReference,
): DataAwsDynamodbTable {
  const scope = new Construct(stack, 'table');
  const hasStream = {
    condition: '${self.stream_enabled}',
    errorMessage: `Table ${name} has no stream. Enable one (for example NEW_AND_OLD_IMAGES), then deploy again.`,
  };
  const isEncryptedAsDeclared =
    typeof encryption === 'string'
      ? {
          condition: '${!try(self.server_side_encryption[0].enabled, false)}',
          errorMessage: `Table ${name} is encrypted with a KMS key, which the topology does not say. For a customer managed key write encryption: { kmsKeyArn: ... }. The AWS managed key (alias/aws/dynamodb) does not work across accounts: change the table's key first.`,
        }
      : {
          condition: `\${try(self.server_side_encryption[0].kms_key_arn, "") == "${encryption.kmsKeyArn}"}`,
          errorMessage: `Table ${name} is not encrypted with ${encryption.kmsKeyArn}. Write the table's own key into the topology.`,
        };
  const lifecycle = { postcondition: [hasStream, isEncryptedAsDeclared] };
  const table = new DataAwsDynamodbTable(scope, 'resource', { name, lifecycle });
  if (typeof encryption === 'string') return table;
  const isCustomers = {
    condition: '${self.key_manager == "CUSTOMER"}',
    errorMessage: `Table ${name} is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts: change the table's key first.`,
  };
  new DataAwsKmsKey(scope, 'key', {
    keyId: `\${${table.fqn}.server_side_encryption[0].kms_key_arn}`,
    lifecycle: { postcondition: [isCustomers] },
  });
  return table;
}
