import { escapeUnseen } from '../../../lambda-src/runtime/escape-unseen';

test.each([
  ['NUL', '\u0000', '\\u0000'],
  ['a line break', '\n', '\\u000a'],
  ['ESC', '\u001b[2J', '\\u001b[2J'],
  ['DEL', '\u007f', '\\u007f'],
  ['NEL, of C1', '\u0085', '\\u0085'],
  ['CSI, of C1', '\u009b2J', '\\u009b2J'],
  ['the override of direction', '\u202egpj', '\\u202egpj'],
  ['the Arabic letter mark', '\u061c', '\\u061c'],
  ['a space without width', '\u200b', '\\u200b'],
  ['a byte order mark', '\ufeff', '\\ufeff'],
  ['a line separator', '\u2028', '\\u2028'],
  ['a tag beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
])('%s is escaped', (_, character, escaped) => {
  expect(escapeUnseen(`"a${character}b"`)).toBe(`"a${escaped}b"`);
  expect(JSON.parse(escapeUnseen(`"${character.replace('\n', '')}"`))).toBe(
    character.replace('\n', ''),
  );
});

test.each(['Orders', 'Ä ß é', '注文', '😀', 'a\u0301', '\u00a0'])('%j stays as it is', (text) => {
  expect(escapeUnseen(text)).toBe(text);
});
