import { format } from '@cdktf/hcl-tools';
import { parse } from '@cdktf/hcl2json';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { synthApp, synthHcl } from '../../helpers/synth-app';
import { existingTable, topology } from '../../helpers/topology';

// The formatter and the parser take a while to start.
jest.setTimeout(30_000);

const CONSUMER = 'consumer-process-orders';
const PRODUCER = 'producer-orders';

const block = (before: string) => `resource "terraform_data" "x" {\n${before}\n}`;

describe('tidy HCL has', () => {
  test.each<[string, before: string, after: string]>([
    [
      'the required version in place of the name of the setting',
      'terraform {\nbackend "s3" {\nbucket = "b"\n}\n\n  0 = "required_version"\n}',
      'terraform {\n  required_version = ">= 1.10.0"\n\n  backend "s3" {\n    bucket = "b"\n  }\n}\n',
    ],
    [
      'providers as references',
      block('provider = "aws.consumer"'),
      'resource "terraform_data" "x" {\n  provider = aws.consumer\n}\n',
    ],
    [
      'dependencies as references',
      block('depends_on = [\n"aws_a.b",\n"data.aws_c.d",\n]'),
      'resource "terraform_data" "x" {\n  depends_on = [\n    aws_a.b,\n    data.aws_c.d,\n  ]\n}\n',
    ],
    [
      'an interpolation alone as an expression',
      block('input = "${aws_a.b.arn}"'),
      'resource "terraform_data" "x" {\n  input = aws_a.b.arn\n}\n',
    ],
    [
      'interpolations alone in a list as expressions',
      block('input = [\n"${aws_a.b}",\n"text",\n"${aws_c.d}"\n]'),
      'resource "terraform_data" "x" {\n  input = [\n    aws_a.b,\n    "text",\n    aws_c.d,\n  ]\n}\n',
    ],
    [
      'an interpolation next to text as it is',
      block('input = "${aws_a.b}:*"\nother = "a${aws_a.b}"'),
      'resource "terraform_data" "x" {\n  input = "${aws_a.b}:*"\n  other = "a${aws_a.b}"\n}\n',
    ],
    [
      'text that only looks like an interpolation as it is',
      block('input = "$${a}"\nother = "\\"$${a}\\""\nthird = "%%{a}"'),
      'resource "terraform_data" "x" {\n  input = "$${a}"\n  other = "\\"$${a}\\""\n  third = "%%{a}"\n}\n',
    ],
    [
      'providers by their full source',
      'terraform {\nrequired_providers {\naws = {\nversion = "6.25.0"\nsource = "aws"\n}\narchive = {\nversion = "2.7.1"\nsource = "hashicorp/archive"\n}\nother = {\nversion = "1.0.0"\nsource = "example/other"\n}\n}\n}',
      'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "6.25.0"\n    }\n    archive = {\n      source  = "hashicorp/archive"\n      version = "2.7.1"\n    }\n    other = {\n      version = "1.0.0"\n      source  = "example/other"\n    }\n  }\n}\n',
    ],
    [
      'conditions as blocks',
      block(
        'lifecycle {\nprecondition = [\n{\ncondition = "${a}"\nerror_message = "b"\n}\n]\npostcondition = [\n{\ncondition = "${c == "d"}"\nerror_message = "e"\n},\n{\ncondition = "${f}"\nerror_message = "g"\n}\n]\n}',
      ),
      'resource "terraform_data" "x" {\n  lifecycle {\n    precondition {\n      condition     = a\n      error_message = "b"\n    }\n\n    postcondition {\n      condition     = c == "d"\n      error_message = "e"\n    }\n\n    postcondition {\n      condition     = f\n      error_message = "g"\n    }\n  }\n}\n',
    ],
    [
      'a short document as an expression on a line',
      block('input = "${jsonencode({"a" = [1, 2]})}"'),
      'resource "terraform_data" "x" {\n  input = jsonencode({ "a" = [1, 2] })\n}\n',
    ],
    [
      'a long document as an expression on lines of its own',
      block(
        `input = "\${format("%s", jsonencode({"a" = [1, aws_a.b], "b" = "${'x'.repeat(90)}"}))}"`,
      ),
      `resource "terraform_data" "x" {\n  input = format("%s", jsonencode({\n    a = [1, aws_a.b],\n    b = "${'x'.repeat(90)}",\n  }))\n}\n`,
    ],
  ])('%s', async (_, before, after) => {
    expect(await tidyHcl(before)).toBe(after);
  });
});

test('the conditions of an existing table and of a state are blocks with the same text', async () => {
  const kmsKeyArn = 'arn:aws:kms:us-east-1:444455556666:key/1234';
  const content = topology(
    existingTable({ existingTable: { name: 'Orders', encryption: { kmsKeyArn } } }),
  );
  const hcl = await tidyHcl(synthHcl(content, PRODUCER));
  const { data } = await parse('cdk.tf', hcl);
  const { data: expected } = synthApp(content).json(PRODUCER);
  for (const [type, name] of [
    ['aws_dynamodb_table', 'table'],
    ['aws_kms_key', 'table_key'],
    ['terraform_remote_state', 'consumer_process_orders'],
  ] as const) {
    const lifecycle = Reflect.get(expected?.[type]?.[name] ?? {}, 'lifecycle');
    expect(data[type][name][0].lifecycle).toEqual([lifecycle]);
  }
  expect(hcl.match(/^ {4}postcondition \{$/gm)).toHaveLength(4);
  expect(hcl).not.toContain('postcondition =');
  expect(await format(hcl)).toBe(hcl);
});

describe('tidying leaves what the user writes as it is:', () => {
  const NAMES = {
    provider: 'stripe',
    depends_on: 'nothing',
    required_version: '1.0',
    TEMPLATE: '${a} %{b}',
    ALONE: '${a}',
    QUOTED: '"${a}"',
    LIST: 'depends_on = ["a"]',
    version: '1.0',
    source: 'aws',
    BLOCK: '}\n\n\n\nprovider = "a.b"\n',
    CONTROL: 'a\b\f\u0001\u007f\u0085',
    LINES: 'a\u2028for = 1\u2029  provider = x',
    DOCUMENT: `\${jsonencode({"a" = "${'x'.repeat(100)}"})}`,
  };

  const TAGS = {
    Team: 'data',
    provider: 'stripe',
    depends_on: 'nothing',
    'cost center': 'a b',
    'a:b': 'c',
    'a/b': 'c',
    'a.b': 'c',
    'a=b': 'c',
    'a+b': 'c',
    'a@b': 'c',
    'a-b': 'c',
    '5': '6',
    '5a': 'c',
    Größe: 'é',
    null: 'x',
    lines: 'a\u2028for = y',
  };

  test('environment variables', async () => {
    const content = topology({ 'consumers.process-orders.function.environment': NAMES });
    const { resource } = await parse('cdk.tf', await tidyHcl(synthHcl(content, CONSUMER)));
    const { environment } = resource.aws_lambda_function.processor[0];
    const expected = synthApp(content).json(CONSUMER).resource?.aws_lambda_function?.processor;
    expect(environment).toEqual([Reflect.get(expected ?? {}, 'environment')]);
  });

  test('tags', async () => {
    const hcl = await tidyHcl(synthHcl(topology({ tags: TAGS }), PRODUCER));
    const { provider } = await parse('cdk.tf', hcl);
    expect(provider.aws[0].default_tags[0].tags).toEqual({ ...TAGS, Topology: 'orders' });
  });

  test.each(['for', '-a'])('a tag with the key %s', async (key) => {
    const hcl = await tidyHcl(synthHcl(topology({ tags: { [key]: 'x' } }), PRODUCER));
    const { provider } = await parse('cdk.tf', hcl);
    expect(provider.aws[0].default_tags[0].tags).toEqual({ [key]: 'x', Topology: 'orders' });
  });
});
