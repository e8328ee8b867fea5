import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = '\x89PNG\r\n\x1a\n';

/**
 * A PNG picture of text, of 8-bit red, green and blue, as one with a palette: a fifth of the size. Each colour is
 * rounded, so that 256 are enough.
 *
 * @see https://www.w3.org/TR/png-3/
 */
export function withPalette(png) {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(({ type }) => type === 'IHDR').data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header[8] !== 8 || header[9] !== 2) throw new Error('the picture is not of 8-bit RGB');
  const data = chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data);
  const pixels = unfiltered(inflateSync(Buffer.concat(data)), width * 3, height);

  const palette = new Map();
  const lines = Buffer.alloc((width + 1) * height); // each begins with its filter: none
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const colour = pixels
      .subarray(pixel * 3, pixel * 3 + 3)
      .map((value) => (value & 0xf0) | (value >> 4));
    const key = colour.toString('hex');
    if (!palette.has(key)) palette.set(key, palette.size);
    lines[pixel + Math.floor(pixel / width) + 1] = palette.get(key);
  }
  if (palette.size > 256) throw new Error(`the picture has ${palette.size} colours`);
  header[9] = 3;
  return Buffer.concat([
    Buffer.from(SIGNATURE, 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from([...palette.keys()].join(''), 'hex')),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function* chunksOf(png) {
  for (let place = SIGNATURE.length; place < png.length; ) {
    const length = png.readUInt32BE(place);
    const type = png.toString('latin1', place + 4, place + 8);
    yield { type, data: png.subarray(place + 8, place + 8 + length) };
    place += length + 12;
  }
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** Bytes without the differences to the left, above and above left that a line's filter names. */
function unfiltered(lines, length, height) {
  const bytes = Buffer.alloc(length * height);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (length + 1)];
    for (let x = 0; x < length; x += 1) {
      const place = y * length + x;
      const left = x < 3 ? 0 : bytes[place - 3];
      const above = y === 0 ? 0 : bytes[place - length];
      const corner = x < 3 || y === 0 ? 0 : bytes[place - length - 3];
      const expected = [0, left, above, (left + above) >> 1, nearest(left, above, corner)][filter];
      bytes[place] = lines[y * (length + 1) + 1 + x] + expected;
    }
  }
  return bytes;
}

function nearest(left, above, corner) {
  const estimate = left + above - corner;
  const distance = (value) => Math.abs(estimate - value);
  return [left, above, corner].reduce((best, value) =>
    distance(value) < distance(best) ? value : best,
  );
}
