import { DataAwsDynamodbTable } from '@cdktf/provider-aws/lib/data-aws-dynamodb-table';
import { DataAwsKmsKey } from '@cdktf/provider-aws/lib/data-aws-kms-key';
import { Construct } from 'constructs';
import type { TableReference } from '../topology/resolve';
import type { Encryption } from '../topology/schema/producer';

/** A table that somebody else made. It must have a stream, and be encrypted as the topology says. */
export class ExistingTable extends Construct {
  readonly resource: DataAwsDynamodbTable;

  constructor(scope: Construct, id: string, { name, encryption }: TableReference) {
    super(scope, id);
    this.resource = new DataAwsDynamodbTable(this, 'resource', {
      name,
      lifecycle: {
        postcondition: [
          {
            condition: '${self.stream_enabled}',
            errorMessage: `Table ${name} has no stream. Enable one (for example NEW_AND_OLD_IMAGES), then deploy again.`,
          },
          encryptionCondition(name, encryption),
        ],
      },
    });
    if (typeof encryption !== 'string') {
      new DataAwsKmsKey(this, 'key', {
        keyId: `\${${this.resource.fqn}.server_side_encryption[0].kms_key_arn}`,
        lifecycle: {
          postcondition: [
            {
              condition: '${self.key_manager == "CUSTOMER"}',
              errorMessage: `Table ${name} is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts: change the table's key first.`,
            },
          ],
        },
      });
    }
  }
}

function encryptionCondition(name: string, encryption: Encryption) {
  if (typeof encryption === 'string') {
    return {
      condition: '${!try(self.server_side_encryption[0].enabled, false)}',
      errorMessage: `Table ${name} is encrypted with a KMS key, which the topology does not say. For a customer managed key write encryption: { kmsKeyArn: ... }. The AWS managed key (alias/aws/dynamodb) does not work across accounts: change the table's key first.`,
    };
  }
  return {
    condition: `\${try(self.server_side_encryption[0].kms_key_arn, "") == "${encryption.kmsKeyArn}"}`,
    errorMessage: `Table ${name} is not encrypted with ${encryption.kmsKeyArn}. Write the table's own key into the topology.`,
  };
}
