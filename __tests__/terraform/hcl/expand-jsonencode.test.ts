import { parse } from '@cdktf/hcl2json';
import { expandJsonencode } from '../../../terraform/hcl/expand-jsonencode';

// The parser takes a while to start.
jest.setTimeout(30_000);

/** So many letters. */
const x = (count: number) => 'x'.repeat(count);

describe('a line', () => {
  test.each<[string, line: string, lines: string[]]>([
    [
      'that is short stays',
      'body = jsonencode({"a" = [1, 2], "b" = {"c" = "d"}})',
      ['body = jsonencode({"a" = [1, 2], "b" = {"c" = "d"}})'],
    ],
    [
      'of a hundred characters stays',
      `body = jsonencode({"a" = "${x(71)}"})`,
      [`body = jsonencode({"a" = "${x(71)}"})`],
    ],
    [
      'without jsonencode stays, however long',
      `body = "${x(200)} {[]}"`,
      [`body = "${x(200)} {[]}"`],
    ],
    [
      'of a hundred and one characters is broken',
      `body = jsonencode({"a" = "${x(72)}"})`,
      ['body = jsonencode({', `a = "${x(72)}",`, '})'],
    ],
    [
      'is broken at the outermost brackets, and what fits stays together',
      `body = jsonencode({"a" = [1, 2, {"b" = 3}], "long" = "${x(90)}", "c" = {"d" = []}})`,
      [
        'body = jsonencode({',
        'a = [1, 2, {"b" = 3}],',
        `long = "${x(90)}",`,
        'c = {"d" = []},',
        '})',
      ],
    ],
    [
      'is broken in depth, where a part is too long as well',
      `body = jsonencode({"a" = [{"b" = "${x(95)}"}, [1, 2]]})`,
      ['body = jsonencode({', 'a = [', '{', `b = "${x(95)}",`, '},', '[1, 2],', '],', '})'],
    ],
    [
      'is broken within other functions',
      `text = format("(%s]", base64encode(jsonencode({"a" = "${x(95)}"})))`,
      ['text = format("(%s]", base64encode(jsonencode({', `a = "${x(95)}",`, '})))'],
    ],
    [
      'is not broken at brackets and commas in text',
      `body = jsonencode({"a" = "}, ], {[(", "b" = "${x(90)}"})`,
      ['body = jsonencode({', 'a = "}, ], {[(",', `b = "${x(90)}",`, '})'],
    ],
    [
      'is not broken at quotes in text',
      String.raw`body = jsonencode({"a" = "\", {\\", "b" = "${x(90)}"})`,
      ['body = jsonencode({', String.raw`a = "\", {\\",`, `b = "${x(90)}",`, '})'],
    ],
    [
      'is not broken in calls and indexes',
      `body = jsonencode({"a" = max(1, 2), "b" = aws_a.b["c"], "d" = "${x(90)}"})`,
      ['body = jsonencode({', 'a = max(1, 2),', 'b = aws_a.b["c"],', `d = "${x(90)}",`, '})'],
    ],
    [
      'keeps quotes around keys that are no names',
      `body = jsonencode({"a b" = 1, "c.d" = 2, "5" = 3, "-e" = 4, "f" = "${x(90)}"})`,
      [
        'body = jsonencode({',
        '"a b" = 1,',
        '"c.d" = 2,',
        '"5" = 3,',
        '"-e" = 4,',
        `f = "${x(90)}",`,
        '})',
      ],
    ],
    [
      'keeps text that only looks like a key',
      String.raw`body = jsonencode({"a" = "{ \"b\" = , \"c\" = ", "d" = "${x(90)}"})`,
      ['body = jsonencode({', String.raw`a = "{ \"b\" = , \"c\" = ",`, `d = "${x(90)}",`, '})'],
    ],
  ])('%s', (_, line, lines) => {
    expect(expandJsonencode(line).split('\n')).toEqual(lines);
  });

  test('means the same when it is broken', async () => {
    const value = `{"a" = ["}, {", {"b" = "\\"${x(60)}\\\\"}, []], "c d" = {"e" = null, "for" = true}, "f" = "${x(90)}"}`;
    const expanded = expandJsonencode(`body = jsonencode(${value})`);
    const [, argument = ''] = /^body = jsonencode\(([\s\S]*)\)$/.exec(expanded) ?? [];
    expect(argument.split('\n').length).toBeGreaterThan(3);
    expect(await parse('a.tf', `body = ${argument}`)).toEqual(
      await parse('b.tf', `body = ${value}`),
    );
  });

  test('without an end is refused', () => {
    expect(() => expandJsonencode(`body = jsonencode({"a" = "${x(120)}"`)).toThrow(
      'no end of {"a"',
    );
  });
});
