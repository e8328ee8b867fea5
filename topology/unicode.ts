/**
 * Whether Terraform leaves a text as it is: it rewrites every string to Unicode's normal form C.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/types#strings
 */
export function isNormal(text: string): boolean {
  return text === text.normalize('NFC');
}

/** Characters that nobody sees: zero width, direction of text, soft hyphens, fillers. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** Emoji, some of which hold such characters. */
const EMOJI = /\p{RGI_Emoji}/gv;

/** Whether a text holds characters that nobody sees, other than those of an emoji. */
export function holdsUnseen(text: string): boolean {
  return UNSEEN.test(text) && UNSEEN.test(text.replaceAll(EMOJI, ''));
}

/** Letters of which some look like those of another line. Of Greek others are units and names: kΩ, β2. */
const ALIKE: readonly RegExp[] = [
  /(?![\uff21-\uff5a])\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορυϲϳ]/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /[\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/u,
];

/** A word whose letters are of several scripts that look alike, such as one with a Cyrillic a. */
export function mixedWord(text: string): string | undefined {
  return (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).find(
    (word) => ALIKE.filter((letters) => letters.test(word)).length > 1,
  );
}

/** Every UTF-16 code unit as `\uXXXX`, which JSON, YAML and HCL read. */
export function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** The same text, with escapes for what a terminal or a viewer does not show, or Unicode writes in another way. */
export function visible(text: string): string {
  const seen = text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    escaped,
  );
  return isNormal(seen) ? seen : ascii(seen);
}

export function ascii(text: string): string {
  return text.replaceAll(/[^ -~]/g, escaped);
}

/**
 * An event filter pattern as the text that Lambda gets. What Terraform would rewrite is an escape of
 * JSON in it, so that the pattern keeps the characters that the table has.
 */
export function filterPattern(pattern: object): string {
  // A character composes with those next to it, of which the first may be ASCII.
  return JSON.stringify(pattern).replaceAll(/[ -~]?[^ -~]+/g, (piece) =>
    isNormal(piece) ? piece : ascii(piece),
  );
}

/** Text on one line, whatever names and texts of others are in it: line breaks and tabs become a space. */
export function oneLine(text: string): string {
  return visible(text.replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' '));
}

/** Texts of others, such as errors and the `Sid` of a statement, can be long. */
export function shortened(text: string, most = 500): string {
  const line = text.trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
