import { Fn } from 'cdktf';
import { hclString } from './literal';

/**
 * Terraform's `jsonencode` of a value of ours, references included. cdktf writes strings into an
 * expression as they are, so quotes and backslashes are escaped here.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function jsonEncode(value: object): string {
  const escaped = JSON.parse(JSON.stringify(value), (_key, part) =>
    typeof part === 'string' ? hclString(part) : part,
  );
  return Fn.jsonencode(escaped);
}
