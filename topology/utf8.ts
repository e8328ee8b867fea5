import { isUtf8 } from 'node:buffer';

const LINE_END = 0x0a;

/** Why bytes are not text in UTF-8, and in which line; undefined if they are. */
export function notUtf8(bytes: Buffer): { message: string; line: number } | undefined {
  if (isUtf8(bytes)) return undefined;
  const place = firstInvalid(bytes);
  const byte = bytes.toString('hex', place, place + 1).toUpperCase();
  return { message: `is not UTF-8 (byte 0x${byte}); save it as UTF-8`, line: lineOf(bytes, place) };
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

export function lineOf(bytes: Buffer, place: number): number {
  return bytes.subarray(0, place).filter((byte) => byte === LINE_END).length + 1;
}
