/**
 * A string of the user's as Terraform text: what looks like an interpolation stays as it is written.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function literal(text: string): string {
  return text.replaceAll(/[$%]\{/g, (marker) => `${marker[0]}${marker}`);
}
