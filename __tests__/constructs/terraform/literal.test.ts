import { format } from '@cdktf/hcl-tools';
import { parse } from '@cdktf/hcl2json';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { type App, TerraformStack, Testing } from 'cdktf';
import { jsonEncode, literal } from '../../../constructs/terraform/literal';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../../helpers/empty-stack';
import { jsonencoded } from '../../helpers/jsonencoded';
import { hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(30_000);

/** A stack that has each text alone and next to a reference. */
function stackOf(app: App): TerraformStack {
  const stack = new TerraformStack(app, 'stack');
  const provider = new AwsProvider(stack, 'aws');
  for (const [index, [text]] of TEXTS.entries()) {
    const tags = {
      alone: literal(stack, text),
      nextToReference: `\${aws_sqs_queue.other.name}${literal(stack, text)}`,
    };
    new SqsQueue(stack, `text_${index}`, { provider, tags });
  }
  stack.prepareStack();
  return stack;
}

const TEXTS: [text: string, template: string][] = [
  ['', ''],
  ['Größe 漢字 🙂', 'Größe 漢字 🙂'],
  ['say "hello"', 'say "hello"'],
  ['C:\\new\\table', 'C:\\new\\table'],
  ['\\"', '\\"'],
  ['\\n', '\\n'],
  ['\ttab\r\n', '\ttab\r\n'],
  ['${a}', '$${a}'],
  ['${', '$${'],
  ['%{ if true }x%{ endif }', '%%{ if true }x%%{ endif }'],
  ['a ${b} c %{d} ${e}', 'a $${b} c %%{d} $${e}'],
  ['"${a}"', '"$${a}"'],
  ['\\${a}', '\\$${a}'],
  ['${a}\n%{b}', '$${a}\n%%{b}'],
  ['$${a}', '$$${a}'],
  ['%%{a}', '%%%{a}'],
  ['a\bb\fc\vd\u0001e\u001ff', 'a\bb\fc\vd\u0001e\u001ff'],
  ['a\u007fb\u0085c\u009fd', 'a\u007fb\u0085c\u009fd'],
  ['a\u2028for = 1\u2029b', 'a\u2028for = 1\u2029b'],
  ['\\b \\f \\u0041', '\\b \\f \\u0041'],
  ['{"S":["Cafe\\u0301"]}', '{"S":["Cafe\\u0301"]}'],
  ['$ % { } $a %b', '$ % { } $a %b'],
  ['$$', '$$'],
  ['{"a":["${b}","\\"c\\""]}', '{"a":["$${b}","\\"c\\""]}'],
];

describe('a text of the user’s is, as Terraform text,', () => {
  const json = jsonOf(stackOf(jsonApp())).resource?.aws_sqs_queue;
  let hcl: Record<string, object[]>;

  beforeAll(async () => {
    const { resource } = await parse('cdk.tf', Testing.synthHcl(stackOf(hclApp()), true));
    hcl = resource.aws_sqs_queue;
  });

  describe.each(TEXTS.map(([text, template], index) => ({ text, template, index })))(
    '$text → $template',
    ({ template, index }) => {
      test('in JSON', () => {
        expect(json?.[`text_${index}`]).toEqual({
          provider: 'aws',
          tags: { alone: template, nextToReference: `\${aws_sqs_queue.other.name}${template}` },
        });
      });

      test('in HCL', () => {
        expect(hcl[`text_${index}`]).toEqual([json?.[`text_${index}`]]);
      });
    },
  );
});

const REFERENCE = '${aws_sqs_queue.queue.name}';

/** A value with a reference in it. */
type Value = (reference: string) => object;

function stackWith(value: Value, app: App): EmptyStack {
  const stack = new EmptyStack(app);
  const queue = new SqsQueue(stack, 'queue', {});
  stack.publish({ encoded: jsonEncode(value(queue.name)) });
  stack.prepareStack();
  return stack;
}

const long = 'A sentence, with (brackets) and {braces}, that is longer than a line of code may be.';

describe('what is encoded is, in JSON and in HCL,', () => {
  test.each<[string, Value]>([
    ['nothing', () => ({})],
    [
      'every kind of value',
      () => ({ a: 'text', b: 1.5, c: true, d: [1, 'two', []], e: { f: {} } }),
    ],
    ['a reference', (name) => ({ name, list: [name, { name }] })],
    ['a reference next to text', (name) => ({ query: `SOURCE '${name}' | limit 5` })],
    ['quotes next to a reference', (name) => ({ sql: `SELECT "a" FROM "${name}"` })],
    ['control characters', () => ({ text: 'a\bb\fc\u001fd\u007fe\u2028f' })],
    ['backslashes', () => ({ pattern: '\\d+\\\\' })],
    ['brackets in text', () => ({ text: '}, "a" = [1], ({' })],
    ['keys that are no names', () => ({ 'a b': 1, 'c.d': 2, '5': 3 })],
    ['long', (name) => ({ first: long, list: [long, { name, third: [long, long] }], last: 1 })],
  ])('%s', async (_, value) => {
    const { output } = jsonOf(stackWith(value, jsonApp()));
    const json = Reflect.get(output?.encoded ?? {}, 'value');
    const hcl = await tidyHcl(Testing.synthHcl(stackWith(value, hclApp()), true));
    const parsed = await parse('cdk.tf', hcl);
    expect(json).toMatch(/^\$\{jsonencode\(.*\)\}$/);
    expect(await jsonencoded(json)).toEqual(value(REFERENCE));
    expect(await jsonencoded(parsed.output.encoded[0].value)).toEqual(value(REFERENCE));
    expect(await format(hcl)).toBe(hcl);
  });
});
