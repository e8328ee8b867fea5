import { parse } from '@cdktf/hcl2json';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { type App, Testing } from 'cdktf';
import { jsonEncode } from '../../../constructs/terraform/literal';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../../helpers/empty-stack';
import { jsonencoded } from '../../helpers/jsonencoded';
import { hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(30_000);

const REFERENCE = '${aws_sqs_queue.queue.name}';

/** A value with a reference in it. */
type Value = (reference: string) => object;

function stackOf(value: Value, app: App): EmptyStack {
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
    ['quotes', () => ({ sql: 'SELECT "a" FROM "b"' })],
    ['quotes next to a reference', (name) => ({ sql: `SELECT "a" FROM "${name}"` })],
    ['line breaks and tabs', () => ({ sql: 'SELECT *\n\tFROM a' })],
    ['control characters', () => ({ text: 'a\bb\fc\u001fd\u007fe\u2028f' })],
    ['backslashes', () => ({ pattern: '\\d+\\\\' })],
    ['brackets in text', () => ({ text: '}, "a" = [1], ({' })],
    ['letters', () => ({ text: 'Größe 漢字 🙂' })],
    ['keys that are no names', () => ({ 'a b': 1, 'c.d': 2, '5': 3 })],
    ['long', (name) => ({ first: long, list: [long, { name, third: [long, long] }], last: 1 })],
  ])('%s', async (_, value) => {
    const { output } = jsonOf(stackOf(value, jsonApp()));
    const json = Reflect.get(output?.encoded ?? {}, 'value');
    const hcl = await tidyHcl(Testing.synthHcl(stackOf(value, hclApp()), true));
    const parsed = await parse('cdk.tf', hcl);
    expect(json).toMatch(/^\$\{jsonencode\(.*\)\}$/);
    expect(await jsonencoded(json)).toEqual(value(REFERENCE));
    expect(await jsonencoded(parsed.output.encoded[0].value)).toEqual(value(REFERENCE));
    expect(await tidyHcl(hcl)).toBe(hcl);
  });
});
