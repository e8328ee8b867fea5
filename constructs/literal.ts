import { App } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * A string of the user's as Terraform text: what looks like an interpolation stays as it is written.
 * For HCL output the rest is escaped here too, since cdktf leaves out backslashes, line breaks, and
 * quotes next to an interpolation.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function literal(scope: Construct, text: string): string {
  const template = text.replaceAll(/[$%]\{/g, (marker) => `${marker[0]}${marker}`);
  return App.of(scope).hclOutput ? JSON.stringify(template).slice(1, -1) : template;
}
