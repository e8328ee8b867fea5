/**
 * JSON of the same meaning without characters that a terminal or viewer acts on: control characters (also C1 and DEL,
 * which JSON does not escape), zero width and direction of text, and Unicode's line separators.
 *
 * @param json on one line
 */
export function escapeUnseen(json: string): string {
  // Most lines are ASCII, which is known sooner.
  return NOT_ASCII.test(json) ? json.replaceAll(UNSEEN, escaped) : json;
}

const NOT_ASCII = /[^ -~]/;

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Per UTF-16 code unit, which is what JSON's escapes are of. */
function escaped(character: string): string {
  const codes = character.split('').map((unit) => unit.charCodeAt(0));
  return codes.map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join('');
}
