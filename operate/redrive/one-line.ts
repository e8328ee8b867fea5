/**
 * A line that stays one line on a terminal and in a log, whatever names and texts of others are in it:
 * line breaks and tabs become a space; control characters, those without width or that change the direction of
 * text, and all else that is not to be seen are written as `\u{…}`.
 */
export function oneLine(text: string): string {
  return text.replaceAll(LINE_BREAKS, ' ').replaceAll(UNSEEN, escaped);
}

const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const UNSEEN = /\p{C}/gu;

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
