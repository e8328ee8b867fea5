import { Readable } from 'node:stream';
import { boundedText } from '../../../operate/redrive/bounded-text';

const stream = (...parts: string[]) => Readable.from(parts.map((part) => Buffer.from(part)));

test('as much text as may be there is read', async () => {
  expect(await boundedText(stream('ab', 'cd'), 4)).toBe('abcd');
  expect(await boundedText(stream(), 4)).toBe('');
});

test('a character can be in two parts', async () => {
  const [first, second] = Buffer.from('é');
  const parts = Readable.from([Buffer.from([first ?? 0]), Buffer.from([second ?? 0])]);
  expect(await boundedText(parts, 2)).toBe('é');
});

test('a byte more is refused, and what comes after it is not read', async () => {
  const endless = stream(...Array(1_000).fill('ab'));
  await expect(boundedText(endless, 3)).rejects.toThrow(new RangeError('it has more than 3 bytes'));
  expect(endless.destroyed).toBe(true);
});
