import { filterPattern, oneLine } from '../../topology/unicode';

describe('the text of a filter pattern', () => {
  test.each([
    ['ASCII', { S: ['a "b" \\'] }, '{"S":["a \\"b\\" \\\\"]}'],
    ['composed characters', { Größe: ['Caf\u00e9 漢字 🙂'] }, '{"Größe":["Caf\u00e9 漢字 🙂"]}'],
    ['a decomposed character', { S: ['Cafe\u0301'] }, '{"S":["Cafe\\u0301"]}'],
    ['one next to composed ones', { S: ['\u00e9 e\u0301'] }, '{"S":["\u00e9 e\\u0301"]}'],
    ['a decomposed character in a key', { 'Gro\u0308ße': ['a'] }, '{"Gro\\u0308\\u00dfe":["a"]}'],
    ['a sign that Unicode replaces', { S: ['\u212b'] }, '{"S":["\\u212b"]}'],
    ['Hangul in parts', { S: ['\u1112\u1161\u11ab'] }, '{"S":["\\u1112\\u1161\\u11ab"]}'],
    ['marks out of order', { S: ['a\u0301\u0323'] }, '{"S":["a\\u0301\\u0323"]}'],
    ['a replaced sign beyond 16 bits', { S: ['\u{2f800}'] }, '{"S":["\\ud87e\\udc00"]}'],
    ['control characters', { S: ['\0\b\f'] }, '{"S":["\\u0000\\b\\f"]}'],
  ])('of %s', (_, pattern, text) => {
    expect(filterPattern(pattern)).toBe(text);
    expect(text.normalize('NFC')).toBe(text);
    expect(JSON.parse(text)).toEqual(pattern);
  });
});

test.each<[string, string, string]>([
  ['ordinary text, in any script', 'Bestellung  ü 注文 🛒', 'Bestellung  ü 注文 🛒'],
  ['line breaks of every kind', 'a\nb\r\nc\vd\fe\u0085f\u2028g\u2029h', 'a b c d e f g h'],
  ['tabs', 'a\tb', 'a b'],
  ['a sequence that a terminal acts on', '\u001b[2K\u001b[1A', '\\u001b[2K\\u001b[1A'],
  ['the same in one character', '\u009b2K', '\\u009b2K'],
  ['NUL, backspace and DEL', '\u0000\b\u007f', '\\u0000\\u0008\\u007f'],
  ['a change of direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['what has no width', 'a\u200bb\ufeffc\u00add', 'a\\u200bb\\ufeffc\\u00add'],
  ['characters beyond 16 bits', 'a\u{e0041}b\u{f0000}', 'a\\udb40\\udc41b\u{f0000}'],
  ['half a character', 'a\ud800b', 'a\\ud800b'],
])('one line has %s', (_, text, line) => {
  expect(oneLine(text)).toBe(line);
});
