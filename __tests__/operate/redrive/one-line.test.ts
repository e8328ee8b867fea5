import { oneLine } from '../../../operate/redrive/one-line';

test.each<[string, string, string]>([
  ['ordinary text, in any script', 'Bestellung  ü 注文 🛒', 'Bestellung  ü 注文 🛒'],
  ['line breaks of every kind', 'a\nb\r\nc\vd\fe\u0085f\u2028g\u2029h', 'a b c d e f g h'],
  ['tabs', 'a\tb', 'a b'],
  ['a sequence that a terminal acts on', '\u001b[2K\u001b[1A', '\\u{1b}[2K\\u{1b}[1A'],
  ['the same in one character', '\u009b2K', '\\u{9b}2K'],
  ['NUL, backspace and DEL', '\u0000\b\u007f', '\\u{0}\\u{8}\\u{7f}'],
  ['a change of direction', 'a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
  ['what has no width', 'a\u200bb\ufeffc\u00add', 'a\\u{200b}b\\u{feff}c\\u{ad}d'],
  ['characters beyond 16 bits', 'a\u{e0041}b\u{f0000}', 'a\\u{e0041}b\\u{f0000}'],
  ['half a character', 'a\ud800b', 'a\\u{d800}b'],
])('%s', (_, text, line) => {
  expect(oneLine(text)).toBe(line);
});
