import path from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { buildStacks, loadTopology } from 'dynamodb-cross-account-streams';

const topology = loadTopology(path.join(__dirname, '..', 'topology.yaml'));
const { analytics, shop } = topology.accounts;
const [consumer] = topology.consumers;

const app = Testing.app();
buildStacks(app, topology);
const stacks = app.node.children.filter(TerraformStack.isStack);

/** A stack's configuration as Terraform reads it, all validations passed. */
function synth(id: string) {
  const stack = stacks.find(({ node }) => node.id === id);
  if (!stack) throw new Error(`there is no stack ${id}`);
  return JSON.parse(Testing.synth(stack, true));
}

test('the stacks, in the order of deployment', () => {
  expect(stacks.map(({ node }) => node.id)).toEqual([
    'consumer-process-orders',
    'producer-orders',
    'subscription-orders-process-orders',
  ]);
});

test('only the role of the function may read the stream', () => {
  const { data, resource } = synth('producer-orders');
  const policy = data.aws_iam_policy_document.stream_policy_document;
  expect(policy.statement).toEqual([
    {
      sid: 'AllowCrossAccountStreamAccess',
      principals: [
        {
          type: 'AWS',
          identifiers: ['${data.terraform_remote_state.consumer_process_orders.outputs.role_arn}'],
        },
      ],
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: ['${aws_dynamodb_table.table.stream_arn}'],
    },
  ]);
  expect(Object.keys(resource.aws_dynamodb_resource_policy)).toEqual(['stream_policy']);
  // The state must have this role: what another writes there is refused.
  const { lifecycle } = data.terraform_remote_state.consumer_process_orders;
  expect(lifecycle.postcondition[0].condition).toContain(`"${consumer?.role.arn}"`);
});

test('the table is protected, restorable, and streams both images', () => {
  const { resource } = synth('producer-orders');
  expect(resource.aws_dynamodb_table).toEqual({
    table: expect.objectContaining({
      name: 'Orders',
      deletion_protection_enabled: true,
      point_in_time_recovery: { enabled: true },
      stream_enabled: true,
      stream_view_type: 'NEW_AND_OLD_IMAGES',
    }),
  });
});

test('one event source mapping reads the stream, and keeps what fails', () => {
  const { resource } = synth('subscription-orders-process-orders');
  expect(resource.aws_lambda_event_source_mapping).toEqual({
    event_source_mapping: expect.objectContaining({
      event_source_arn: '${data.terraform_remote_state.producer_orders.outputs.stream_arn}',
      function_name: '${data.terraform_remote_state.consumer_process_orders.outputs.function_arn}',
      starting_position: 'TRIM_HORIZON',
      function_response_types: ['ReportBatchItemFailures'],
      destination_config: {
        on_failure: {
          destination_arn:
            '${data.terraform_remote_state.consumer_process_orders.outputs.failed_batches_bucket_arn}',
        },
      },
    }),
  });
});

test('each stack accepts credentials of its own account only', () => {
  const accounts = stacks.map(({ node }) => synth(node.id).provider.aws[0].allowed_account_ids);
  expect(accounts).toEqual([[analytics?.id], [shop?.id], [analytics?.id]]);
});
