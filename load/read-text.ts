import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { TopologyError } from '../topology/problem';

const LINE_END = 0x0a;

/** What a file in another encoding begins with. That of UTF-32 begins with that of UTF-16. */
const BYTE_ORDER_MARKS: readonly [RegExp, string][] = [
  [/^(fffe0000|0000feff)/, 'UTF-32'],
  [/^(fffe|feff)/, 'UTF-16'],
];

/**
 * The text of a file in UTF-8, with or without a byte order mark.
 *
 * @throws TopologyError that says where the file is not UTF-8, or that it is empty
 */
export function readText(file: string): string {
  const bytes = readFileSync(file);
  const refuse = (message: string, line?: number) => {
    throw new TopologyError(file, [{ path: [], message, line }]);
  };
  const [, encoding] =
    BYTE_ORDER_MARKS.find(([mark]) => mark.test(bytes.toString('hex', 0, 4))) ?? [];
  if (encoding !== undefined) refuse(`is ${encoding}, not UTF-8; save it as UTF-8`);
  if (bytes.includes(0)) {
    const line = lineOf(bytes, bytes.indexOf(0));
    refuse(
      'holds the byte 0x00, as UTF-16, UTF-32 and binary files do; save it as UTF-8 text',
      line,
    );
  }
  const invalid = notUtf8(bytes);
  if (invalid) refuse(invalid.message, invalid.line);
  const text = bytes.toString();
  if (text.trim() === '') {
    refuse('is empty; write a topology, for example from topologies/orders.yaml');
  }
  if (/\r/.test(text) && !text.includes('\n')) {
    refuse('ends its lines with CR (0x0D) alone, which is no line end here; save it with LF');
  }
  return text;
}

/** Why bytes are no text in UTF-8, and in which line; nothing if they are. */
export function notUtf8(bytes: Buffer): { message: string; line: number } | undefined {
  if (isUtf8(bytes)) return undefined;
  const place = firstInvalid(bytes);
  const byte = bytes.toString('hex', place, place + 1).toUpperCase();
  return {
    message: `is not UTF-8 (byte 0x${byte}); save it as UTF-8`,
    line: lineOf(bytes, place),
  };
}

/** Where the first byte is that belongs to no character. */
function firstInvalid(bytes: Buffer): number {
  let place = 0;
  for (const character of bytes.toString()) {
    const expected = Buffer.from(character);
    if (!expected.equals(bytes.subarray(place, place + expected.length))) break;
    place += expected.length;
  }
  return place;
}

function lineOf(bytes: Buffer, place: number): number {
  return bytes.subarray(0, place).filter((byte) => byte === LINE_END).length + 1;
}
