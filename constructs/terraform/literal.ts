import { App, Fn } from 'cdktf';
import type { Construct } from 'constructs';
import { escaped } from '../../topology/unicode';

/**
 * A string of the user's as Terraform text: what looks like an interpolation stays as it is written.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function literal(scope: Construct, text: string): string {
  return multiline(scope, template(text));
}

export function literals(scope: Construct, texts: Readonly<Record<string, string>>) {
  const entries = Object.entries(texts).map(([key, text]) => [key, literal(scope, text)]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * A text of ours over several lines, references included, as Terraform text. For HCL it is escaped here, since
 * cdktf leaves out backslashes, line breaks, and quotes next to an interpolation.
 */
export function multiline(scope: Construct, text: string): string {
  return App.of(scope).hclOutput ? hclString(text) : text;
}

/** A string of the user's inside an expression, with its quotes. */
export function expressionText(text: string): string {
  return `"${hclString(template(text))}"`;
}

/**
 * Terraform's `jsonencode` of a value of ours, references included. cdktf writes strings into an expression as they
 * are, so quotes and backslashes are escaped here.
 */
export function jsonEncode(value: object): string {
  const written = JSON.parse(JSON.stringify(value), (_key, part) =>
    typeof part === 'string' ? hclString(part) : part,
  );
  return Fn.jsonencode(written);
}

const template = (text: string) => text.replaceAll(/[$%]\{/g, (marker) => `${marker[0]}${marker}`);

/** What is between the quotes of a string in HCL, which has these short escapes of JSON. */
export function hclString(text: string): string {
  return text
    .replaceAll(/["\\\n\r\t]/g, (one) => JSON.stringify(one).slice(1, -1))
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, escaped);
}
