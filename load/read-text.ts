import { readFileSync } from 'node:fs';
import { lineOf, notUtf8 } from '../topology/utf8';

/** What a file in another encoding begins with. That of UTF-32 begins with that of UTF-16. */
const BYTE_ORDER_MARKS: readonly [RegExp, string][] = [
  [/^(fffe0000|0000feff)/, 'UTF-32'],
  [/^(fffe|feff)/, 'UTF-16'],
];

/**
 * The text of a file in UTF-8, with or without a byte order mark.
 *
 * @param refuse throws, where the file is not UTF-8, or is empty
 */
export function readText(file: string, refuse: (message: string, line?: number) => never): string {
  const bytes = readFileSync(file);
  const [, encoding] =
    BYTE_ORDER_MARKS.find(([mark]) => mark.test(bytes.toString('hex', 0, 4))) ?? [];
  if (encoding !== undefined) refuse(`is ${encoding}, not UTF-8; save it as UTF-8`);
  if (bytes.includes(0)) {
    const message =
      'holds the byte 0x00, as UTF-16, UTF-32 and binary files do; save it as UTF-8 text';
    refuse(message, lineOf(bytes, bytes.indexOf(0)));
  }
  const invalid = notUtf8(bytes);
  if (invalid) refuse(invalid.message, invalid.line);
  const text = bytes.toString();
  if (text.trim() === '') {
    refuse('is empty; write a topology, for example from topologies/orders.yaml');
  }
  if (/\r/.test(text) && !text.includes('\n')) {
    refuse('ends its lines with CR (0x0D) alone, which does not end a line here; save it with LF');
  }
  return text;
}
