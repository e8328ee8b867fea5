import { readFileSync } from 'node:fs';
import { format } from '@cdktf/hcl-tools';
import { parse } from '@cdktf/hcl2json';
import { parse as parseYaml } from 'yaml';
import { arrangeHcl } from '../../../terraform/hcl/arrange-hcl';
import { SHIPPED } from '../../helpers/shipped-topologies';
import { synthApp, synthHcl } from '../../helpers/synth-app';

// The formatter and the parser take a while to start.
jest.setTimeout(30_000);

/** Each line of a block in a resource. */
const block = (...lines: string[]) => ['resource "a" "b" {', ...lines, '}'].join('\n');

describe('arranged HCL has', () => {
  test.each<[string, before: string, after: string]>([
    [
      'settings and providers first, outputs last, and the rest in order',
      [
        'output "o" {',
        '}',
        'provider "p" {',
        '}',
        'data "b" "b" {',
        '}',
        'resource "a" "a" {',
        '}',
        'terraform {',
        '}',
      ].join('\n'),
      [
        'terraform {}',
        'provider "p" {}',
        'data "b" "b" {}',
        'resource "a" "a" {}',
        'output "o" {}',
      ].join('\n\n'),
    ],
    [
      'one empty line between blocks, and none at the start of one',
      [
        '',
        'resource "a" "a" {',
        '',
        '  b = 1',
        '',
        '',
        '  c = 2',
        '}',
        '',
        '',
        '',
        'resource "a" "b" {',
        '}',
        '',
      ].join('\n'),
      ['resource "a" "a" {', '  b = 1', '  c = 2', '}', '', 'resource "a" "b" {}'].join('\n'),
    ],
    [
      'attributes before blocks',
      block('  a {', '    b = 1', '  }', '  c = 2', '  d {', '  }', '  e = 3'),
      block('  c = 2', '  e = 3', '', '  a {', '    b = 1', '  }', '', '  d {}'),
    ],
    [
      'what distinguishes blocks before the rest',
      block(
        '  hash_key = "k"',
        '  name = "n"',
        '  statement {',
        '    actions = a',
        '    condition {',
        '      test = "t"',
        '      values = v',
        '      variable = "w"',
        '    }',
        '    principals {',
        '      identifiers = i',
        '      type = "t"',
        '    }',
        '    sid = "s"',
        '  }',
      ),
      block(
        '  name = "n"',
        '  hash_key = "k"',
        '',
        '  statement {',
        '    sid = "s"',
        '    actions = a',
        '',
        '    principals {',
        '      type = "t"',
        '      identifiers = i',
        '    }',
        '',
        '    condition {',
        '      test = "t"',
        '      variable = "w"',
        '      values = v',
        '    }',
        '  }',
      ),
    ],
    [
      "Terraform's own arguments apart: the provider first, dependencies last",
      block(
        '  depends_on = [',
        '    c.d,',
        '    e.f,',
        '  ]',
        '  a = 1',
        '  lifecycle {',
        '    prevent_destroy = true',
        '  }',
        '  provisioner "local-exec" {',
        '    command = "x"',
        '  }',
        '  provider = p.q',
        '  g {',
        '    h = 1',
        '  }',
      ),
      block(
        '  provider = p.q',
        '',
        '  a = 1',
        '',
        '  g {',
        '    h = 1',
        '  }',
        '',
        '  provisioner "local-exec" {',
        '    command = "x"',
        '  }',
        '',
        '  lifecycle {',
        '    prevent_destroy = true',
        '  }',
        '',
        '  depends_on = [',
        '    c.d,',
        '    e.f,',
        '  ]',
      ),
    ],
    ['a list of none on one line', block('  a = [', '  ]'), block('  a = []')],
    ['a list of one on one line', block('  a = [', '    "b",', '  ]'), block('  a = ["b"]')],
    [
      'a comma after each item of a longer list',
      block('  a = [', '    "b",', '    "c"', '  ]'),
      block('  a = [', '    "b",', '    "c",', '  ]'),
    ],
    [
      'a list of objects as it is, but for the comma',
      block('  a = [', '    {', '      b = 1', '      a = 2', '    }', '  ]'),
      block('  a = [', '    {', '      b = 1', '      a = 2', '    },', '  ]'),
    ],
    [
      'maps as they are, with keys of any name',
      block(
        '  a = {',
        '    z        = 1',
        '    name     = "x"',
        '    provider = "y"',
        '    "b c" = [',
        '      1',
        '    ]',
        '  }',
        '  name = "n"',
      ),
      block(
        '  name = "n"',
        '  a = {',
        '    z        = 1',
        '    name     = "x"',
        '    provider = "y"',
        '    "b c" = [',
        '      1',
        '    ]',
        '  }',
      ),
    ],
    [
      'calls over several lines as they are',
      block(
        '  policy = jsonencode({',
        '    b = [',
        '      1,',
        '    ]',
        '',
        '    a = 2',
        '  })',
        '  name = "n"',
      ),
      block(
        '  name = "n"',
        '  policy = jsonencode({',
        '    b = [',
        '      1,',
        '    ]',
        '',
        '    a = 2',
        '  })',
      ),
    ],
    [
      'here documents as they are, whatever they look like',
      block(
        '  query = <<EOF',
        '  name = [',
        '}',
        '',
        '    1',
        'EOF',
        '  name = "n"',
        '  other = <<-END',
        '    x {',
        '    END',
      ),
      block(
        '  name = "n"',
        '  query = <<EOF',
        '  name = [',
        '}',
        '',
        '    1',
        'EOF',
        '  other = <<-END',
        '    x {',
        '    END',
      ),
    ],
    [
      'strings that look like the start of a block as they are',
      block('  z = "a {"', '  y = "<<EOF"', '  name = "["'),
      block('  name = "["', '  z = "a {"', '  y = "<<EOF"'),
    ],
  ])('%s', (_, before, after) => {
    expect(arrangeHcl(before)).toBe(`${after}\n`);
    expect(arrangeHcl(after)).toBe(`${after}\n`);
  });
});

describe('arranging changes nothing of', () => {
  test.each(SHIPPED)('%s', async (file) => {
    const content = parseYaml(readFileSync(`topologies/${file}`, 'utf8'));
    for (const id of synthApp(content, 'topologies').ids) {
      // The name in place of the value is no HCL.
      const before = await format(
        synthHcl(content, id, 'topologies').replace(
          /\d+ += "required_version"/,
          'required_version = "1"',
        ),
      );
      const after = arrangeHcl(before);
      expect(after).not.toBe(before);
      expect(await parse('cdk.tf', after)).toEqual(await parse('cdk.tf', before));
    }
  });
});
