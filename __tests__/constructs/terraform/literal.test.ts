import { parse } from '@cdktf/hcl2json';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { type App, TerraformStack, Testing } from 'cdktf';
import { literal } from '../../../constructs/terraform/literal';
import { hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

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
  ['plain text', 'plain text'],
  ['Größe 漢字 🙂', 'Größe 漢字 🙂'],
  ['"', '"'],
  ['say "hello"', 'say "hello"'],
  ["it's", "it's"],
  ['\\', '\\'],
  ['C:\\new\\table', 'C:\\new\\table'],
  ['\\"', '\\"'],
  ['\\n', '\\n'],
  ['two\nlines', 'two\nlines'],
  ['\ttab\r\n', '\ttab\r\n'],
  ['${a}', '$${a}'],
  ['${', '$${'],
  ['%{a}', '%%{a}'],
  ['%{ if true }x%{ endif }', '%%{ if true }x%%{ endif }'],
  ['a ${b} c %{d} ${e}', 'a $${b} c %%{d} $${e}'],
  ['${"a"}', '$${"a"}'],
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
  ['$', '$'],
  ['{"a":["${b}","\\"c\\""]}', '{"a":["$${b}","\\"c\\""]}'],
];

describe('a text of the user’s is, as Terraform text,', () => {
  const json = jsonOf(stackOf(jsonApp())).resource?.aws_sqs_queue;
  let hcl: Record<string, object[]>;

  // Once for all, since the parser takes a while to start.
  beforeAll(async () => {
    const { resource } = await parse('cdk.tf', Testing.synthHcl(stackOf(hclApp()), true));
    hcl = resource.aws_sqs_queue;
  }, 30_000);

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
