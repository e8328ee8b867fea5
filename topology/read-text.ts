import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { TopologyError } from './problem';

const LINE_END = 0x0a;

/**
 * The text of a file in UTF-8, with or without a byte order mark.
 *
 * @throws TopologyError that says where the file is not UTF-8
 */
export function readText(file: string): string {
  const bytes = readFileSync(file);
  const refuse = (message: string, line?: number) => {
    throw new TopologyError(file, [{ path: [], message, line }]);
  };
  if (/^(fffe|feff)/.test(bytes.toString('hex', 0, 2))) {
    refuse('is UTF-16, not UTF-8; save it as UTF-8');
  }
  if (bytes.includes(0)) {
    const line = lineOf(bytes, bytes.indexOf(0));
    refuse('holds the byte 0x00, as UTF-16 and binary files do; save it as UTF-8 text', line);
  }
  if (!isUtf8(bytes)) {
    const place = firstInvalid(bytes);
    const byte = bytes.toString('hex', place, place + 1).toUpperCase();
    refuse(`is not UTF-8 (byte 0x${byte}); save it as UTF-8`, lineOf(bytes, place));
  }
  return bytes.toString();
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
