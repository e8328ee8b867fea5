import { filterPattern } from '../../topology/unicode';

describe('the text of a filter pattern', () => {
  test.each([
    ['ASCII', { S: ['a "b" \\'] }, '{"S":["a \\"b\\" \\\\"]}'],
    ['composed characters', { Größe: ['Caf\u00e9 漢字 🙂'] }, '{"Größe":["Caf\u00e9 漢字 🙂"]}'],
    ['a decomposed character', { S: ['Cafe\u0301'] }, '{"S":["Cafe\\u0301"]}'],
    ['one beside composed ones', { S: ['\u00e9 e\u0301'] }, '{"S":["\u00e9 e\\u0301"]}'],
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
