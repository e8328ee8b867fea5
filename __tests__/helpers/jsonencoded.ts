import { parse } from '@cdktf/hcl2json';

/** What an expression hands to `jsonencode`, as Terraform reads it; references stay as they are. */
export async function jsonencoded(expression: unknown): Promise<unknown> {
  const [, argument] = /jsonencode\(([{[][\s\S]*[}\]])\)/.exec(String(expression)) ?? [];
  if (argument === undefined) throw new Error(`no jsonencode in ${expression}`);
  const { value } = await parse('expression.tf', `value = ${argument}`);
  return value;
}
