import { ExistingTable } from '../../constructs/existing-table';
import type { Encryption } from '../../topology/schema';
import { EmptyStack } from '../helpers/empty-stack';
import { jsonOf } from '../helpers/synth-app';

const KEY = 'arn:aws:kms:us-east-1:444455556666:key/1234';

function synth(encryption: Encryption) {
  const stack = new EmptyStack();
  const { name, arn, streamArn } = new ExistingTable(stack, 'my-table', {
    name: 'Legacy',
    encryption,
  });
  stack.publish({ name, arn, stream_arn: streamArn });
  stack.prepareStack();
  return jsonOf(stack);
}

const HAS_STREAM = {
  condition: '${self.stream_enabled}',
  error_message:
    'Table Legacy has no stream. Enable one (for example NEW_AND_OLD_IMAGES), then deploy again.',
};

test('a table without a key must have a stream and no key', () => {
  const { resource, data } = synth('aws-owned');
  expect(resource).toBeUndefined();
  expect(data).toEqual({
    aws_dynamodb_table: {
      my_table: {
        provider: 'aws.consumer',
        name: 'Legacy',
        lifecycle: {
          postcondition: [
            HAS_STREAM,
            {
              condition: '${!try(self.server_side_encryption[0].enabled, false)}',
              error_message:
                "Table Legacy is encrypted with a KMS key, which the topology does not say. For a customer managed key write encryption: { kmsKeyArn: ... }. The AWS managed key (alias/aws/dynamodb) does not work across accounts: change the table's key first.",
            },
          ],
        },
      },
    },
  });
});

test('a table with a key must have a stream and this key, of a customer', () => {
  const { resource, data } = synth({ kmsKeyArn: KEY });
  expect(resource).toBeUndefined();
  expect(data).toEqual({
    aws_dynamodb_table: {
      my_table: {
        provider: 'aws.consumer',
        name: 'Legacy',
        lifecycle: {
          postcondition: [
            HAS_STREAM,
            {
              condition: `\${try(self.server_side_encryption[0].kms_key_arn, "") == "${KEY}"}`,
              error_message: `Table Legacy is not encrypted with ${KEY}. Write the table's own key into the topology.`,
            },
          ],
        },
      },
    },
    aws_kms_key: {
      my_table_key: {
        provider: 'aws.consumer',
        key_id: '${data.aws_dynamodb_table.my_table.server_side_encryption[0].kms_key_arn}',
        lifecycle: {
          postcondition: [
            {
              condition: '${self.key_manager == "CUSTOMER"}',
              error_message:
                "Table Legacy is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts: change the table's key first.",
            },
          ],
        },
      },
    },
  });
});

test.each<[string, Encryption]>([
  ['without', 'aws-owned'],
  ['with', { kmsKeyArn: KEY }],
])('a table %s a key has a name, an ARN and the ARN of its stream', (_, encryption) => {
  expect(synth(encryption).output).toEqual({
    name: { description: 'name', value: '${data.aws_dynamodb_table.my_table.name}' },
    arn: { description: 'arn', value: '${data.aws_dynamodb_table.my_table.arn}' },
    stream_arn: {
      description: 'stream_arn',
      value: '${data.aws_dynamodb_table.my_table.stream_arn}',
    },
  });
});
