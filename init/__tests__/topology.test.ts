import path from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { buildStacks, loadTopology } from 'dynamodb-cross-account-streams';

const topology = loadTopology(path.join(__dirname, '..', 'topology.yaml'));
const { consumers, producers, subscriptions } = topology;
const owners = [...consumers, ...producers, ...subscriptions];

const app = Testing.app();
buildStacks(app, topology);
const stacks = app.node.children.filter(TerraformStack.isStack);

/** A stack's configuration as Terraform reads it, all validations passed. */
function synth(id: string) {
  const stack = stacks.find(({ node }) => node.id === id);
  if (!stack) throw new Error(`there is no stack ${id}`);
  return JSON.parse(Testing.synth(stack, true));
}

/** An output of another stack, as a stack reads it. */
const read = (id: string, output: string) =>
  `\${data.terraform_remote_state.${id.replaceAll('-', '_')}.outputs.${output}}`;

test('the stacks, in the order of deployment', () => {
  const ids = stacks.map(({ node }) => node.id).filter((id) => id !== 'state-bucket');
  expect(ids).toEqual(owners.map(({ stackId }) => stackId));
});

for (const { stackId, readers, streamPolicy } of producers) {
  if (!streamPolicy.managed) continue;
  test(`only its readers may read the stream of ${stackId}`, () => {
    const { data, resource } = synth(stackId);
    const [statement, ...others] = data.aws_iam_policy_document.stream_policy_document.statement;
    expect(others).toEqual([]);
    expect(statement).toMatchObject({
      sid: 'AllowCrossAccountStreamAccess',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    });
    const [principal, ...more] = statement.principals;
    expect(more).toEqual([]);
    const isRole = streamPolicy.principal === 'role';
    const condition = statement.condition?.find(
      ({ variable }: { variable: string }) => variable === 'aws:PrincipalArn',
    );
    expect(isRole ? principal.identifiers : condition.values).toEqual(
      readers.map(({ stackId: id, roleArn }) => (id && isRole ? read(id, 'role_arn') : roleArn)),
    );
    expect(resource.aws_dynamodb_resource_policy.stream_policy).toBeDefined();
    // The state must have these roles: what another writes there is refused.
    for (const { stackId: id, roleArn } of readers) {
      if (!id || !isRole) continue;
      const { lifecycle } = data.terraform_remote_state[id.replaceAll('-', '_')];
      expect(lifecycle.postcondition[0].condition).toContain(`"${roleArn}"`);
    }
  });
}

for (const { stackId, table } of producers) {
  if (table.type !== 'created') continue;
  test(`the table of ${stackId} is protected, restorable, and streams both images`, () => {
    expect(synth(stackId).resource.aws_dynamodb_table).toEqual({
      table: expect.objectContaining({
        name: table.name,
        deletion_protection_enabled: true,
        point_in_time_recovery: { enabled: true },
        stream_enabled: true,
        stream_view_type: 'NEW_AND_OLD_IMAGES',
      }),
    });
  });
}

for (const { stackId, stream, consumerStackId } of subscriptions) {
  test(`the event source mapping of ${stackId} reads the stream, and keeps what fails`, () => {
    const arn = 'arn' in stream ? stream.arn : read(stream.producerStackId, 'stream_arn');
    const failedBatches = read(consumerStackId, 'failed_batches_bucket_arn');
    expect(synth(stackId).resource.aws_lambda_event_source_mapping).toEqual({
      event_source_mapping: expect.objectContaining({
        event_source_arn: arn,
        function_name: read(consumerStackId, 'function_arn'),
        starting_position: 'TRIM_HORIZON',
        function_response_types: ['ReportBatchItemFailures'],
        destination_config: { on_failure: { destination_arn: failedBatches } },
      }),
    });
  });
}

test('each stack accepts credentials of its own account only', () => {
  const accounts = owners.map(({ stackId }) => synth(stackId).provider.aws[0].allowed_account_ids);
  expect(accounts).toEqual(owners.map(({ account }) => [account.id]));
});
