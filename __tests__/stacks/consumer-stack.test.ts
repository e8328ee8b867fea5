import { ARCHIVE_PROVIDER, AWS_PROVIDER, counts, synthApp } from '../helpers/synth-app';
import { type Overrides, producer, topology } from '../helpers/topology';

const ID = 'consumer-process-orders';
const ROLE = 'consumers.process-orders.role';
const FUNCTION = 'consumers.process-orders.function';

const consumerStack = (overrides: Overrides = {}) => synthApp(topology(overrides)).json(ID);

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
  runtime: 'nodejs22.x',
  architectures: ['arm64'],
  handler: 'index.handler',
  filename: '${data.archive_file.processor_archive.output_path}',
  source_code_hash: '${data.archive_file.processor_archive.output_base64sha256}',
  memory_size: 256,
  timeout: 60,
  environment: { variables: { NODE_OPTIONS: '--enable-source-maps' } },
  depends_on: ['aws_cloudwatch_log_group.log'],
};

const ROLE_BLOCK = {
  provider: 'aws.consumer',
  name: 'ProcessOrdersRole',
  path: '/',
  assume_role_policy: '${data.aws_iam_policy_document.execution_role_trust.json}',
};

const inlinePolicy = (name: string) => ({
  provider: 'aws.consumer',
  name,
  role: '${aws_iam_role.execution_role.name}',
  policy: `\${data.aws_iam_policy_document.execution_role_${name}_policy.json}`,
});

const settledAfter = (...addresses: string[]) => ({
  input: '${aws_iam_role.execution_role.arn}',
  triggers_replace: '${aws_iam_role.execution_role.unique_id}',
  provisioner: [{ 'local-exec': { command: 'sleep 30' } }],
  depends_on: addresses,
});

const readStreams = (...resources: string[]) => ({
  provider: 'aws.consumer',
  statement: [
    {
      sid: 'ReadStreams',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources,
    },
  ],
});

const RESOURCES = {
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

test('a consumer is a role, a function and its log, in its account', () => {
  expect(consumerStack()).toEqual({
    terraform: {
      backend: {
        s3: {
          bucket: 'example-terraform-state',
          key: 'orders/consumer-process-orders.tfstate',
          region: 'us-east-1',
          encrypt: true,
          use_lockfile: true,
        },
      },
      required_providers: { archive: ARCHIVE_PROVIDER, aws: AWS_PROVIDER },
      required_version: '>= 1.10.0',
    },
    provider: {
      archive: [{}],
      aws: [
        {
          alias: 'consumer',
          region: 'us-east-1',
          allowed_account_ids: ['111122223333'],
          default_tags: [{ tags: { Topology: 'orders' } }],
        },
      ],
    },
    data: {
      archive_file: {
        processor_archive: {
          provider: 'archive',
          type: 'zip',
          source_dir: expect.stringMatching(PACKAGE),
          output_path: expect.stringMatching(
            new RegExp(PACKAGE.source.replace(/\$$/, String.raw`\.zip$`)),
          ),
          output_file_mode: '0644',
        },
      },
      aws_iam_policy_document: {
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
        execution_role_function_policy: {
          provider: 'aws.consumer',
          statement: [
            {
              sid: 'WriteLog',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: ['${aws_cloudwatch_log_group.log.arn}:*'],
            },
            { sid: 'ListStreams', actions: ['dynamodb:ListStreams'], resources: ['*'] },
          ],
        },
        execution_role_streams_policy: readStreams(
          'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*',
        ),
      },
    },
    resource: RESOURCES,
    output: {
      role_arn: {
        description: 'ARN of the execution role, once IAM has spread it',
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
    },
  });
});

describe('the function', () => {
  const withVariables = (variables: object) => ({ ...LAMBDA, environment: { variables } });
  const { environment: _, ...withoutEnvironment } = LAMBDA;

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
      },
    ],
    [
      'is throttled altogether by a concurrency of 0',
      { [`${FUNCTION}.reservedConcurrentExecutions`]: 0 },
      { ...LAMBDA, reserved_concurrent_executions: 0 },
    ],
    [
      'has environment variables beside its own',
      { [`${FUNCTION}.environment`]: { LOG_LEVEL: 'debug', EMPTY: '' } },
      withVariables({ NODE_OPTIONS: '--enable-source-maps', LOG_LEVEL: 'debug', EMPTY: '' }),
    ],
    [
      'has environment variables in place of its own',
      { [`${FUNCTION}.environment`]: { NODE_OPTIONS: '--no-warnings' } },
      withVariables({ NODE_OPTIONS: '--no-warnings' }),
    ],
    [
      'has environment variables in which Terraform sees no template',
      { [`${FUNCTION}.environment`]: { TEXT: '${a} %{b} $c "d" \\ \n' } },
      withVariables({ NODE_OPTIONS: '--enable-source-maps', TEXT: '$${a} %%{b} $c "d" \\ \n' }),
    ],
    [
      'of another language has its own handler and no variables for Node.js',
      {
        [`${FUNCTION}.runtime`]: 'python3.12',
        [`${FUNCTION}.code`]: { directory: 'lambda-src/python', handler: 'index.run' },
      },
      { ...withoutEnvironment, runtime: 'python3.12', handler: 'index.run' },
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
    expect(counts(resource)).toEqual(counts(RESOURCES));
  });

  test('is packed from the folder that its content names', () => {
    const archives = [
      { [`${FUNCTION}.code`]: { directory: 'lambda-src/python', handler: 'index.handler' } },
      { [`${FUNCTION}.code`]: { directory: 'lambda-src/sinks', handler: 'index.handler' } },
      {},
      {},
    ].map((overrides) => consumerStack(overrides).data?.archive_file?.processor_archive ?? {});
    const folders = archives.map((archive) => Reflect.get(archive, 'source_dir'));
    expect(folders).toEqual(Array(4).fill(expect.stringMatching(PACKAGE)));
    expect(new Set(folders).size).toBe(3);
    expect(folders[3]).toBe(folders[2]);
    expect(archives.map((archive) => Reflect.get(archive, 'output_path'))).toEqual(
      folders.map((folder) => `${folder}.zip`),
    );
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
          role: '${aws_iam_role.execution_role.name}',
          policy_arn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole',
        },
        execution_role_111122223333_policy_Own_attachment: {
          provider: 'aws.consumer',
          role: '${aws_iam_role.execution_role.name}',
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

  test('reads the streams of all its tables, and of no other', () => {
    const { data } = consumerStack({
      'accounts.tenant': { id: '777777777777', region: 'us-east-1' },
      'producers.orders.account': undefined,
      'producers.orders.accounts': ['shop', 'tenant'],
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
      ...RESOURCES,
      aws_iam_role_policy: { execution_role_function: inlinePolicy('function') },
      terraform_data: {
        execution_role_settled: settledAfter('aws_iam_role_policy.execution_role_function'),
      },
    });
    expect(Object.keys(data?.aws_iam_policy_document ?? {}).sort()).toEqual([
      'execution_role_function_policy',
      'execution_role_trust',
    ]);
  });
});
