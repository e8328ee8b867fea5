import { parse } from '@cdktf/hcl2json';
import { heredocs } from '../../../terraform/hcl/heredocs';

// The parser takes a while to start.
jest.setTimeout(30_000);

const query = (text: string) => `resource "a" "b" {\n  query = "${text}"\n}`;

describe('SQL', () => {
  test.each<[string, before: string, after: string]>([
    [
      'of one line is a heredoc of one line',
      query('SELECT 1\\n'),
      'resource "a" "b" {\n  query = <<-SQL\n    SELECT 1\n  SQL\n}',
    ],
    [
      'has its quotes, backslashes and indentation as they are',
      query('SELECT \\"a\\"\\n  \'\\\\n\'\\n'),
      `resource "a" "b" {\n  query = <<-SQL\n    SELECT "a"\n      '\\n'\n  SQL\n}`,
    ],
    [
      'keeps references, and what only looks like a template',
      query('${aws_a.b} $${c} %%{d}\\n'),
      'resource "a" "b" {\n  query = <<-SQL\n    ${aws_a.b} $${c} %%{d}\n  SQL\n}',
    ],
    [
      'in line with other attributes stays there',
      'resource "a" "b" {\n  name  = "c"\n  query = "SELECT 1\\n"\n}',
      'resource "a" "b" {\n  name  = "c"\n  query = <<-SQL\n    SELECT 1\n  SQL\n}',
    ],
    [
      'in a document ends its item without a comma',
      'locals {\n  a = jsonencode({\n    originalSql = "SELECT 1\\n",\n    b           = "c",\n  })\n}',
      'locals {\n  a = jsonencode({\n    originalSql = <<-SQL\n      SELECT 1\n    SQL\n    b           = "c",\n  })\n}',
    ],
  ])('%s', async (_, before, after) => {
    expect(heredocs(before)).toBe(after);
    if (before.includes('query')) {
      expect(await parse('cdk.tf', after)).toEqual(await parse('cdk.tf', before));
    }
  });
});

test.each<[string, string]>([
  ['text without a line break at its end', query('SELECT 1\\nFROM a')],
  ['text with another escape', query('SELECT \\t1\\n')],
  ['a variable of the user named query', '    variables = {\n      query = "a\\n"\n    }'],
  [
    'a variable of the user named originalSql',
    '    variables = {\n      originalSql = "a\\n"\n    }',
  ],
])('%s stays as it is', (_, hcl) => {
  expect(heredocs(hcl)).toBe(hcl);
});
