import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { type App, Testing } from 'cdktf';
import { ConsumerFunction, type ConsumerFunctionProps } from '../../constructs/consumer-function';
import { tidyHcl } from '../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../helpers/empty-stack';
import { counts, hclApp, jsonApp, jsonOf } from '../helpers/synth-app';

// The parser of HCL takes a while to start.
jest.setTimeout(30_000);

type Settings = ConsumerFunctionProps['settings'];

const SETTINGS: Settings = {
  name: 'ProcessOrders',
  code: { type: 'folder', directory: 'lambda-src/python', handler: 'index.handler' },
  runtime: 'python3.12',
  architecture: 'arm64',
  memorySize: 256,
  timeout: 60,
  environment: {},
  logRetentionInDays: 30,
};
const BUNDLED: Partial<Settings> = {
  code: { type: 'entry', entry: 'lambda-src/index.ts', files: [], folder: '.' },
  runtime: 'nodejs24.x',
};

const ACCOUNT = { id: '444455556666', region: 'us-east-1', partition: 'aws' };
const SOURCES: ConsumerFunctionProps['sources'] = [
  { account: ACCOUNT, name: 'Orders', encryption: 'aws-owned' },
  { account: { ...ACCOUNT, id: '777788889999' }, name: 'Orders', encryption: 'customer-managed' },
  { account: ACCOUNT, name: 'Orders', encryption: 'aws-owned' },
];

const LAMBDA = {
  provider: 'aws.consumer',
  function_name: 'ProcessOrders',
  role: 'arn:aws:iam::111122223333:role/Reader',
  runtime: 'python3.12',
  architectures: ['arm64'],
  handler: 'index.handler',
  filename: '${data.archive_file.processor_archive.output_path}',
  source_code_hash: '${data.archive_file.processor_archive.output_base64sha256}',
  memory_size: 256,
  timeout: 60,
  depends_on: ['aws_cloudwatch_log_group.log'],
};

function stackWith(settings: Partial<Settings>, app: App = jsonApp()): EmptyStack {
  const stack = new EmptyStack(app);
  const logGroup = new CloudwatchLogGroup(stack, 'log', { name: 'log' });
  const { name, arn } = new ConsumerFunction(stack, 'processor', {
    settings: { ...SETTINGS, ...settings },
    sources: SOURCES,
    roleArn: 'arn:aws:iam::111122223333:role/Reader',
    logGroup,
  });
  stack.publish({ name, arn });
  stack.prepareStack();
  return stack;
}

describe('a function', () => {
  test.each<[string, Partial<Settings>, object]>([
    ['from a folder', {}, {}],
    ['from a bundled file', BUNDLED, { runtime: 'nodejs24.x' }],
    [
      'has the handler of its language',
      {
        code: {
          type: 'folder',
          directory: 'lambda-src/python',
          handler: 'com.example.Handler::run',
        },
      },
      { handler: 'com.example.Handler::run' },
    ],
    [
      'has reserved concurrency',
      { reservedConcurrentExecutions: 1 },
      { reserved_concurrent_executions: 1 },
    ],
    [
      'has size and time',
      { memorySize: 10_240, timeout: 900, architecture: 'x86_64' },
      { memory_size: 10_240, timeout: 900, architectures: ['x86_64'] },
    ],
    [
      'has variables in which Terraform sees no template',
      { environment: { A: '${a}', B: '%{b}', C: '"\\\n' } },
      { environment: { variables: { A: '$${a}', B: '%%{b}', C: '"\\\n' } } },
    ],
  ])('%s', (_, settings, expected) => {
    const { resource, output } = jsonOf(stackWith(settings));
    expect(counts(resource)).toEqual({ aws_cloudwatch_log_group: 1, aws_lambda_function: 1 });
    expect(resource?.aws_lambda_function).toEqual({ processor: { ...LAMBDA, ...expected } });
    expect(output).toEqual({
      name: { description: 'name', value: '${aws_lambda_function.processor.function_name}' },
      arn: { description: 'arn', value: '${aws_lambda_function.processor.arn}' },
    });
  });

  test('has the same variables in HCL as in JSON', async () => {
    const environment = {
      TEMPLATE: '${a} %{b} $${c}',
      QUOTES: '"one" and \'two\'',
      PATH_LIKE: 'C:\\new\\',
      LINES: 'one\n\ttwo\r\n',
      JSON: '{"a":"${b}"}',
      EMPTY: '',
    };
    const hcl = await tidyHcl(Testing.synthHcl(stackWith({ environment }, hclApp()), true));
    const { resource } = await parse('cdk.tf', hcl);
    const expected = jsonOf(stackWith({ environment })).resource?.aws_lambda_function?.processor;
    expect(resource.aws_lambda_function.processor[0].environment).toEqual([
      Reflect.get(expected ?? {}, 'environment'),
    ]);
  });
});

/** Where the files of the archive are, once they are written. */
function copied(stack: EmptyStack): string {
  const archive = jsonOf(stack).data?.archive_file?.processor_archive ?? {};
  const folder = path.join(Testing.fullSynth(stack), 'stacks', 'empty');
  return String(Reflect.get(archive, 'source_dir')).replace('${path.module}', folder);
}

test('a processor is packaged with the tables that it takes changes of, each once', () => {
  const lambda = readFileSync(path.join(copied(stackWith(BUNDLED)), 'index.mjs'), 'utf8');
  expect([...lambda.matchAll(/"(.*)"/g)].map(([, arn]) => arn)).toEqual([
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders',
    'arn:aws:dynamodb:us-east-1:777788889999:table/Orders',
  ]);
});

describe('the archive', () => {
  test.each<[string, Partial<Settings>, string[]]>([
    ['of a folder', {}, ['index.py']],
    ['of a bundled file', BUNDLED, ['index.mjs', 'bundle.mjs', 'bundle.mjs.map']],
  ])('%s is a zip beside the copy of its files', (_, settings, files) => {
    const stack = stackWith(settings);
    const { data, provider } = jsonOf(stack);
    expect(data).toEqual({
      archive_file: {
        processor_archive: {
          provider: 'archive',
          type: 'zip',
          source_dir: expect.stringMatching(
            /^\$\{path\.module\}\/assets\/processor_code\/[0-9A-F]{32}$/,
          ),
          output_path: expect.stringMatching(
            /^\$\{path\.module\}\/assets\/processor_code\/[0-9A-F]{32}\.zip$/,
          ),
          output_file_mode: '0755',
        },
      },
    });
    expect(provider.archive).toEqual([{}]);

    const archive = data?.archive_file?.processor_archive ?? {};
    const folder = copied(stack);
    expect(files.filter((file) => !existsSync(path.join(folder, file)))).toEqual([]);
    expect(Reflect.get(archive, 'output_path')).toBe(`${Reflect.get(archive, 'source_dir')}.zip`);
  });
});
