import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from '@cdktf/hcl-tools';
import { parse } from '@cdktf/hcl2json';
import { Testing } from 'cdktf';
import { tidyHcl } from '../../terraform/hcl/tidy-hcl';
import { accountBlocks, alarm, privateBucket } from '../helpers/blocks';
import { jsonencoded } from '../helpers/jsonencoded';
import {
  consumerStack,
  consumerStackOf,
  counts,
  jsonOf,
  type StackJson,
  synthHcl,
} from '../helpers/synth-app';
import {
  existingStream,
  existingTable,
  inRegion,
  type Overrides,
  producer,
  STREAM_OF_OTHERS,
  TWO_ACCOUNTS,
  tenantId,
  tenants,
  topology,
} from '../helpers/topology';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(30_000);

const ID = 'consumer-process-orders';
const SINK = 'consumers.process-orders.sink';
const ALARMS = 'consumers.process-orders.alarms';
const ROLE = 'consumers.process-orders.role';
const FUNCTION = 'consumers.process-orders.function';

/** The deployment package, whose folder is named after its content. */
const PACKAGE = /^\$\{path\.module\}\/assets\/processor_code\/[0-9A-F]{32}$/;

const LOG = {
  provider: 'aws.consumer',
  name: '/aws/lambda/ProcessOrders',
  retention_in_days: 30,
};

const LAMBDA = {
  provider: 'aws.consumer',
  function_name: 'ProcessOrders',
  role: '${aws_iam_role.execution_role.arn}',
  runtime: 'nodejs24.x',
  architectures: ['arm64'],
  handler: 'index.handler',
  filename: '${data.archive_file.processor_archive.output_path}',
  source_code_hash: '${data.archive_file.processor_archive.output_base64sha256}',
  memory_size: 256,
  timeout: 60,
  depends_on: ['aws_cloudwatch_log_group.log'],
};

const ROLE_BLOCK = {
  provider: 'aws.consumer',
  name: 'ProcessOrdersRole',
  assume_role_policy: '${data.aws_iam_policy_document.execution_role_trust.json}',
};

const inlinePolicy = (name: string) => ({
  provider: 'aws.consumer',
  name,
  role: '${aws_iam_role.execution_role.id}',
  policy: `\${data.aws_iam_policy_document.execution_role_${name}_policy.json}`,
});

const settledAfter = (...addresses: string[]) => ({
  input: '${aws_iam_role.execution_role.arn}',
  triggers_replace: '${aws_iam_role.execution_role.unique_id}',
  provisioner: [{ 'local-exec': { command: 'sleep 30' } }],
  depends_on: addresses,
});

/** What Lambda does itself, and the code of the function does not. */
const NOT_FROM_CODE = { test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] };
const OF_OWNER = {
  test: 'StringEquals',
  variable: 's3:ResourceAccount',
  values: ['111122223333'],
};

const LAYER = 'arn:aws:lambda:us-east-1:111122223333:layer:shared-code:1';
const VPC = { subnetIds: ['subnet-0123abcd'], securityGroupIds: ['sg-0123abcd'] };

const STATEMENTS = [
  {
    sid: 'WriteTotals',
    actions: ['dynamodb:UpdateItem', 'dynamodb:GetItem'],
    resources: ['arn:aws:dynamodb:us-east-1:111122223333:table/Totals'],
  },
  {
    actions: ['s3:GetObject'],
    resources: ['arn:aws:s3:::team-${aws:PrincipalTag/team}/%{x}/"a"\\*'],
    conditions: [
      {
        test: 'StringEquals',
        variable: 'aws:PrincipalTag/team',
        values: ['${aws:username}', '"é"\\'],
      },
    ],
  },
];

const readStreams = (...resources: string[]) => ({
  provider: 'aws.consumer',
  statement: [
    {
      sid: 'ReadStreams',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources,
      condition: [NOT_FROM_CODE],
    },
  ],
});

/** The bucket of failed batches. The hash is of 111122223333/us-east-1/ProcessOrders. */
const FAILED_BATCHES = privateBucket(
  'failed_batches',
  'process-orders-failed-batches-025f751830a2',
  [{ id: 'expire', status: 'Enabled', filter: [{}], expiration: [{ days: 30 }] }],
);

const TOPIC_ARN = '${aws_sns_topic.alarms_topic.arn}';

const DOCTOR =
  "To find the cause: npm run doctor -- --subscription 'subscription-*-process-orders'";

const functionAlarms = (topicArn: string) => {
  const dimensions = { FunctionName: '${aws_lambda_function.processor.function_name}' };
  const block = (settings: object) => alarm(topicArn, { dimensions, ...settings });
  return {
    alarms_iterator_age: block({
      alarm_name: 'ProcessOrders-iterator-age',
      alarm_description: `ProcessOrders is behind: Lambda discards records at the subscription's maximum age, and they are lost 24 hours after they were written. ${DOCTOR}`,
      metric_name: 'IteratorAge',
      statistic: 'Maximum',
      threshold: 900_000,
      treat_missing_data: 'ignore',
    }),
    alarms_errors: block({
      alarm_name: 'ProcessOrders-errors',
      alarm_description: `Invocations of ProcessOrders fail. Lambda retries their batches until the limits of the subscription. ${DOCTOR}`,
      metric_name: 'Errors',
    }),
    alarms_failed_changes: block({
      alarm_name: 'ProcessOrders-failed-changes',
      alarm_description: `Changes fail in ProcessOrders, including those that a batch processor reports, which Lambda does not count as errors. Lambda retries them until the limits of the subscription. ${DOCTOR}`,
      namespace: 'CrossAccountStreams',
      metric_name: 'ChangesFailed',
    }),
    alarms_throttles: block({
      alarm_name: 'ProcessOrders-throttles',
      alarm_description: `Invocations of ProcessOrders are refused for lack of concurrency. ${DOCTOR}`,
      metric_name: 'Throttles',
    }),
    alarms_duration: block({
      alarm_name: 'ProcessOrders-duration',
      alarm_description: `An invocation of ProcessOrders took 80% of its timeout of 60 seconds. ${DOCTOR}`,
      metric_name: 'Duration',
      statistic: 'Maximum',
      threshold: 48_000,
    }),
    alarms_destination_failures: block({
      alarm_name: 'ProcessOrders-destination-failures',
      alarm_description: `Lambda could not write a failed batch of ProcessOrders to its bucket: its records are lost unless they are still in the stream. ${DOCTOR}`,
      metric_name: 'DestinationDeliveryFailures',
    }),
  };
};

const TOPIC = {
  resource: {
    aws_kms_key: {
      alarms_topic_key: {
        provider: 'aws.consumer',
        description: 'SNS topic ProcessOrders-alarms',
        enable_key_rotation: true,
        policy: '${data.aws_iam_policy_document.alarms_topic_key_policy.json}',
      },
    },
    aws_kms_alias: {
      alarms_topic_key_alias: {
        provider: 'aws.consumer',
        name: 'alias/sns/ProcessOrders-alarms',
        target_key_id: '${aws_kms_key.alarms_topic_key.key_id}',
      },
    },
    aws_sns_topic: {
      alarms_topic: {
        provider: 'aws.consumer',
        name: 'ProcessOrders-alarms',
        kms_master_key_id: '${aws_kms_key.alarms_topic_key.key_id}',
      },
    },
    aws_sns_topic_policy: {
      alarms_topic_policy: {
        provider: 'aws.consumer',
        arn: TOPIC_ARN,
        policy: '${data.aws_iam_policy_document.alarms_topic_policy_document.json}',
      },
    },
  },
  data: {
    aws_iam_policy_document: {
      alarms_topic_key_policy: {
        provider: 'aws.consumer',
        statement: [
          {
            sid: 'AllowAccountAdministration',
            principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
            actions: ['kms:*'],
            resources: ['*'],
          },
          {
            sid: 'AllowAlarms',
            principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }],
            actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            resources: ['*'],
            condition: [
              {
                test: 'StringEquals',
                variable: 'aws:SourceAccount',
                values: ['111122223333'],
              },
            ],
          },
        ],
      },
      alarms_topic_policy_document: {
        provider: 'aws.consumer',
        statement: [
          {
            sid: 'AllowAlarms',
            principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }],
            actions: ['sns:Publish'],
            resources: [TOPIC_ARN],
            condition: [
              { test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333'] },
            ],
          },
        ],
      },
    },
  },
};

const DASHBOARD = {
  provider: 'aws.consumer',
  dashboard_name: '${aws_lambda_function.processor.function_name}-us-east-1',
  dashboard_body: expect.stringMatching(/^\$\{jsonencode\(\{"widgets" = \[.*\]\}\)\}$/),
};

const RESOURCES = {
  ...FAILED_BATCHES.resource,
  ...TOPIC.resource,
  aws_cloudwatch_metric_alarm: functionAlarms(TOPIC_ARN),
  aws_cloudwatch_dashboard: { dashboard: DASHBOARD },
  aws_cloudwatch_log_group: { log: LOG },
  aws_iam_role: { execution_role: ROLE_BLOCK },
  aws_iam_role_policy: {
    execution_role_function: inlinePolicy('function'),
    execution_role_streams: inlinePolicy('streams'),
  },
  terraform_data: {
    execution_role_settled: settledAfter(
      'aws_iam_role_policy.execution_role_function',
      'aws_iam_role_policy.execution_role_streams',
    ),
  },
  aws_lambda_function: { processor: LAMBDA },
};

/** The same without what waits for the role. */
const { terraform_data: _settled, ...NOT_AWAITED } = RESOURCES;

/** What the function may do besides reading streams. */
const functionPolicy = (...others: object[]) => ({
  provider: 'aws.consumer',
  statement: [
    {
      sid: 'CreateLog',
      actions: ['logs:CreateLogGroup'],
      resources: ['${aws_cloudwatch_log_group.log.arn}', '${aws_cloudwatch_log_group.log.arn}:*'],
    },
    {
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['${aws_cloudwatch_log_group.log.arn}:*'],
    },
    {
      sid: 'ListFailedBatches',
      actions: ['s3:ListBucket'],
      resources: ['${aws_s3_bucket.failed_batches.arn}'],
      condition: [NOT_FROM_CODE, OF_OWNER],
    },
    {
      sid: 'SendFailedBatches',
      actions: ['s3:PutObject'],
      resources: ['${aws_s3_bucket.failed_batches.arn}/aws/lambda/*'],
      condition: [NOT_FROM_CODE, OF_OWNER],
    },
    ...others,
    {
      sid: 'ListStreams',
      actions: ['dynamodb:ListStreams'],
      resources: ['*'],
      condition: [NOT_FROM_CODE],
    },
  ],
});

const DOCUMENTS = {
  ...FAILED_BATCHES.data.aws_iam_policy_document,
  ...TOPIC.data.aws_iam_policy_document,
  execution_role_trust: {
    provider: 'aws.consumer',
    statement: [
      {
        sid: 'AllowLambda',
        principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
        actions: ['sts:AssumeRole'],
      },
    ],
  },
  execution_role_function_policy: functionPolicy(),
  execution_role_streams_policy: readStreams(
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*',
  ),
};

const OUTPUTS = {
  role_arn: {
    description: 'ARN of the execution role',
    value: '${terraform_data.execution_role_settled.output}',
  },
  function_name: {
    description: 'Name of the function',
    value: '${aws_lambda_function.processor.function_name}',
  },
  function_arn: {
    description: 'ARN of the function',
    value: '${aws_lambda_function.processor.arn}',
  },
  failed_batches_bucket_arn: {
    description: 'ARN of the failed-batches bucket',
    value: '${aws_s3_bucket.failed_batches.arn}',
  },
  alarm_topic_arn: { description: 'ARN of the topic that alarms are sent to', value: TOPIC_ARN },
};

test('a consumer is a role, a function, its log, failed batches, alarms and dashboard, in its account', () => {
  expect(consumerStack()).toEqual({
    ...accountBlocks(ID, 'consumer', '111122223333'),
    data: {
      archive_file: {
        processor_archive: {
          provider: 'archive',
          type: 'zip',
          source_dir: expect.stringMatching(PACKAGE),
          output_path: expect.stringMatching(
            new RegExp(PACKAGE.source.replace(/\$$/, String.raw`\.zip$`)),
          ),
          output_file_mode: '0755',
        },
      },
      aws_iam_policy_document: DOCUMENTS,
    },
    resource: RESOURCES,
    output: OUTPUTS,
  });
});

describe('the function', () => {
  const withVariables = (variables: object) => ({ ...LAMBDA, environment: { variables } });

  test.each<[string, Overrides, object]>([
    [
      'has every setting of the consumer',
      {
        [FUNCTION]: {
          name: 'Read_orders-2',
          runtime: 'nodejs20.x',
          architecture: 'x86_64',
          memorySize: 128,
          timeout: 900,
          reservedConcurrentExecutions: 7,
          ephemeralStorage: 1024,
          description: '${a} "b"',
          layers: [LAYER],
          tracing: 'PassThrough',
        },
      },
      {
        ...LAMBDA,
        function_name: 'Read_orders-2',
        runtime: 'nodejs20.x',
        architectures: ['x86_64'],
        memory_size: 128,
        timeout: 900,
        reserved_concurrent_executions: 7,
        ephemeral_storage: { size: 1024 },
        description: '$${a} "b"',
        layers: [LAYER],
        tracing_config: { mode: 'PassThrough' },
      },
    ],
    [
      'has environment variables in which Terraform sees no template',
      { [`${FUNCTION}.environment`]: { EMPTY: '', TEXT: '${a} %{b} $c "d" \\ \n' } },
      withVariables({ EMPTY: '', TEXT: '$${a} %%{b} $c "d" \\ \n' }),
    ],
  ])('%s', (_, overrides, expected) => {
    const { resource } = consumerStack(overrides);
    expect(resource?.aws_lambda_function).toEqual({ processor: expected });
    const { alarms_concurrency: _ofReservation, ...others } =
      resource?.aws_cloudwatch_metric_alarm ?? {};
    expect(counts({ ...resource, aws_cloudwatch_metric_alarm: others })).toEqual(counts(RESOURCES));
  });

  const { aws_cloudwatch_metric_alarm: alarms, ...others } = RESOURCES;
  const { alarms_failed_changes: _ofOurHandler, ...ofLambda } = alarms;

  test.each<[string, Overrides, object]>([
    [
      'of another language has its own handler and no variables for Node.js',
      {
        [`${FUNCTION}.runtime`]: 'java25',
        [`${FUNCTION}.code`]: { directory: 'lambda-src/python', handler: 'com.example.App::run' },
      },
      { ...LAMBDA, runtime: 'java25', handler: 'com.example.App::run' },
    ],
    [
      'of another language has environment variables',
      {
        [`${FUNCTION}.runtime`]: 'python3.12',
        [`${FUNCTION}.code`]: { directory: 'lambda-src/python', handler: 'index.handler' },
        [`${FUNCTION}.environment`]: { LOG_LEVEL: 'debug' },
      },
      { ...withVariables({ LOG_LEVEL: 'debug' }), runtime: 'python3.12' },
    ],
  ])('%s', (_, overrides, expected) => {
    const { resource } = consumerStack(overrides);
    expect(resource?.aws_lambda_function).toEqual({ processor: expected });
    expect(counts(resource)).toEqual(counts({ ...others, aws_cloudwatch_metric_alarm: ofLambda }));
  });

  test('is packed from the folder that its content names', () => {
    const prepared = (directory: string): Overrides => ({
      [`${FUNCTION}.runtime`]: 'java25',
      [`${FUNCTION}.code`]: { directory, handler: 'com.example.App::run' },
    });
    const archives = [prepared('lambda-src/python'), prepared('lambda-src/sinks'), {}, {}].map(
      (overrides) => consumerStack(overrides).data?.archive_file?.processor_archive ?? {},
    );
    const folders = archives.map((archive) => Reflect.get(archive, 'source_dir'));
    expect(folders).toEqual(Array(4).fill(expect.stringMatching(PACKAGE)));
    expect(new Set(folders).size).toBe(3);
    expect(folders[3]).toBe(folders[2]);
    expect(archives.map((archive) => Reflect.get(archive, 'output_path'))).toEqual(
      folders.map((folder) => `${folder}.zip`),
    );
  });

  describe('has its files next to the archive', () => {
    /** The folder that the archive is made of. */
    function written(overrides: Overrides): string {
      const stack = consumerStackOf(overrides);
      const { source_dir } = Object(jsonOf(stack).data?.archive_file?.processor_archive);
      return source_dir.replace(
        '${path.module}',
        path.join(Testing.fullSynth(stack), 'stacks', ID),
      );
    }

    test('from a folder', () => {
      const code = { directory: 'lambda-src/python', handler: 'index.handler' };
      const python = { [`${FUNCTION}.runtime`]: 'python3.12', [`${FUNCTION}.code`]: code };
      expect(readdirSync(written(python))).toEqual(['index.py']);
    });

    test('from a bundled file, with the tables that it takes changes of, each once', () => {
      const files = written(TWO_ACCOUNTS);
      expect(readdirSync(files).sort()).toEqual(['bundle.mjs', 'bundle.mjs.map', 'index.mjs']);
      const lambda = readFileSync(path.join(files, 'index.mjs'), 'utf8');
      expect([...lambda.matchAll(/"(arn:.*)"/g)].map(([, arn]) => arn)).toEqual([
        'arn:aws:dynamodb:us-east-1:444455556666:table/Orders',
        'arn:aws:dynamodb:us-east-1:777777777777:table/Orders',
      ]);
    });
  });
});

test('the log is that of the function, for as long as it is to be kept', () => {
  const { resource } = consumerStack({
    [FUNCTION]: { name: 'Other', logRetentionInDays: 3653 },
  });
  expect(resource?.aws_cloudwatch_log_group).toEqual({
    log: { ...LOG, name: '/aws/lambda/Other', retention_in_days: 3653 },
  });
});

describe('the role', () => {
  test('has name, path and boundary, and further managed policies before it settles', () => {
    const { resource } = consumerStack({
      [ROLE]: {
        name: 'Reader',
        path: '/streams/',
        permissionsBoundary: 'arn:aws:iam::111122223333:policy/Boundary',
        managedPolicyArns: [
          'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole',
          'arn:aws:iam::111122223333:policy/Own',
        ],
      },
    });
    expect(resource).toEqual({
      ...RESOURCES,
      aws_iam_role: {
        execution_role: {
          ...ROLE_BLOCK,
          name: 'Reader',
          path: '/streams/',
          permissions_boundary: 'arn:aws:iam::111122223333:policy/Boundary',
        },
      },
      aws_iam_role_policy_attachment: {
        execution_role_aws_policy_service_role_AWSLambdaDynamoDBExecutionRole_attachment: {
          provider: 'aws.consumer',
          role: '${aws_iam_role.execution_role.id}',
          policy_arn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole',
        },
        execution_role_111122223333_policy_Own_attachment: {
          provider: 'aws.consumer',
          role: '${aws_iam_role.execution_role.id}',
          policy_arn: 'arn:aws:iam::111122223333:policy/Own',
        },
      },
      terraform_data: {
        execution_role_settled: settledAfter(
          'aws_iam_role_policy.execution_role_function',
          'aws_iam_role_policy.execution_role_streams',
          'aws_iam_role_policy_attachment.execution_role_aws_policy_service_role_AWSLambdaDynamoDBExecutionRole_attachment',
          'aws_iam_role_policy_attachment.execution_role_111122223333_policy_Own_attachment',
        ),
      },
    });
  });

  test('lets Lambda, and not the code, use the network, for as long as the function is there', () => {
    const vpc = { ...VPC, ipv6AllowedForDualStack: true };
    const { resource, data } = consumerStack({ [`${FUNCTION}.vpc`]: vpc });
    expect(resource?.aws_lambda_function).toEqual({
      processor: {
        ...LAMBDA,
        vpc_config: {
          subnet_ids: vpc.subnetIds,
          security_group_ids: vpc.securityGroupIds,
          ipv6_allowed_for_dual_stack: true,
        },
        depends_on: [...LAMBDA.depends_on, 'aws_iam_role_policy.execution_role_network'],
      },
    });
    expect(resource?.aws_iam_role_policy).toEqual({
      ...RESOURCES.aws_iam_role_policy,
      execution_role_network: inlinePolicy('network'),
    });
    const actions = [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ];
    expect(data?.aws_iam_policy_document?.execution_role_network_policy).toEqual({
      provider: 'aws.consumer',
      statement: [
        { sid: 'ManageNetworkInterfaces', actions, resources: ['*'] },
        {
          sid: 'DenyNetworkInterfacesToCode',
          effect: 'Deny',
          actions: [...actions, 'ec2:DetachNetworkInterface'],
          resources: ['*'],
          condition: [
            {
              test: 'ArnEquals',
              variable: 'lambda:SourceFunctionArn',
              values: ['arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders'],
            },
          ],
        },
      ],
    });
  });

  test('lets the function send traces, where they are sampled', () => {
    const functionPolicy = (tracing: string) =>
      consumerStack({ [`${FUNCTION}.tracing`]: tracing }).data?.aws_iam_policy_document
        ?.execution_role_function_policy;
    expect(functionPolicy('PassThrough')).toEqual(DOCUMENTS.execution_role_function_policy);
    expect(Reflect.get(Object(functionPolicy('Active')), 'statement')).toEqual([
      ...DOCUMENTS.execution_role_function_policy.statement.slice(0, -1),
      {
        sid: 'WriteTraces',
        actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
        resources: ['*'],
      },
      ...DOCUMENTS.execution_role_function_policy.statement.slice(-1),
    ]);
  });

  test('has what its function itself calls in a managed policy of its own, as it is written', () => {
    const { resource, data } = consumerStack({ [`${ROLE}.statements`]: STATEMENTS });
    expect(data?.aws_iam_policy_document?.execution_role_statements_policy).toEqual({
      provider: 'aws.consumer',
      statement: [
        {
          sid: 'WriteTotals',
          actions: ['dynamodb:UpdateItem', 'dynamodb:GetItem'],
          resources: ['arn:aws:dynamodb:us-east-1:111122223333:table/Totals'],
        },
        {
          actions: ['s3:GetObject'],
          resources: ['arn:aws:s3:::team-$${aws:PrincipalTag/team}/%%{x}/"a"\\*'],
          condition: [
            {
              test: 'StringEquals',
              variable: 'aws:PrincipalTag/team',
              values: ['$${aws:username}', '"é"\\'],
            },
          ],
        },
      ],
    });
    expect(resource?.aws_iam_policy).toEqual({
      execution_role_statements: {
        provider: 'aws.consumer',
        name: 'ProcessOrdersRole-statements',
        policy: '${data.aws_iam_policy_document.execution_role_statements_policy.json}',
      },
    });
    expect(resource?.aws_iam_role_policy_attachment).toEqual({
      execution_role_statements_attachment: {
        provider: 'aws.consumer',
        role: '${aws_iam_role.execution_role.id}',
        policy_arn: '${aws_iam_policy.execution_role_statements.arn}',
      },
    });
    expect(resource?.terraform_data?.execution_role_settled).toEqual(
      settledAfter(
        'aws_iam_role_policy.execution_role_function',
        'aws_iam_role_policy.execution_role_streams',
        'aws_iam_role_policy_attachment.execution_role_statements_attachment',
      ),
    );
  });

  test.each<[string, arns: string[], names: string[]]>([
    [
      'of one name',
      ['arn:aws:iam::aws:policy/Own', 'arn:aws:iam::111122223333:policy/Own'],
      ['aws_policy_Own', '111122223333_policy_Own'],
    ],
    [
      'whose ARNs differ by a slash and an underscore',
      ['arn:aws:iam::111122223333:policy/a/B', 'arn:aws:iam::111122223333:policy/a_B'],
      ['111122223333_policy_a_B_efb90f2e', '111122223333_policy_a_B_c12671f7'],
    ],
  ])('has managed policies %s, each at an address of its own', (_, arns, names) => {
    const { resource } = consumerStack({ [`${ROLE}.managedPolicyArns`]: arns });
    expect(resource?.aws_iam_role_policy_attachment).toMatchObject(
      Object.fromEntries(
        names.map((name, index) => [
          `execution_role_${name}_attachment`,
          { policy_arn: arns[index] },
        ]),
      ),
    );
  });

  test.each([
    ['as many as an inline policy holds', [124]],
    ['one more', [124, 1]],
    ['as many as a managed policy holds as well', [124, 92]],
    ['one more than that', [124, 92, 1]],
    ['a thousand', [124, 92, 92, 92, 92, 92, 92, 92, 92, 92, 48]],
  ])('reads %s streams by one inline policy and managed ones', (_, lengths) => {
    const count = lengths.reduce((sum, length) => sum + length);
    const { resource, data } = consumerStack({ [`${ROLE}.path`]: '/readers/', ...tenants(count) });
    const ids = Array.from({ length: count }, (_, index) => tenantId(index));
    const arns = ids.map((id) => `arn:aws:dynamodb:us-east-1:${id}:table/Orders/stream/*`);
    const policies = lengths.map((length) => readStreams(...arns.splice(0, length)));
    const [inline, ...managed] = policies.map((document, index) => ({
      name: index === 0 ? 'streams' : `streams_${index}`,
      document,
    }));
    const named = (block: (name: string) => object, suffix = '') =>
      Object.fromEntries(
        managed.map(({ name }) => [`execution_role_${name}${suffix}`, block(name)]),
      );

    expect(data?.aws_iam_policy_document).toEqual({
      ...DOCUMENTS,
      execution_role_streams_policy: inline?.document,
      ...Object.fromEntries(
        managed.map(({ name, document }) => [`execution_role_${name}_policy`, document]),
      ),
    });
    expect(resource?.aws_iam_role_policy).toEqual(RESOURCES.aws_iam_role_policy);
    expect(resource?.aws_iam_policy ?? {}).toEqual(
      named((name) => ({
        provider: 'aws.consumer',
        name: `ProcessOrdersRole-${name.replace('_', '-')}`,
        path: '/readers/',
        policy: `\${data.aws_iam_policy_document.execution_role_${name}_policy.json}`,
      })),
    );
    expect(resource?.aws_iam_role_policy_attachment ?? {}).toEqual(
      named(
        (name) => ({
          provider: 'aws.consumer',
          role: '${aws_iam_role.execution_role.id}',
          policy_arn: `\${aws_iam_policy.execution_role_${name}.arn}`,
        }),
        '_attachment',
      ),
    );
    expect(resource?.terraform_data).toEqual({
      execution_role_settled: settledAfter(
        'aws_iam_role_policy.execution_role_function',
        'aws_iam_role_policy.execution_role_streams',
        ...managed.map(
          ({ name }) => `aws_iam_role_policy_attachment.execution_role_${name}_attachment`,
        ),
      ),
    });
  });

  test('may be used by the code of the function as well, where Lambda alone is not asked for', () => {
    const { data } = consumerStack({ [`${ROLE}.pollerOnly`]: false });
    const withoutPoller = JSON.stringify(DOCUMENTS, (key, value) => {
      const others =
        key === 'condition' ? value.filter((one: object) => one !== NOT_FROM_CODE) : value;
      return others.length === 0 ? undefined : others;
    });
    expect(data?.aws_iam_policy_document).toEqual(JSON.parse(withoutPoller));
  });

  test('reads the streams of all its tables, and of no other', () => {
    const { data } = consumerStack({
      ...TWO_ACCOUNTS,
      'producers.items': producer('Items'),
      'producers.secrets': producer('Secrets'),
      'subscriptions[1]': { producer: 'items', consumer: 'process-orders' },
    });
    expect(data?.aws_iam_policy_document?.execution_role_streams_policy).toEqual(
      readStreams(
        'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*',
        'arn:aws:dynamodb:us-east-1:777777777777:table/Orders/stream/*',
        'arn:aws:dynamodb:us-east-1:444455556666:table/Items/stream/*',
      ),
    );
  });

  test('reads no stream where nothing is subscribed to', () => {
    const { resource, data } = consumerStack({ subscriptions: [] });
    expect(resource).toEqual({
      ...NOT_AWAITED,
      aws_iam_role_policy: { execution_role_function: inlinePolicy('function') },
    });
    const { execution_role_streams_policy: _, ...documents } = DOCUMENTS;
    expect(data?.aws_iam_policy_document).toEqual(documents);
  });
});

test('what the owner of a stream must add is published, and nothing waits for the role', async () => {
  const { output, resource } = consumerStack(existingStream());
  const { producer_statement, ...others } = output ?? {};
  expect(await jsonencoded(Reflect.get(producer_statement ?? {}, 'value'))).toEqual({
    [STREAM_OF_OTHERS]: {
      Sid: 'AllowStreamAccess111122223333ProcessOrdersRole',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      Resource: STREAM_OF_OTHERS,
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/ProcessOrdersRole' },
      },
    },
  });
  const role_arn = { ...OUTPUTS.role_arn, value: '${aws_iam_role.execution_role.arn}' };
  expect(others).toEqual({ ...OUTPUTS, role_arn });
  expect(resource?.terraform_data).toBeUndefined();
});

describe('a role of others', () => {
  const ARN = 'arn:aws:iam::111122223333:role/old/Shared';
  const policy = {
    ...functionPolicy(),
    statement: [
      ...functionPolicy().statement,
      ...readStreams('arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*').statement,
    ],
  };
  const published = {
    ...OUTPUTS,
    role_arn: { description: 'ARN of the execution role', value: ARN },
    role_policy: {
      description: 'Policy that the owner of the role gives it, as JSON',
      value: '${data.aws_iam_policy_document.execution_role_policy.json}',
    },
  };

  test('stays as it is; the stack checks it, and publishes what its owner gives it', () => {
    const { resource, data, output } = consumerStack({ [ROLE]: { existing: ARN } });
    const { aws_iam_role: _, aws_iam_role_policy: __, ...others } = NOT_AWAITED;
    expect(resource).toEqual({
      ...others,
      aws_lambda_function: { processor: { ...LAMBDA, role: ARN } },
    });
    expect(data?.aws_iam_role).toEqual({
      execution_role: {
        provider: 'aws.consumer',
        name: 'Shared',
        lifecycle: {
          postcondition: [
            {
              condition: `\${self.arn == "${ARN}"}`,
              error_message: `Role Shared has the ARN \${self.arn}, and the topology says ${ARN}. Write the role's own ARN, with its path, as role.existing.`,
            },
            {
              condition:
                '${contains(flatten([for each in flatten([jsondecode(self.assume_role_policy).Statement]) : try(each.Principal.Service, []) if each.Effect == "Allow"]), "lambda.amazonaws.com")}',
              error_message:
                'Lambda may not assume the role Shared: its trust policy does not name lambda.amazonaws.com. Its owner adds that service as a principal of sts:AssumeRole.',
            },
          ],
        },
      },
    });
    expect(data?.aws_iam_policy_document).toEqual({
      ...FAILED_BATCHES.data.aws_iam_policy_document,
      ...TOPIC.data.aws_iam_policy_document,
      execution_role_policy: policy,
    });
    expect(output).toEqual(published);
  });

  test('gets the grants of the sink as well', () => {
    const { data } = consumerStack({ [ROLE]: { existing: ARN }, [SINK]: 's3' });
    expect(data?.aws_iam_policy_document?.execution_role_policy).toMatchObject({
      statement: expect.arrayContaining([expect.objectContaining({ sid: 'WriteChanges' })]),
    });
  });

  test('gets more policies where one cannot hold all streams', () => {
    const { data, output } = consumerStack({ [ROLE]: { existing: ARN }, ...tenants(200) });
    const further = [1, 2].map((index) => `execution_role_further_policy_${index}`);
    expect(Object.keys(data?.aws_iam_policy_document ?? {})).toEqual(
      expect.arrayContaining(['execution_role_policy', ...further]),
    );
    expect(output?.further_role_policies).toEqual({
      description: 'More such policies, as many streams need',
      value: further.map((name) => `\${data.aws_iam_policy_document.${name}.json}`),
    });
  });

  test('has a function of others: no role, code or log of ours, and alarms on what its owner cannot change', () => {
    const FOUND = '${data.aws_lambda_function.processor.function_name}';
    const { resource, data, output } = consumerStack({
      [ROLE]: undefined,
      [FUNCTION]: undefined,
      'consumers.process-orders.existingFunction': { name: 'ProcessOrders', roleArn: ARN },
    });
    const { alarms_failed_changes: _, alarms_duration: __, ...alarms } = functionAlarms(TOPIC_ARN);
    const found = Object.entries(alarms).map(([name, block]) => [
      name,
      { ...block, dimensions: { FunctionName: FOUND } },
    ]);
    expect(resource).toEqual({
      ...FAILED_BATCHES.resource,
      ...TOPIC.resource,
      aws_cloudwatch_metric_alarm: Object.fromEntries(found),
      aws_cloudwatch_dashboard: {
        dashboard: {
          ...DASHBOARD,
          dashboard_name: `${FOUND}-us-east-1`,
          dashboard_body: expect.not.stringContaining('CrossAccountStreams'),
        },
      },
    });
    expect(data).toEqual({
      aws_iam_policy_document: {
        ...FAILED_BATCHES.data.aws_iam_policy_document,
        ...TOPIC.data.aws_iam_policy_document,
        execution_role_policy: { ...policy, statement: policy.statement.slice(2) },
      },
      aws_lambda_function: {
        processor: {
          provider: 'aws.consumer',
          function_name: 'ProcessOrders',
          lifecycle: {
            postcondition: [
              {
                condition: `\${self.role == "${ARN}"}`,
                error_message: `Function ProcessOrders has the role \${self.role}, and the topology says ${ARN}. Write the function's own role as existingFunction.roleArn.`,
              },
            ],
          },
        },
      },
    });
    expect(output).toEqual({
      ...published,
      function_name: { ...OUTPUTS.function_name, value: FOUND },
      function_arn: {
        ...OUTPUTS.function_arn,
        value: '${data.aws_lambda_function.processor.arn}',
      },
    });
  });
});

describe('the role is published', () => {
  const BY_ACCOUNT = { 'producers.orders.streamPolicy': { principal: 'account' } };
  const NEXT_TO_IT = {
    'producers.items': producer('Items'),
    'subscriptions[1]': { producer: 'items', consumer: 'process-orders' },
  };
  const AT_ONCE = { ...OUTPUTS.role_arn, value: '${aws_iam_role.execution_role.arn}' };

  test.each<[string, Overrides]>([
    ['a stream that names its account', BY_ACCOUNT],
    ['no stream', { subscriptions: [] }],
    ['a stream whose policy is that of others', existingTable({ streamPolicy: 'none' })],
    [
      'no stream of one that names the role of another consumer',
      {
        'consumers.other': {
          account: 'analytics',
          role: { name: 'OtherRole' },
          function: { name: 'Other' },
        },
        'subscriptions[0].consumer': 'other',
      },
    ],
  ])('at once where it reads %s', (_, overrides) => {
    const { resource, output } = consumerStack(overrides);
    expect(resource?.terraform_data).toBeUndefined();
    expect(output).toEqual({ ...OUTPUTS, role_arn: AT_ONCE });
  });

  test.each<[string, Overrides]>([
    ['a stream that names it and one that does not', { ...BY_ACCOUNT, ...NEXT_TO_IT }],
  ])('once it is propagated where it reads %s', (_, overrides) => {
    const { resource, output } = consumerStack(overrides);
    expect(resource?.terraform_data).toEqual(RESOURCES.terraform_data);
    expect(output).toEqual(OUTPUTS);
  });
});

test('failed batches are kept for as long as is asked for', () => {
  const { resource } = consumerStack({
    'consumers.process-orders.failedBatches': { expirationInDays: 90 },
  });
  expect(resource).toEqual({
    ...RESOURCES,
    ...privateBucket('failed_batches', 'process-orders-failed-batches-025f751830a2', [
      { id: 'expire', status: 'Enabled', filter: [{}], expiration: [{ days: 90 }] },
    ]).resource,
  });
});

describe('the alarms', () => {
  const SHARED_TOPIC = 'arn:aws:sns:us-east-1:111122223333:on-call';
  const blocksOf = ({ resource, data }: StackJson) => ({
    resource,
    data: { aws_iam_policy_document: data?.aws_iam_policy_document },
  });
  /** All that is there, but for the topic. */
  const withoutTopic = () => {
    const own = Object.keys(TOPIC.resource);
    const documents = Object.keys(TOPIC.data.aws_iam_policy_document);
    return {
      resource: Object.fromEntries(
        Object.entries(RESOURCES).filter(([type]) => !own.includes(type)),
      ),
      data: {
        aws_iam_policy_document: Object.fromEntries(
          Object.entries(DOCUMENTS).filter(([name]) => !documents.includes(name)),
        ),
      },
    };
  };

  test('are turned off, and with them the topic', () => {
    const stack = consumerStack({ [ALARMS]: false });
    const { resource, data } = withoutTopic();
    const { aws_cloudwatch_metric_alarm: _, ...others } = resource;
    const { alarm_topic_arn: __, ...outputs } = OUTPUTS;
    expect(blocksOf(stack)).toEqual({ resource: others, data });
    expect(stack.output).toEqual(outputs);
  });

  test('are sent to an existing topic', () => {
    const stack = consumerStack({ [ALARMS]: { topicArn: SHARED_TOPIC } });
    const { resource, data } = withoutTopic();
    expect(blocksOf(stack)).toEqual({
      resource: { ...resource, aws_cloudwatch_metric_alarm: functionAlarms(SHARED_TOPIC) },
      data,
    });
    expect(stack.output).toEqual({
      ...OUTPUTS,
      alarm_topic_arn: { ...OUTPUTS.alarm_topic_arn, value: SHARED_TOPIC },
    });
  });

  test.each<[string, Overrides, topic_arn: string, endpoint: string]>([
    ['its topic', { email: 'team@example.com' }, TOPIC_ARN, 'team@example.com'],
    [
      'an address in which Terraform sees no template',
      { email: '"${a}%{b}"@example.com' },
      TOPIC_ARN,
      '"$${a}%%{b}"@example.com',
    ],
  ])('are sent on to an email address: %s', (_, settings, topic_arn, endpoint) => {
    const { aws_sns_topic_subscription } = consumerStack({ [ALARMS]: settings }).resource ?? {};
    expect(aws_sns_topic_subscription).toEqual({
      alarms_email: { provider: 'aws.consumer', topic_arn, protocol: 'email', endpoint },
    });
  });

  test.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('in %s have a topic whose key is of an account of %s', (region, partition) => {
    const { data } = consumerStack(inRegion(region));
    const documents = JSON.stringify(TOPIC.data.aws_iam_policy_document);
    expect(data?.aws_iam_policy_document).toMatchObject(
      JSON.parse(documents.replace('arn:aws:iam', `arn:${partition}:iam`)),
    );
  });

  const concurrency = (threshold: number) => ({
    alarms_concurrency: alarm(TOPIC_ARN, {
      alarm_name: 'ProcessOrders-concurrency',
      alarm_description: `ProcessOrders has had ${threshold} invocations at a time for 15 minutes: one table may be using the concurrency that the others need. Look at the changes by account and table, then reserve more, or give that table its own consumer. ${DOCTOR}`,
      dimensions: { FunctionName: '${aws_lambda_function.processor.function_name}' },
      metric_name: 'ConcurrentExecutions',
      statistic: 'Maximum',
      evaluation_periods: 3,
      threshold,
    }),
  });
  const reserved = (count: number) => ({ [`${FUNCTION}.reservedConcurrentExecutions`]: count });

  test.each<[string, Overrides, changed: Readonly<Record<string, object>>]>([
    [
      'the age of records, in milliseconds',
      { [ALARMS]: { iteratorAgeInSeconds: 1 } },
      { alarms_iterator_age: { threshold: 1_000 } },
    ],
    [
      'errors, and as many failed changes',
      { [ALARMS]: { errors: 7 } },
      { alarms_errors: { threshold: 7 }, alarms_failed_changes: { threshold: 7 } },
    ],
    ['throttles', { [ALARMS]: { throttles: 8 } }, { alarms_throttles: { threshold: 8 } }],
    [
      'a part of the timeout, in milliseconds',
      { [ALARMS]: { durationInPercent: 50 }, [`${FUNCTION}.timeout`]: 3 },
      {
        alarms_duration: {
          threshold: 1_500,
          alarm_description: `An invocation of ProcessOrders took 50% of its timeout of 3 seconds. ${DOCTOR}`,
        },
      },
    ],
    ['discarded records, by the subscriptions only', { [ALARMS]: { failedRecords: 9 } }, {}],
    ['80% of the reserved concurrency', reserved(100), concurrency(80)],
    ['80% of the reserved concurrency, rounded up', reserved(7), concurrency(6)],
    ['all of a reserved concurrency of one', reserved(1), concurrency(1)],
    [
      'the concurrency that is asked for, whatever is reserved',
      { [ALARMS]: { concurrentExecutions: 95 }, ...reserved(100) },
      concurrency(95),
    ],
    [
      'the concurrency that is asked for where nothing is reserved',
      { [ALARMS]: { concurrentExecutions: 900 } },
      concurrency(900),
    ],
  ])('are raised by %s', (_, overrides, changed) => {
    const alarms: Readonly<Record<string, object>> = functionAlarms(TOPIC_ARN);
    expect(consumerStack(overrides).resource?.aws_cloudwatch_metric_alarm).toEqual({
      ...alarms,
      ...Object.fromEntries(
        Object.entries(changed).map(([id, block]) => [id, { ...alarms[id], ...block }]),
      ),
    });
  });
});

test('with dashboard: false there is none', () => {
  const { resource } = consumerStack({ 'consumers.process-orders.dashboard': false });
  expect(resource?.aws_cloudwatch_dashboard).toBeUndefined();
});

test('the dashboard has what one function does, on six widgets', async () => {
  const place = (x: number, y: number) => ({ x, y, width: 12, height: 6 });
  const name = '${aws_lambda_function.processor.function_name}';
  const lambda = (metric: string, stat: string, namespace = 'AWS/Lambda') => [
    ...[namespace, metric, 'FunctionName', name, { stat }],
  ];
  const metrics = (title: string, ...series: object[]) => ({
    type: 'metric',
    properties: { title, region: 'eu-west-1', period: 300, metrics: series },
  });
  const { resource } = consumerStack(inRegion('eu-west-1'));
  const { dashboard_name, dashboard_body } = Object(resource?.aws_cloudwatch_dashboard?.dashboard);
  expect(dashboard_name).toBe(`${name}-eu-west-1`);
  expect(await jsonencoded(dashboard_body)).toEqual({
    widgets: [
      {
        ...place(0, 0),
        ...metrics(
          'Changes',
          lambda('ChangesProcessed', 'Sum', 'CrossAccountStreams'),
          lambda('ChangesFailed', 'Sum', 'CrossAccountStreams'),
        ),
      },
      {
        ...place(12, 0),
        ...metrics('Age of the last record of a batch (ms)', lambda('IteratorAge', 'Maximum')),
      },
      {
        ...place(0, 6),
        ...metrics(
          'Failed invocations',
          lambda('Errors', 'Sum'),
          lambda('Throttles', 'Sum'),
          lambda('DestinationDeliveryFailures', 'Sum'),
        ),
      },
      { ...place(12, 6), ...metrics('Duration (ms)', lambda('Duration', 'Maximum')) },
      {
        ...place(0, 12),
        ...metrics(
          'Records sent to failed-batches buckets, by event source mapping of the Region',
          [
            {
              expression:
                "SEARCH('{AWS/Lambda,EventSourceMappingUUID} MetricName=\"OnFailureDestinationDeliveredEventCount\"', 'Sum', 300)",
            },
          ],
        ),
      },
      {
        ...place(12, 12),
        type: 'log',
        properties: {
          title: 'Changes by account and table',
          region: 'eu-west-1',
          view: 'table',
          query:
            "SOURCE '${aws_cloudwatch_log_group.log.name}' | filter ispresent(ChangesProcessed) | stats sum(ChangesProcessed) as changes, sum(ChangesFailed) as failed by account, table | sort changes desc",
        },
      },
    ],
  });
});

describe('as HCL', () => {
  test.each<[string, Overrides]>([
    ['a consumer', {}],
    ['one with an address', { [ALARMS]: { email: '"${a}%{b}"@example.com' } }],
    [
      'one with variables that look like HCL',
      {
        [`${FUNCTION}.environment`]: {
          TEMPLATE: '${a} %{b} $${c}',
          QUOTES: '"one" and \'two\'',
          PATH_LIKE: 'C:\\new\\',
          LINES: 'one\n\ttwo\r\n',
          JSON: '{"a":"${b}"}',
          EMPTY: '',
        },
      },
    ],
    [
      'one with a role of others',
      { [ROLE]: { existing: 'arn:aws:iam::111122223333:role/Shared' } },
    ],
    [
      'one with a function of others',
      {
        [ROLE]: undefined,
        [FUNCTION]: undefined,
        'consumers.process-orders.existingFunction': {
          name: 'Legacy',
          roleArn: 'arn:aws:iam::111122223333:role/Legacy',
        },
      },
    ],
    [
      'one in a VPC, with layers, traces and more',
      {
        [`${FUNCTION}.vpc`]: VPC,
        [`${FUNCTION}.layers`]: [LAYER],
        [`${FUNCTION}.tracing`]: 'Active',
        [`${FUNCTION}.ephemeralStorage`]: 512,
        [`${FUNCTION}.description`]: 'Lines\nof "${text}"',
      },
    ],
    ['one with statements', { [`${ROLE}.statements`]: STATEMENTS }],
    ['one with a lake', { [SINK]: 's3' }],
    ['one with a lake in an existing bucket', { [SINK]: { type: 's3', bucket: 'our-lake' } }],
  ])('%s says what it says as JSON', async (_, overrides) => {
    const hcl = await tidyHcl(synthHcl(topology(overrides), ID));
    const { locals, resource, data } = await parse('cdk.tf', hcl);
    const json = consumerStack(overrides);
    expect(await comparable({ locals, resource, data })).toEqual(
      await comparable({ locals: json.locals, resource: json.resource, data: json.data }),
    );
    expect(await format(hcl)).toBe(hcl);
  });
});

/**
 * What the parser of HCL and JSON write in two ways, in one: blocks, lists of one block, references, and
 * arguments of `jsonencode`, whose layout differs.
 */
async function comparable(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) {
    const [only] = value;
    const isBlock = value.length === 1 && typeof only === 'object' && !Array.isArray(only);
    return isBlock ? comparable(only) : Promise.all(value.map(comparable));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([key, one]) => [key, await comparable(one)]);
    return Object.fromEntries(await Promise.all(entries));
  }
  if (typeof value !== 'string') return value;
  if (value.startsWith('${jsonencode(')) return jsonencoded(value);
  return value.replace(/^\$\{([^{}]*)\}$/, '$1');
}
