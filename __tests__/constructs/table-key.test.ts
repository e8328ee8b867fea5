import { TableKey } from '../../constructs/table-key';
import { keyPolicy } from '../../policies/key-policy';
import type { ResolvedProducer } from '../../topology/resolve';
import { EmptyStack } from '../helpers/empty-stack';
import { jsonOf, resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

const ROLE = '${data.terraform_remote_state.consumer.outputs.role_arn}';

function producerOf(table: string): ResolvedProducer {
  const [producer] = resolved(topology({ 'producers.orders.table.name': table })).producers;
  if (!producer) throw new Error('no producer');
  return producer;
}

function synth(table: string, roleArns: string[]) {
  const stack = new EmptyStack();
  const producer = producerOf(table);
  const { arn } = new TableKey(stack, 'my-key', { producer, roleArns });
  stack.publish({ arn });
  stack.prepareStack();
  return jsonOf(stack);
}

function aliasOf(table: string): string {
  return Reflect.get(synth(table, []).resource?.aws_kms_alias?.my_key_alias ?? {}, 'name');
}

test.each([
  ['with a reader', [ROLE]],
  ['without a reader', []],
])('a key %s rotates, has an alias and a policy', (_, roleArns) => {
  const { resource, data, output } = synth('Orders', roleArns);
  expect(resource).toEqual({
    aws_kms_key: {
      my_key: {
        provider: 'aws.consumer',
        description: 'DynamoDB table Orders',
        enable_key_rotation: true,
        policy: '${data.aws_iam_policy_document.my_key_policy.json}',
        lifecycle: { create_before_destroy: true },
      },
    },
    aws_kms_alias: {
      my_key_alias: {
        provider: 'aws.consumer',
        name: 'alias/dynamodb/Orders',
        target_key_id: '${aws_kms_key.my_key.key_id}',
      },
    },
  });
  expect(data).toEqual({
    aws_iam_policy_document: {
      my_key_policy: {
        provider: 'aws.consumer',
        statement: keyPolicy(producerOf('Orders'), roleArns),
      },
    },
  });
  expect(output).toEqual({ arn: { description: 'arn', value: '${aws_kms_key.my_key.arn}' } });
});

describe('an alias', () => {
  test.each([
    ['Orders', 'alias/dynamodb/Orders'],
    ['shop_Orders-2', 'alias/dynamodb/shop_Orders-2'],
    ['shop.eu.Orders', 'alias/dynamodb/shop/eu/Orders'],
  ])('of the table %s is %s', (table, alias) => {
    expect(aliasOf(table)).toBe(alias);
  });

  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
  test.each(['Abc', 'T'.repeat(241), '.'.repeat(241)])(
    'of the table %s is one that KMS takes',
    (table) => {
      expect(aliasOf(table)).toMatch(/^(?=.{1,256}$)alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/);
    },
  );

  test('tells tables apart', () => {
    expect(aliasOf('shop.Orders')).not.toBe(aliasOf('shop-Orders'));
  });
});
