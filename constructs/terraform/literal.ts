import { App } from 'cdktf';
import type { Construct } from 'constructs';
import { escaped } from '../../topology/unicode';

/**
 * A string of the user's as Terraform text: what looks like an interpolation stays as it is written.
 * For HCL output the rest is escaped here too, since cdktf leaves out backslashes, line breaks, and
 * quotes next to an interpolation.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function literal(scope: Construct, text: string): string {
  return App.of(scope).hclOutput ? hclString(template(text)) : template(text);
}

/** A text of ours over several lines, references included, as Terraform text. */
export function multiline(scope: Construct, text: string): string {
  return App.of(scope).hclOutput ? hclString(text) : text;
}

const template = (text: string) => text.replaceAll(/[$%]\{/g, (marker) => `${marker[0]}${marker}`);

/** The same of every value of a mapping. */
export function literals(
  scope: Construct,
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, literal(scope, text)]),
  );
}

/** Characters that HCL has a short escape for; for others it has `\uXXXX`. */
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** What is between the quotes of a string in HCL. */
export function hclString(text: string): string {
  return text.replaceAll(/["\\\p{Cc}\p{Zl}\p{Zp}]/gu, (one) => SHORT[one] ?? escaped(one));
}

/** A string of the user's inside an expression, with its quotes. */
export function expressionText(text: string): string {
  return `"${hclString(template(text))}"`;
}
