/**
 * Whether Terraform leaves a text as it is: it rewrites every string to Unicode's normal form C.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/types#strings
 */
export function isNormal(text: string): boolean {
  return text === text.normalize('NFC');
}

/** Every UTF-16 code unit as `\uXXXX`, which JSON, YAML and HCL read. */
export function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
